/** Larger parts of generated programs: IT blocks, loops, pairs of exclusives, traps. */
import { NOWHERE } from "./address.ts";
import { branchOpcode, land } from "./branches.ts";
import { isTrap } from "./constraints.ts";
import { type FieldValues, encode, row, tables } from "./encodings.ts";
import { randomFields, tryRow } from "./instruction.ts";
import { instruction, instructions, perhaps } from "./plain.ts";
import type { Instruction, Sequence } from "./sequence.ts";

/** IT and the one to four instructions it makes conditional; the last may be a branch (ARM ARM A8.8.54). */
export function itBlock(s: Sequence): boolean {
  const { random } = s;
  if (!s.thumb) return false;
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
  if (!tryRow(s, row(`${table}.ldrex${suffix}`), s.thumb ? { i: s.random.below(4) } : { c: 14 }))
    return false;
  if (s.ended) return true;
  const load = s.instructions.at(-1)!;
  instructions(s, 2);
  if (s.ended) return true;
  tryRow(s, row(`${table}.strex${suffix}`), {
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

/** An instruction that faults, or a jump to where nothing is. The sequence ends here. */
export function trap(s: Sequence): boolean {
  if (s.random.once(3)) return jumpToNowhere(s);
  const rows = s.thumb ? [...tables.thumb16, ...tables.thumb32] : tables.a32;
  const e = s.random.pick(rows.filter(isTrap));
  const opcode = encode(e, { ...randomFields(s, e), c: 14 });
  // Linux takes these three for breakpoints of a debugger.
  if ([0xde01, 0xf7f0a000, 0xe7f001f0].includes(opcode)) return false;
  s.emit(e.id, opcode, e.bits);
  s.ended = true;
  return true;
}

function jumpToNowhere(s: Sequence): boolean {
  const m = [0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 14].find((r) => s.free(r));
  if (m === undefined) return false;
  const table = s.thumb ? "thumb16" : "a32";
  const e = row(`${table}.${s.random.pick(["bx", "blx_reg"])}`);
  s.setInitial(m, s.random.pick(NOWHERE) + s.random.below(2));
  s.emit(e.id, encode(e, { c: 14, m }), e.bits);
  s.ended = true;
  return true;
}
