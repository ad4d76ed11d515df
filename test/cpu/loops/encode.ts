/** Items as code of an instruction set. What a set lacks is put together from what it has, or is not encodable. */
import { a32, neon, vfpA32 } from "../../../src/cpu/decode/mod.ts";
import type { Rows } from "../../../src/cpu/decode/table.ts";
import { word } from "../assemble.ts";
import { a32Constant, thumbConstant } from "./constants.ts";
import { AL, type Isa, type Item, type Operand, SHIFTS } from "./items.ts";
import { addressInThumb, call, type Fields, half, no, rowOf, suffix, wide } from "./rows.ts";
import { thumb1 } from "./thumb1.ts";

/** Bytes from where an instruction begins to its target. */
type Way = (label: string) => number;
/** Halfwords of the items; labels become where they are. */
export function encode(items: readonly Item[], isa: Isa): number[] {
  const one = { a32: arm, thumb2, thumb1 }[isa];
  // Sizes do not depend on where targets are.
  const places: number[] = [];
  const labels = new Map<string, number>();
  let at = 0;
  for (const x of items) {
    places.push(at);
    if (x.op === "label") labels.set(x.name, at);
    else at += 2 * one(x, () => 4).length;
  }
  return items.flatMap((x, k) => {
    if (x.op === "label") return [];
    return one(x, (label) => (labels.get(label) ?? no(`no label ${label}`)) - places[k]);
  });
}

/** The fields of MOVW and MOVT. */
const halves = (value: number): Fields => ({ w: (value >>> 12) & 15, i: value & 0xfff });
/** A row of floating point or Advanced SIMD in the form of A32. */
function vector(x: Item & { op: "vfp" | "neon" }, c: number): number {
  const rows: Rows = x.op === "vfp" ? vfpA32() : neon();
  const pattern = rowOf(rows, x.row);
  if (c !== AL && !pattern.startsWith("cccc")) no("condition");
  return word(pattern, { c, ...x.f });
}
/** The same as Thumb has it. */
function vectorInThumb(x: Item & { op: "vfp" | "neon" }): number[] {
  const a = vector(x, AL);
  const top = a >>> 24;
  // 1111001u is 111u1111, 11110100 is 11111001.
  const first =
    x.op === "neon" && top >>> 1 === 0x79
      ? 0xef | ((top & 1) << 4)
      : x.op === "neon" && top === 0xf4
        ? 0xf9
        : top;
  return [(first << 8) | ((a >>> 16) & 0xff), a & 0xffff];
}
const named = (x: { op: string; size: number; signed?: boolean }): string =>
  x.op.startsWith("load") ? `ldr${suffix(x.size, x.signed)}` : `str${suffix(x.size)}`;

function arm(x: Item, way: Way): number[] {
  const a = (name: string, fields: Fields): number[] => {
    const w = word(rowOf(a32(), name), { c: x.c ?? AL, ...fields });
    return [w & 0xffff, w >>> 16];
  };
  const sized = (name: string, operand: Operand, fields: Fields): number[] =>
    "k" in operand
      ? a(`${name}_imm`, { ...fields, i: a32Constant(operand.k) ?? no("constant") })
      : a(`${name}_reg`, { ...fields, m: operand.m, y: operand.y ?? 0, i: operand.i ?? 0 });
  switch (x.op) {
    case "label":
      return [];
    case "b":
    case "bl":
      return a(x.op, { i: (way(x.to) - 8) >> 2 });
    case "return":
      return a("bx", { m: 14 });
    case "bx":
      return a("bx", { m: x.m });
    case "blx":
      return a("blx_reg", { m: x.m });
    case "address": {
      const by = way(x.to) - 8;
      const operand = { k: Math.abs(by) };
      return arm({ op: by < 0 ? "sub" : "add", d: x.d, n: 15, with: operand, c: x.c }, way);
    }
    case "constant":
      return [
        ...a("movw", { d: x.d, ...halves(x.value) }),
        ...a("movt", { d: x.d, ...halves(x.value >>> 16) }),
      ];
    case "push":
      return a("stmdb", { n: 13, r: x.list, W: 1 });
    case "pop":
      return a("ldm", { n: 13, r: x.list, W: 1 });
    case "vfp":
    case "neon": {
      const w = vector(x, x.c ?? AL);
      return [w & 0xffff, w >>> 16];
    }
    case "cbz":
    case "cbnz":
      return no(x.op);
    case "svc":
      return a("svc", { i: x.i });
    case "load":
    case "store": {
      if (x.size === 8 && (x.t & 1 || x.u !== x.t + 1 || x.t > 12)) no("pair");
      const form = x.form === "offset" ? "imm" : x.form;
      const most = x.size === 4 || (x.size === 1 && !x.signed) ? 4095 : 255;
      if (Math.abs(x.i) > most) no("offset");
      return a(`${named(x)}_${form}`, { t: x.t, n: x.n, U: x.i < 0 ? 0 : 1, i: Math.abs(x.i) });
    }
    case "loadAt":
    case "storeAt":
      if (x.shift && (x.size === 2 || x.signed)) no("shifted halfword");
      return a(`${named(x)}_reg`, { t: x.t, n: x.n, m: x.m, U: 1, i: x.shift });
    case "ldm":
    case "stm":
      return a(x.op + (x.back ? "db" : ""), { n: x.n, r: x.list, W: x.w ? 1 : 0 });
    case "mov":
    case "mvn":
      if (x.op === "mov" && "m" in x.with) {
        const { m, y = 0, i = 0 } = x.with;
        const name = i ? `${SHIFTS[y]}_imm` : "mov_reg";
        return a(name, { S: x.s ? 1 : 0, d: x.d, m, i });
      }
      return sized(x.op, x.with, { S: x.s ? 1 : 0, d: x.d });
    case "tst":
    case "teq":
    case "cmp":
    case "cmn":
      return sized(x.op, x.with, { n: x.n });
    case "ubfx":
      return a("ubfx", { d: x.d, n: x.n, i: x.low, w: x.width - 1 });
    case "uxtb":
    case "uxth":
      return a(x.op, { d: x.d, m: x.n });
    case "mul":
    case "uadd8":
    case "sel":
    case "mla":
    case "umull": {
      const { op, c: _c, ...fields } = x;
      return a(op, fields);
    }
    default:
      return sized(x.op, x.with, { S: x.s ? 1 : 0, d: x.d, n: x.n });
  }
}

function thumb2(x: Item, way: Way): number[] {
  if (x.c !== undefined && x.c !== AL && x.op !== "b") {
    const { c, ...always } = x;
    if (x.op === "address" || x.op === "constant") no("two instructions");
    if (x.op === "vfp" || x.op === "neon") vector(x, c);
    // IT: one instruction.
    return [...half("it", { f: c, k: 8 }), ...thumb2(always as Item, (label) => way(label) - 2)];
  }
  const sized = (name: string, operand: Operand, fields: Fields): number[] =>
    "k" in operand
      ? wide(`${name}_imm`, { ...fields, i: thumbConstant(operand.k) ?? no("constant") })
      : wide(`${name}_reg`, { ...fields, m: operand.m, y: operand.y ?? 0, i: operand.i ?? 0 });
  switch (x.op) {
    case "label":
      return [];
    case "b": {
      const by = (way(x.to) - 4) >> 1;
      const always = (x.c ?? AL) === AL;
      const room = always ? 1024 : 128;
      if (by < -room || by >= room) no("too far");
      return always ? half("b", { i: by }) : half("b_cond", { c: x.c!, i: by });
    }
    case "bl":
      return call(way(x.to));
    case "return":
      return half("bx", { m: 14 });
    case "bx":
      return half("bx", { m: x.m });
    case "blx":
      return half("blx_reg", { m: x.m });
    case "address":
      return addressInThumb(x.d, way(x.to));
    case "constant":
      return [
        ...wide("movw", { d: x.d, ...halves(x.value) }),
        ...wide("movt", { d: x.d, ...halves(x.value >>> 16) }),
      ];
    case "push":
      return x.list & (x.list - 1)
        ? wide("stmdb", { n: 13, r: x.list, W: 1 })
        : wide("str_pre", { n: 13, t: Math.clz32(x.list) ^ 31, U: 0, i: 4 });
    case "pop":
      return x.list & (x.list - 1)
        ? wide("ldm", { n: 13, r: x.list, W: 1 })
        : wide("ldr_post", { n: 13, t: Math.clz32(x.list) ^ 31, U: 1, i: 4 });
    case "vfp":
    case "neon":
      return vectorInThumb(x);
    case "cbz":
    case "cbnz": {
      const by = (way(x.to) - 4) >> 1;
      if (x.n > 7 || by < 0 || by > 63) no("too far");
      return half(x.op, { n: x.n, i: by });
    }
    case "svc":
      return half("svc", { i: x.i });
    case "load":
    case "store": {
      const name = named(x);
      const { t, n } = x;
      const [U, i] = [x.i < 0 ? 0 : 1, Math.abs(x.i)];
      if (x.size === 8) {
        if (i & 3 || i > 1020 || (x.op === "load" && x.u === t)) no("pair");
        const form = x.form === "offset" ? "imm" : x.form;
        return wide(`${name}_${form}`, { t, u: x.u!, n, U, i: i >> 2 });
      }
      if (x.form !== "offset")
        return wide(`${name}_${x.form}`, { t, n, U, i: i < 256 ? i : no("offset") });
      if (!U) return wide(`${name}_imm8`, { t, n, i: i < 256 ? i : no("offset") });
      return wide(`${name}_imm12`, { t, n, i });
    }
    case "loadAt":
    case "storeAt":
      if (x.shift > 3) no("shift");
      return wide(`${named(x)}_reg`, { t: x.t, n: x.n, m: x.m, i: x.shift });
    case "ldm":
    case "stm":
      return wide(x.op + (x.back ? "db" : ""), { n: x.n, r: x.list, W: x.w ? 1 : 0 });
    case "mov":
    case "mvn":
      if (x.op === "mov" && "m" in x.with) {
        const { m, y = 0, i = 0 } = x.with;
        if (!i && !x.s && (x.d === 13 || m === 13 || x.d === 15))
          return half("mov_reg", { d: x.d, m });
        const name = i ? `${SHIFTS[y]}_imm` : "mov_reg";
        return wide(name, { S: x.s ? 1 : 0, d: x.d, m, i });
      }
      return sized(x.op, x.with, { S: x.s ? 1 : 0, d: x.d });
    case "tst":
    case "teq":
    case "cmp":
    case "cmn":
      if (x.op === "cmp" && "k" in x.with && x.with.k >>> 0 < 256 && x.n < 8)
        return half("cmp_imm8", { n: x.n, i: x.with.k });
      return sized(x.op, x.with, { n: x.n });
    case "ubfx":
      return wide("ubfx", { d: x.d, n: x.n, i: x.low, w: x.width - 1 });
    case "uxtb":
    case "uxth":
      return wide(x.op, { d: x.d, m: x.n });
    case "mul":
    case "uadd8":
    case "sel":
    case "mla":
    case "umull": {
      const { op, c: _c, ...fields } = x;
      return wide(op, fields);
    }
    default: {
      const { op, s, d, n } = x;
      if (
        (op === "add" || op === "sub") &&
        s &&
        "k" in x.with &&
        d === n &&
        d < 8 &&
        x.with.k >>> 0 < 256
      )
        return half(`${op}_imm8`, { d, i: x.with.k });
      return sized(op, x.with, { S: s ? 1 : 0, d, n });
    }
  }
}
