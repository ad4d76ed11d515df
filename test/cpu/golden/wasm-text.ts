/** Text of the functions of a WebAssembly module as translation writes them: one line for each statement. */

import { type VectorImmediate, vectorRows } from "./wasm-vectors.ts";

type Immediate =
  | VectorImmediate
  | "local"
  | "label"
  | "labels"
  | "index"
  | "indirect"
  | "memory"
  | "i32"
  | "i64"
  | "f32"
  | "f64"
  | "block";

/** Name, what follows the opcode, values popped and pushed (WebAssembly Core Specification 2.0, 5.4). */
type Row = readonly [name: string, immediate: Immediate | undefined, pops: number, pushes: number];

const rows = new Map<number, Row>();
const row = (
  code: number,
  name: string,
  pops: number,
  pushes: number,
  immediate?: Immediate,
): void => void rows.set(code, [name, immediate, pops, pushes]);
/** Names of consecutive opcodes. */
const run = (
  first: number,
  type: string,
  names: string,
  pops: number,
  immediate?: Immediate,
): void =>
  names.split(" ").forEach((name, k) => row(first + k, `${type}.${name}`, pops, 1, immediate));

row(0x00, "unreachable", 0, 0);
row(0x02, "block", 0, 0, "block");
row(0x03, "loop", 0, 0, "block");
row(0x04, "if", 1, 0, "block");
row(0x05, "else", 0, 0);
row(0x0b, "end", 0, 0);
row(0x0c, "br", 0, 0, "label");
row(0x0d, "br_if", 1, 0, "label");
row(0x0e, "br_table", 1, 0, "labels");
row(0x0f, "return", 0, 0);
row(0x10, "call", 0, 0, "index");
row(0x11, "call_indirect", 0, 0, "indirect");
row(0x13, "return_call_indirect", 0, 0, "indirect");
row(0x1a, "drop", 1, 0);
row(0x1b, "select", 3, 1);
row(0x20, "local.get", 0, 1, "local");
row(0x21, "local.set", 1, 0, "local");
row(0x22, "local.tee", 1, 1, "local");
for (const [code, name] of [
  [0x28, "i32.load"],
  [0x29, "i64.load"],
  [0x2a, "f32.load"],
  [0x2b, "f64.load"],
  [0x2c, "i32.load8_s"],
  [0x2d, "i32.load8_u"],
  [0x2e, "i32.load16_s"],
  [0x2f, "i32.load16_u"],
] as const)
  row(code, name, 1, 1, "memory");
for (const [code, name] of [
  [0x36, "i32.store"],
  [0x37, "i64.store"],
  [0x38, "f32.store"],
  [0x39, "f64.store"],
  [0x3a, "i32.store8"],
  [0x3b, "i32.store16"],
] as const)
  row(code, name, 2, 0, "memory");
row(0x41, "i32.const", 0, 1, "i32");
row(0x42, "i64.const", 0, 1, "i64");
row(0x43, "f32.const", 0, 1, "f32");
row(0x44, "f64.const", 0, 1, "f64");
const comparisons = "eq ne lt_s lt_u gt_s gt_u le_s le_u ge_s ge_u";
const integers = "add sub mul div_s div_u rem_s rem_u and or xor shl shr_s shr_u rotl rotr";
const reals = "abs neg ceil floor trunc nearest sqrt";
for (const [type, test, unary, binary] of [
  ["i32", 0x45, 0x67, 0x6a],
  ["i64", 0x50, 0x79, 0x7c],
] as const) {
  run(test, type, "eqz", 1);
  run(test + 1, type, comparisons, 2);
  run(unary, type, "clz ctz popcnt", 1);
  run(binary, type, integers, 2);
}
for (const [type, compare, unary] of [
  ["f32", 0x5b, 0x8b],
  ["f64", 0x61, 0x99],
] as const) {
  run(compare, type, "eq ne lt gt le ge", 2);
  run(unary, type, reals, 1);
  run(unary + 7, type, "add sub mul div min max copysign", 2);
}
run(0xa7, "i32", "wrap_i64 trunc_f32_s trunc_f32_u trunc_f64_s trunc_f64_u", 1);
run(0xac, "i64", "extend_i32_s extend_i32_u trunc_f32_s trunc_f32_u trunc_f64_s trunc_f64_u", 1);
run(0xb2, "f32", "convert_i32_s convert_i32_u convert_i64_s convert_i64_u demote_f64", 1);
run(0xb7, "f64", "convert_i32_s convert_i32_u convert_i64_s convert_i64_u promote_f32", 1);
row(0xbc, "i32.reinterpret_f32", 1, 1);
row(0xbd, "i64.reinterpret_f64", 1, 1);
row(0xbe, "f32.reinterpret_i32", 1, 1);
row(0xbf, "f64.reinterpret_i64", 1, 1);
run(0xc0, "i32", "extend8_s extend16_s", 1);

/** One instruction: its name and its immediates as words. */
export interface Instruction {
  readonly name: string;
  readonly words: readonly (string | number | bigint)[];
  readonly pops: number;
  readonly pushes: number;
}

class Reader {
  at = 0;
  constructor(readonly bytes: Uint8Array) {}
  byte(): number {
    return this.bytes[this.at++];
  }
  unsigned(): number {
    let value = 0;
    for (let shift = 0; ; shift += 7) {
      const b = this.byte();
      value += (b & 127) * 2 ** shift;
      if (b < 128) return value;
    }
  }
  signed(bits: number): bigint {
    let value = 0n;
    for (let shift = 0n; ;) {
      const b = this.byte();
      value |= BigInt(b & 127) << shift;
      shift += 7n;
      if (b < 128) return BigInt.asIntN(bits, b & 64 ? value - (1n << shift) : value);
    }
  }
  float(size: 4 | 8): number {
    const view = new DataView(this.bytes.buffer, this.bytes.byteOffset + this.at, size);
    this.at += size;
    return size === 4 ? view.getFloat32(0, true) : view.getFloat64(0, true);
  }
}

function immediates(r: Reader, kind: Immediate | undefined): Instruction["words"] {
  switch (kind) {
    case undefined:
      return [];
    case "i32":
      return [Number(r.signed(32))];
    case "i64":
      return [r.signed(64)];
    case "f32":
      return [r.float(4)];
    case "f64":
      return [r.float(8)];
    case "memory": {
      r.unsigned();
      const offset = r.unsigned();
      return offset === 0 ? [] : [`offset=${offset}`];
    }
    case "memory lane":
      return [...immediates(r, "memory"), r.byte()];
    case "bytes":
      return Array.from({ length: 16 }, () => r.byte());
    case "labels":
      return Array.from({ length: r.unsigned() + 1 }, () => r.unsigned());
    case "indirect": {
      const type = r.unsigned();
      r.unsigned();
      return [`(type ${type})`];
    }
    case "block": {
      const type = r.byte();
      return type === 0x40
        ? []
        : [`(result ${{ 0x7f: "i32", 0x7e: "i64", 0x7d: "f32", 0x7c: "f64" }[type]})`];
    }
    default:
      return [r.unsigned()];
  }
}

/** The instructions of every function of the module. */
export function functionsOf(bytes: Uint8Array): Instruction[][] {
  const r = new Reader(bytes);
  r.at = 8;
  const functions: Instruction[][] = [];
  while (r.at < bytes.length) {
    const id = r.byte();
    const size = r.unsigned();
    const end = r.at + size;
    if (id === 10) {
      for (let count = r.unsigned(); count > 0; count--) {
        const length = r.unsigned();
        const last = r.at + length;
        for (let groups = r.unsigned(); groups > 0; groups--) {
          r.unsigned();
          r.byte();
        }
        const code: Instruction[] = [];
        while (r.at < last) {
          const op = r.byte();
          const known = op === 0xfd ? vectorRows.get(r.unsigned()) : rows.get(op);
          if (!known) throw new Error(`opcode ${op.toString(16)} has no row`);
          const [name, kind, pops, pushes] = known;
          code.push({ name, words: immediates(r, kind), pops, pushes });
        }
        functions.push(code);
      }
    }
    r.at = end;
  }
  return functions;
}

/** As wabt's wasm2wat writes an instruction, without what it adds as comments. */
export function watLine({ name, words }: Instruction): string {
  return [name, ...words].join(" ");
}

const opens = new Set(["block", "loop", "if"]);

/** Text with one statement a line; `local` names the locals, `call` the functions that are called. */
export function textOf(
  code: readonly Instruction[],
  local: (index: number) => string,
  call: (index: number) => string,
): string {
  const lines: string[] = [];
  let words: string[] = [];
  let indent = 1;
  let depth = 0;
  const flush = (): void => {
    if (words.length > 0) lines.push("  ".repeat(indent) + words.join(" "));
    words = [];
    depth = 0;
  };
  for (const x of code.slice(0, -1)) {
    const { name } = x;
    if (name === "end" || name === "else") {
      flush();
      indent--;
    }
    if (name === "local.get") words.push(local(x.words[0] as number));
    else if (name === "local.set" || name === "local.tee")
      words.push(`${name === "local.set" ? "->" : "=>"} ${local(x.words[0] as number)}`);
    else if (name === "i32.const") words.push(constant(x.words[0] as number));
    else if (name === "i64.const") words.push(`${x.words[0]}L`);
    else if (name === "call") words.push(`call ${call(x.words[0] as number)}`);
    else words.push(watLine(x));
    depth += x.pushes - x.pops;
    if (opens.has(name) || name === "else") {
      flush();
      indent++;
    } else if (depth <= 0 || name === "end" || name === "call") flush();
  }
  flush();
  return lines.join("\n");
}

const constant = (value: number): string =>
  Math.abs(value) > 0xffff ? `0x${(value >>> 0).toString(16)}` : String(value);
