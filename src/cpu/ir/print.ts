import {
  C,
  conditionNames,
  type Inst,
  type IrBlock,
  N,
  NONE,
  Op,
  opNames,
  opRows,
  TEMP,
  V,
  Z,
} from "./ops.ts";

function register(n: number): string {
  if (n === NONE) return "-";
  return n >= TEMP ? `t${n - TEMP}` : `r${n}`;
}
function number(value: number): string {
  return Math.abs(value) < 10 ? `#${value}` : `#0x${(value >>> 0).toString(16)}`;
}
function address(value: number): string {
  return `0x${(value >>> 0).toString(16).padStart(8, "0")}`;
}
function flags(set: number): string {
  const letter = (flag: number, name: string): string => (set & flag ? name : "");
  return letter(N, "n") + letter(Z, "z") + letter(C, "c") + letter(V, "v");
}

function operand(x: Inst, kind: string): string {
  switch (kind) {
    case "a":
      return x.ka ? number(x.a) : register(x.a);
    case "b":
      return x.kb ? number(x.b) : register(x.b);
    case "i":
      return number(x.i);
    case "j":
      return number(x.j);
    case "cond":
      return conditionNames[x.cond];
    case "to":
      return `${address(x.to & ~1)}${x.to & 1 ? " thumb" : " arm"}`;
    case "label":
      return `@${x.label}`;
    case "vd":
    case "va":
    case "vb":
      return `v${x[kind]}`;
    default:
      return register(x[kind as "d" | "e" | "c" | "s" | "t"]);
  }
}

/** One op: name, flags written, operands in the order of the op table. */
export function printInst(x: Inst): string {
  const { operands } = opRows[x.op];
  const list = operands ? operands.split(" ").map((kind) => operand(x, kind)) : [];
  const set = x.set ? `.${flags(x.set)}` : "";
  return `${opNames[x.op]}${set} ${list.join(", ")}`.trimEnd();
}

/** The block as text: the address of each instruction and its ops, with their indices; nops are left out. */
export function printBlock(block: IrBlock): string {
  const lines: string[] = [];
  block.pcs.forEach((pc, n) => {
    const ops = block.insts.flatMap((x, k) =>
      x.at === n && x.op !== Op.nop ? [`@${k} ${printInst(x)}`] : [],
    );
    const it = block.its[n] ? ` it=${block.its[n].toString(16)}` : "";
    const last = n === block.pcs.length - 1;
    if (last && !block.open) return;
    lines.push(`${address(pc)}${it}${last ? " ..." : ""}`, ...ops.map((line) => `    ${line}`));
  });
  return lines.join("\n");
}
