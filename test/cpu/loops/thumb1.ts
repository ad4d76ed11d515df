/** Items in 16-bit Thumb alone: steps are instructions of their own, and nearly all of them set flags. */
import { thumb16 } from "../../../src/cpu/decode/mod.ts";
import type { Rows } from "../../../src/cpu/decode/table.ts";
import { word } from "../assemble.ts";
import { addressInThumb, call, no, suffix } from "./rows.ts";
import { AL, type Item, type Operand, SHIFTS } from "./items.ts";

type Fields = Record<string, number>;
const rows = (): Rows => thumb16();
function t(name: string, fields: Fields): number[] {
  for (const letter of "dnmt") if (letter in fields && fields[letter] > 7) no("high register");
  return [word((rows()[name] ?? no(name))[1], fields)];
}
/** MOV of any two registers: leaves flags alone. */
const move = (d: number, m: number): number[] => [word(rows().mov_reg[1], { d, m })];
/** Low registers, and one more. */
function stack(name: "push" | "pop", letter: string, list: number, more: number): number[] {
  return [word(rows()[name][1], { r: list & 255, [letter]: (list >>> more) & 1 })];
}
function step(n: number, by: number): number[] {
  if (by === 0) return [];
  if (Math.abs(by) > 255) no("step");
  return t(by > 0 ? "add_imm8" : "sub_imm8", { d: n, i: Math.abs(by) });
}

export function thumb1(x: Item, way: (label: string) => number): number[] {
  if (x.c !== undefined && x.c !== AL && x.op !== "b") {
    const { c, ...always } = x;
    const code = thumb1(always as Item, (label) => way(label) - 2);
    return [...t("b_cond", { c: c ^ 1, i: code.length - 1 }), ...code];
  }
  switch (x.op) {
    case "label":
      return [];
    case "b": {
      const by = (way(x.to) - 4) >> 1;
      const always = (x.c ?? AL) === AL;
      const room = always ? 1024 : 128;
      if (by < -room || by >= room) no("too far");
      return always ? t("b", { i: by }) : t("b_cond", { c: x.c!, i: by });
    }
    case "bl":
      return call(way(x.to));
    case "return":
      return [word(rows().bx[1], { m: 14 })];
    case "bx":
      return [word(rows().bx[1], { m: x.m })];
    case "blx":
      return [word(rows().blx_reg[1], { m: x.m })];
    case "address":
      return addressInThumb(x.d, way(x.to));
    case "push":
      return (x.list & 0xbf00) !== 0 ? no("list") : stack("push", "M", x.list, 14);
    case "pop":
      return (x.list & 0x7f00) !== 0 ? no("list") : stack("pop", "P", x.list, 15);
    case "svc":
      return t("svc", { i: x.i });
    case "load":
    case "store": {
      if (x.size === 8 || x.signed) no("load");
      const name = `${x.op === "load" ? "ldr" : "str"}${suffix(x.size)}_imm`;
      const access = (i: number): number[] => t(name, { t: x.t, n: x.n, i: i / x.size });
      if (x.form === "pre") return [...step(x.n, x.i), ...access(0)];
      if (x.form === "post") return [...access(0), ...step(x.n, x.i)];
      if (x.i >= 0 && x.i < 32 * x.size && x.i % x.size === 0) return access(x.i);
      if (x.op === "load" && x.t === x.n) no("base");
      return [...step(x.n, x.i), ...access(0), ...step(x.n, -x.i)];
    }
    case "loadAt":
    case "storeAt": {
      if (x.shift) no("shift");
      const name = x.op === "loadAt" ? `ldr${suffix(x.size, x.signed)}` : `str${suffix(x.size)}`;
      return t(`${name}_reg`, { t: x.t, n: x.n, m: x.m });
    }
    case "ldm":
    case "stm":
      if (x.back || x.list > 255 || !x.w) no("list");
      return t(x.op, { n: x.n, r: x.list });
    case "mov":
      if ("k" in x.with) return t("mov_imm8", { d: x.d, i: byte(x.with.k) });
      if (x.with.i) return t(`${SHIFTS[x.with.y ?? 0]}_imm`, { d: x.d, m: x.with.m, i: x.with.i });
      return move(x.d, x.with.m);
    case "mvn":
      return t("mvn_reg", { d: x.d, m: plain(x.with) });
    case "cmp":
      if ("k" in x.with) return t("cmp_imm8", { n: x.n, i: byte(x.with.k) });
      return t("cmp_reg", { n: x.n, m: plain(x.with) });
    case "tst":
    case "cmn":
      return t(`${x.op}_reg`, { n: x.n, m: plain(x.with) });
    case "uxtb":
    case "uxth":
      return t(x.op, { d: x.d, m: x.n });
    case "add":
    case "sub": {
      const { op, d, n } = x;
      if ("m" in x.with) return t(`${op}_reg`, { d, n, m: plain(x.with) });
      if (d === n) return t(`${op}_imm8`, { d, i: byte(x.with.k) });
      return t(`${op}_imm3`, {
        d,
        n,
        i: x.with.k < 8 && x.with.k >= 0 ? x.with.k : no("constant"),
      });
    }
    case "and":
    case "eor":
    case "adc":
    case "sbc":
    case "orr":
    case "bic": {
      const m = plain(x.with);
      if (x.d !== x.n && x.d === m) no("operands");
      return [...(x.d === x.n ? [] : move(x.d, x.n)), ...t(`${x.op}_reg`, { d: x.d, m })];
    }
    default:
      return no(x.op);
  }
}

function plain(operand: Operand): number {
  return "m" in operand && !operand.i ? operand.m : no("operand");
}
function byte(k: number): number {
  return k >= 0 && k < 256 ? k : no("constant");
}
