/** The parts generated programs are made of: single instructions, IT blocks, branches, loops, pairs of exclusives. */
import { isBranch, isTrap, reasonToSkip } from "./constraints.ts";
import { type Encoding, type FieldValues, encode, row, tables } from "./encodings.ts";
import type { Instruction, Sequence } from "./sequence.ts";

/** Rows that may stand anywhere. */
const plain = (rows: readonly Encoding[]) =>
  rows.filter(
    (e) => !isBranch(e) && !isTrap(e) && !reasonToSkip(e) && !/^(IT|MRS)$/.test(e.mnemonic),
  );
const thumb16 = plain(tables.thumb16);
const thumb32 = plain(tables.thumb32);
const a32 = plain(tables.a32);
const conditional = (rows: readonly Encoding[]) => rows.filter((e) => e.syntax.includes("<c>"));
const thumb16InIT = conditional(thumb16);
const thumb32InIT = conditional(thumb32);

/** One instruction that goes on behind itself. */
export function instruction(s: Sequence): boolean {
  const { random } = s;
  for (let tries = 0; tries < 20; tries++) {
    const small = random.below(5) < 2;
    const rows = !s.thumb
      ? a32
      : s.inIT
        ? small
          ? thumb16InIT
          : thumb32InIT
        : small
          ? thumb16
          : thumb32;
    if (s.tryRow(random.pick(rows))) return true;
  }
  return false;
}

function instructions(s: Sequence, most: number): void {
  for (let n = s.random.between(0, most); n > 0 && !s.ended; n--) instruction(s);
}

/** The same, but it is not certain that they are executed. */
function perhaps(s: Sequence, most: number): void {
  s.uncertain++;
  instructions(s, most);
  s.uncertain--;
}

/** IT and the one to four instructions it makes conditional; the last may be a branch (ARM ARM A8.8.54). */
export function itBlock(s: Sequence): boolean {
  const { random } = s;
  const f = random.below(15);
  const count = random.between(1, 4);
  let k = 0;
  for (let n = 1; n < count; n++) k |= (f === 14 ? 0 : random.below(2) ^ (f & 1)) << (4 - n);
  k |= 1 << (4 - count);
  if (f === 14) k = 1 << (4 - count);
  s.emit("thumb16.it", encode(row("thumb16.it"), { f, k }), 16);
  s.inIT = true;
  s.uncertain++;
  const branch = random.once(8);
  let last: Instruction | undefined;
  for (let n = 0; n < count; n++) {
    if (branch && n === count - 1) {
      const e = row(random.pick(["thumb16.b", "thumb32.b", "thumb32.bl"]));
      last = s.emit(e.id, 0, e.bits);
      if (e.mnemonic === "BL") s.write(14);
    } else if (!instruction(s)) s.emit("thumb16.nop", 0xbf00, 16);
  }
  s.inIT = false;
  s.uncertain--;
  if (last) {
    perhaps(s, 3);
    land(s, last);
  }
  return true;
}

/** The opcode of a direct branch from one address to another. */
function branchOpcode(e: Encoding, f: FieldValues, from: number, to: number): number {
  const bit = (value: number, n: number) => (value >> n) & 1;
  if (e.table === "a32") {
    const offset = to - (from + 8);
    return encode(e, { ...f, i: (offset >> 2) & 0xffffff, H: bit(offset, 1) });
  }
  const offset = to - (from + 4);
  switch (e.id) {
    case "thumb16.b_cond":
      return encode(e, { ...f, i: (offset >> 1) & 0xff });
    case "thumb16.b":
      return encode(e, { ...f, i: (offset >> 1) & 0x7ff });
    case "thumb16.cbz":
    case "thumb16.cbnz":
      return encode(e, { ...f, i: (offset >> 1) & 0x3f });
    case "thumb32.b_cond":
      return encode(e, {
        ...f,
        S: bit(offset, 20),
        k: bit(offset, 19),
        j: bit(offset, 18),
        i: (offset >> 1) & 0x1ffff,
      });
    case "thumb32.blx_imm": {
      const aligned = to - ((from + 4) & ~3);
      const sign = bit(aligned, 24);
      const [j, k] = [bit(aligned, 23) ^ sign ^ 1, bit(aligned, 22) ^ sign ^ 1];
      return encode(e, { ...f, S: sign, j, k, i: (aligned >> 2) & 0xfffff });
    }
    default: {
      const sign = bit(offset, 24);
      const [j, k] = [bit(offset, 23) ^ sign ^ 1, bit(offset, 22) ^ sign ^ 1];
      return encode(e, { ...f, S: sign, j, k, i: (offset >> 1) & 0x1fffff });
    }
  }
}

/** Makes a branch emitted earlier go to the present end of the sequence. */
function land(s: Sequence, branch: Instruction, f: FieldValues = {}): void {
  const from = s.address - s.size + branch.offset;
  const table = branch.id.split(".")[0];
  const fields = table === "a32" && !("c" in f) ? { c: 14, ...f } : f;
  s.patch(branch, branchOpcode(row(branch.id), fields, from, s.address));
}

const DIRECT = {
  thumb: [
    "thumb16.b_cond",
    "thumb16.b",
    "thumb16.cbz",
    "thumb16.cbnz",
    "thumb32.b_cond",
    "thumb32.b",
    "thumb32.bl",
  ],
  arm: ["a32.b", "a32.bl"],
};

/** A branch forward over a few instructions. */
export function branch(s: Sequence): boolean {
  const { random } = s;
  const e = row(random.pick(s.thumb ? DIRECT.thumb : DIRECT.arm));
  const f: FieldValues = {};
  if (e.fields.has("c")) f.c = e.table === "a32" && random.once(3) ? 14 : random.below(14);
  if (e.fields.has("n")) s.read((f.n = s.register(3)));
  const emitted = s.emit(e.id, 0, e.bits);
  if (e.mnemonic === "BL") {
    const always = f.c === undefined || f.c === 14;
    if (!always) s.uncertain++;
    s.write(14);
    if (!always) s.uncertain--;
  }
  perhaps(s, 4);
  // CBZ cannot reach the next instruction's predecessor: its target is at least 4 bytes on.
  while (s.thumb && s.size - emitted.offset < 4) s.emit("thumb16.nop", 0xbf00, 16);
  if (e.fields.has("n") && s.size - emitted.offset > 120) return true;
  land(s, emitted, f);
  return true;
}

/** Goes on in the given state at the present end of the sequence; returns the address with the Thumb bit. */
function label(s: Sequence, thumb: boolean): number {
  if (!thumb) while (s.address % 4) s.data(0x00, 0xbf);
  else if (!s.thumb && s.random.once(2)) s.data(0x00, 0xbf);
  s.thumb = thumb;
  return s.address + (thumb ? 1 : 0);
}

const REGISTER_JUMPS = {
  thumb: ["thumb16.bx", "thumb16.blx_reg", "thumb16.mov_reg", "thumb32.bxj"],
  arm: ["a32.bx", "a32.blx_reg", "a32.bxj", "a32.mov_reg", "a32.add_reg", "a32.orr_imm"],
};
const MEMORY_JUMPS = {
  thumb: [
    "thumb16.pop",
    "thumb32.pop",
    "thumb32.ldm",
    "thumb32.ldmdb",
    "thumb32.ldr_imm12",
    "thumb32.ldr_imm8",
    "thumb32.ldr_pre",
    "thumb32.ldr_post",
    "thumb32.ldr_reg",
  ],
  arm: [
    "a32.pop",
    "a32.pop_one",
    "a32.ldm",
    "a32.ldmda",
    "a32.ldmdb",
    "a32.ldmib",
    "a32.ldr_imm",
    "a32.ldr_pre",
    "a32.ldr_post",
    "a32.ldr_reg",
    "a32.ldr_reg_pre",
    "a32.ldr_reg_post",
  ],
};

/** A jump through a register or memory, or BLX, often into the other instruction set. */
export function jump(s: Sequence): boolean {
  const { random, thumb } = s;
  const other = random.once(2) ? !thumb : thumb;
  const kind = random.below(5);
  if (kind === 0) {
    const emitted = s.emit(thumb ? "thumb32.blx_imm" : "a32.blx_imm", 0, 32);
    s.write(14);
    perhaps(s, 2);
    const from = s.address - s.size + emitted.offset;
    const target = label(s, !thumb) & ~1;
    s.patch(emitted, branchOpcode(row(emitted.id), {}, from, target));
    return true;
  }
  if (kind < 3) {
    const e = row(random.pick(thumb ? MEMORY_JUMPS.thumb : MEMORY_JUMPS.arm));
    const word = s.tryLoadOfPc(e);
    if (word === undefined) return false;
    perhaps(s, 2);
    s.presetLater(word, label(s, other));
    return true;
  }
  const e = row(random.pick(thumb ? REGISTER_JUMPS.thumb : REGISTER_JUMPS.arm));
  const free = [0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 14].filter((r) => s.free(r));
  if (free.length < 2) return false;
  const [m, n] = random.sample(free, 2);
  const stays = thumb && e.name === "mov_reg"; // MOV pc, Rm does not interwork in Thumb state
  const delta = random.below(0x1000) * 4;
  s.setInitial(m, 0);
  if (e.name === "add_reg") s.setInitial(n, delta);
  s.emit(
    e.id,
    encode(e, { c: 14, d: 15, m, n: e.name === "orr_imm" ? m : n, S: 0, i: 0, y: 0 }),
    e.bits,
  );
  s.known[m] = undefined; // its value follows
  if (e.mnemonic === "BLX") s.write(14);
  perhaps(s, 2);
  const target = label(s, stays ? thumb : other);
  s.initial[m] = (e.name === "add_reg" ? target - delta : target) >>> 0;
  return true;
}

/** TBB and TBH, the table behind the instruction or in the window (A8.8.238). */
export function tableBranch(s: Sequence): boolean {
  const { random } = s;
  const wide = random.once(2);
  const e = row(wide ? "thumb32.tbh" : "thumb32.tbb");
  const free = [0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 14].filter((r) => s.free(r));
  if (free.length < 2) return false;
  const [m, n] = random.sample(free, 2);
  const index = random.below(4);
  s.setInitial(m, index);
  const inline = random.once(2);
  const from = s.address + 4;
  s.emit(e.id, encode(e, { m, n: inline ? 15 : n }), 32);
  const size = wide ? 2 : 1;
  let at = 0;
  if (inline) {
    at = s.size + index * size;
    for (let k = 0; k < 4 * size; k++) s.data(random.below(256));
  } else {
    at = random.below(60) * 4;
    s.setInitial(n, s.windowAddress + at - index * size);
    if (!s.presetWord(s.windowAddress + at, 0)) return true;
  }
  perhaps(s, 3);
  const halfwords = (s.address - from) / 2;
  const bytes = wide ? [halfwords & 255, halfwords >>> 8] : [halfwords];
  bytes.forEach((byte, k) => (inline ? s.patchByte(at + k, byte) : (s.window[at + k] = byte)));
  return true;
}

/** A counted loop whose body does the same every time, as far as addresses go. */
export function loop(s: Sequence): boolean {
  const { random } = s;
  const counter = random.below(8);
  const rounds = random.between(2, 4);
  const encoded = (id: string, f: FieldValues) =>
    s.emit(id, encode(row(id), { c: 14, S: 1, ...f }), row(id).bits);
  const start = s.thumb ? "thumb16.mov_imm8" : "a32.mov_imm";
  const step = s.thumb ? random.pick(["thumb16.sub_imm8", "thumb32.sub_imm"]) : "a32.sub_imm";
  encoded(start, { d: counter, i: rounds });
  s.write(counter);
  s.locked = new Set([counter]);
  s.uncertain++;
  const top = s.address;
  for (let n = random.between(1, 4); n > 0; n--) instruction(s);
  s.uncertain--;
  s.locked = undefined;
  encoded(step, { d: counter, n: counter, i: 1 });
  const back = row(s.thumb ? random.pick(["thumb16.b_cond", "thumb32.b_cond"]) : "a32.b");
  s.emit(back.id, branchOpcode(back, { c: 1 }, s.address, top), back.bits);
  return true;
}

/** LDREX, a little work, STREX to the same place. */
export function exclusivePair(s: Sequence): boolean {
  const suffix = s.random.pick(["", "b", "h", "d"]);
  const table = s.thumb ? "thumb32" : "a32";
  if (!s.tryRow(row(`${table}.ldrex${suffix}`), s.thumb ? { i: s.random.below(4) } : { c: 14 }))
    return false;
  if (s.ended) return true;
  const load = s.instructions.at(-1)!;
  instructions(s, 2);
  if (s.ended) return true;
  s.tryRow(row(`${table}.strex${suffix}`), {
    n: (load.opcode >>> 16) & 15,
    i: load.opcode & 255,
    ...(s.thumb ? {} : { c: 14 }),
  });
  return true;
}

/** MRS: only the flags of what it reads are the user's, so a shift follows it. */
export function readFlags(s: Sequence): boolean {
  const d = s.register(3);
  const table = s.thumb ? "thumb32" : "a32";
  for (const [name, f] of [
    ["mrs", {}],
    ["lsr_imm", { m: d, i: 16 }],
  ] as const) {
    const e = row(`${table}.${name}`);
    s.emit(e.id, encode(e, { c: 14, S: 0, d, ...f }), 32);
  }
  s.write(d);
  return true;
}

/** An instruction that faults. The sequence ends here. */
export function trap(s: Sequence): boolean {
  const e = s.random.pick(
    [...(s.thumb ? [...tables.thumb16, ...tables.thumb32] : tables.a32)].filter(isTrap),
  );
  const opcode = encode(e, { ...s.randomFields(e), c: 14 });
  // Linux takes these three for breakpoints of a debugger.
  if ([0xde01, 0xf7f0a000, 0xe7f001f0].includes(opcode)) return false;
  s.emit(e.id, opcode, e.bits);
  s.ended = true;
  return true;
}
