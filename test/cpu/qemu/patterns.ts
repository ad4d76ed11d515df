/** Patterns of compiled code that chance would seldom make, and that an engine may treat specially. */
import { branchOpcode, label, land } from "./branches.ts";
import { type FieldValues, encode, row } from "./encodings.ts";
import { tryRow } from "./instruction.ts";
import { instruction, perhaps } from "./plain.ts";
import type { Sequence } from "./sequence.ts";

function put(s: Sequence, id: string, f: FieldValues) {
  const e = row(id);
  return s.emit(id, encode(e, { c: 14, ...f }), e.bits);
}

const COMPARES = {
  thumb: [
    "thumb16.cmp_imm8",
    "thumb16.cmp_reg",
    "thumb16.cmp_reg_high",
    "thumb16.tst_reg",
    "thumb16.cmn_reg",
    "thumb32.cmp_imm",
    "thumb32.cmp_reg",
    "thumb32.tst_imm",
    "thumb32.tst_reg",
    "thumb32.teq_reg",
    "thumb32.cmn_imm",
    "thumb16.sub_imm8",
    "thumb16.sub_reg",
    "thumb16.add_imm3",
    "thumb16.and_reg",
  ],
  arm: [
    "a32.cmp_imm",
    "a32.cmp_reg",
    "a32.tst_imm",
    "a32.tst_reg",
    "a32.teq_imm",
    "a32.cmn_reg",
    "a32.sub_imm",
    "a32.sub_reg",
    "a32.and_imm",
    "a32.add_reg",
  ],
};

/** A comparison, often of equal or neighbouring numbers, and right behind it what depends on it. */
export function compareAndBranch(s: Sequence): boolean {
  const { random, thumb } = s;
  const e = row(random.pick(thumb ? COMPARES.thumb : COMPARES.arm));
  const f: FieldValues = {};
  for (const letter of ["n", "m", "d"])
    if (e.registers.includes(letter)) f[letter] = random.below(8);
  if (e.name === "cmp_reg_high") f.n += 8;
  const [a, b] = [f.n ?? f.d, f.m];
  if (e.fields.has("S")) f.S = 1;
  if (e.fields.has("c")) f.c = 14;
  if (b !== undefined && a !== b && s.free(a) && s.free(b) && random.once(2)) {
    const value = random.word();
    s.setInitial(a, value);
    s.setInitial(b, value + random.between(-1, 1));
    if (e.fields.has("i")) f.i = 0;
    if (e.fields.has("y")) f.y = 0;
  } else if (b === undefined && s.free(a) && random.once(2)) {
    s.setInitial(a, random.pick([0, 1, 2, 0x7fffffff, 0x80000000, 0x80000001, 0xffffffff]));
    f.i = random.below(3);
  }
  if (!tryRow(s, e, f)) return false;
  if (s.random.once(3)) {
    // Conditional execution; A32 instructions carry the condition themselves.
    if (thumb) {
      put(s, "thumb16.it", { f: random.below(14), k: 8 });
      s.inIT = true;
    }
    perhaps(s, 1, 1);
    s.inIT = false;
    return true;
  }
  const c = random.below(14);
  const branch = put(s, thumb ? random.pick(["thumb16.b_cond", "thumb32.b_cond"]) : "a32.b", { c });
  perhaps(s, 2);
  land(s, branch, { c });
  return true;
}

/** A subroutine in front of its call, by BL, BLX or a register, in either instruction set; returns by BX LR or MOV PC, LR. */
export function call(s: Sequence): boolean {
  const { random, thumb } = s;
  const other = random.once(3) ? !thumb : thumb;
  const indirect = random.once(2);
  const pointer = indirect ? [0, 1, 2, 3, 4, 5, 6, 7].find((r) => s.free(r)) : undefined;
  if (indirect && pointer === undefined) return false;
  const over = put(s, thumb ? "thumb16.b" : "a32.b", {});
  const overTable = over.id.split(".")[0];

  const target = label(s, other);
  if (pointer !== undefined) {
    s.setInitial(pointer, target);
    s.known[pointer] = undefined;
  }
  s.write(14);
  s.locked = new Set(pointer === undefined ? [14] : [14, pointer]);
  for (let n = random.below(4); n > 0 && !s.ended; n--) instruction(s);
  s.locked = undefined;
  if (other === thumb && random.once(3))
    put(s, thumb ? "thumb16.mov_reg" : "a32.mov_reg", { d: 15, m: 14 });
  else put(s, s.thumb ? "thumb16.bx" : "a32.bx", { m: 14 });

  label(s, thumb);
  s.patch(
    over,
    branchOpcode(
      row(over.id),
      overTable === "a32" ? { c: 14 } : {},
      s.address - s.size + over.offset,
      s.address,
    ),
  );
  if (pointer !== undefined) put(s, thumb ? "thumb16.blx_reg" : "a32.blx_reg", { m: pointer });
  else {
    const e = row(`${thumb ? "thumb32" : "a32"}.${other === thumb ? "bl" : "blx_imm"}`);
    s.emit(e.id, branchOpcode(e, { c: 14 }, s.address, target & ~1), e.bits);
  }
  return true;
}

/** Stores an instruction over one that follows, in the same page, with the barrier the architecture asks for. */
export function rewriteCode(s: Sequence): boolean {
  const { random, thumb } = s;
  const [address, value] = [0, 1, 2, 3, 4, 5, 6, 7].filter((r) => s.free(r));
  if (value === undefined) return false;
  const d = random.below(8);
  s.read(d);
  s.setInitial(address, 0);
  s.setInitial(
    value,
    encode(row(thumb ? "thumb16.add_imm8" : "a32.add_imm"), {
      c: 14,
      S: 1,
      d,
      n: d,
      i: random.below(256),
    }),
  );
  s.known[address] = undefined; // its value follows
  if (thumb)
    put(s, random.once(2) ? "thumb16.strh_imm" : "thumb32.strh_imm12", {
      t: value,
      n: address,
      i: 0,
    });
  else put(s, "a32.str_imm", { t: value, n: address, U: 1, i: 0 });
  put(s, thumb ? "thumb32.isb" : "a32.isb", { o: 15 });
  for (let n = random.below(3); n > 0 && !s.ended; n--) instruction(s);
  if (s.ended) return true;
  s.initial[address] = s.address;
  put(s, thumb ? "thumb16.nop" : "a32.nop", {});
  s.write(d);
  return true;
}
