/** Branches of generated programs: always forward, to a place the sequence reaches anyway. */
import { type Encoding, type FieldValues, encode, row } from "./encodings.ts";
import { tryLoadOfPc } from "./instruction.ts";
import { perhaps } from "./plain.ts";
import type { Instruction, Sequence } from "./sequence.ts";

/** The opcode of a direct branch from one address to another. */
export function branchOpcode(e: Encoding, f: FieldValues, from: number, to: number): number {
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
export function land(s: Sequence, branch: Instruction, f: FieldValues = {}): void {
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
export function label(s: Sequence, thumb: boolean): number {
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
    const word = tryLoadOfPc(s, e);
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
  if (!s.thumb) return false;
  const { random } = s;
  const wide = random.once(2);
  const e = row(wide ? "thumb32.tbh" : "thumb32.tbb");
  const free = [0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 14].filter((r) => s.free(r));
  if (free.length < 2) return false;
  const [m, n] = random.sample(free, 2);
  const index = random.below(4);
  const inline = random.once(2);
  let at = random.below(60) * 4;
  if (!inline && !s.presetWord(s.windowAddress + at, 0)) return false;
  s.setInitial(m, index);
  const size = wide ? 2 : 1;
  if (!inline) s.setInitial(n, s.windowAddress + at - index * size);
  const from = s.address + 4;
  s.emit(e.id, encode(e, { m, n: inline ? 15 : n }), 32);
  if (inline) {
    at = s.size + index * size;
    for (let k = 0; k < 4 * size; k++) s.data(random.below(256));
  }
  perhaps(s, 3);
  const halfwords = (s.address - from) / 2;
  const bytes = wide ? [halfwords & 255, halfwords >>> 8] : [halfwords];
  bytes.forEach((byte, k) => (inline ? s.patchByte(at + k, byte) : (s.window[at + k] = byte)));
  return true;
}
