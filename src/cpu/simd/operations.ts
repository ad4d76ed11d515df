import type { FloatUnit } from "../float/mod.ts";
import { floats } from "./floats.ts";
import { integer } from "./integer.ts";
import { permute } from "./permute.ts";
import { shifts } from "./shifts.ts";
import { type Operation, Vectors } from "./vectors.ts";
import { widening } from "./widening.ts";

const all = () => ({ ...integer(), ...widening(), ...shifts(), ...floats(), ...permute() });
export type OperationName = keyof ReturnType<typeof all>;

/** Made at the first use: most systems never execute one. */
let list: readonly Operation[] = [];
let names: readonly OperationName[] = [];
const numbers = new Map<OperationName, number>();
function prepare(): void {
  if (list.length > 0) return;
  const operations = all();
  list = Object.values(operations);
  names = Object.keys(operations) as OperationName[];
  names.forEach((name, k) => numbers.set(name, k));
}

/** Where a scalar operand is copied to, as often as a register holds it: behind the register file. */
const SCALAR = 32;

/** The operation in one number, as the op of the IR has it. */
export interface Encoded {
  readonly name: OperationName;
  readonly q?: number;
  readonly z?: number;
  readonly u?: number;
  readonly i?: number;
  /** The element of m that is the second operand throughout. */
  readonly lane?: number;
}
export function encode({ name, q = 0, z = 0, u = 0, i = 0, lane }: Encoded): number {
  prepare();
  const scalar = lane === undefined ? 0 : 0x20 | lane;
  return numbers.get(name)! | (q << 8) | (z << 9) | (u << 11) | (i << 12) | (scalar << 20);
}
export function nameOf(code: number): OperationName {
  return names[code & 255];
}

const units = new WeakMap<FloatUnit, Vectors>();
export function vectorsOf(unit: FloatUnit): Vectors {
  let v = units.get(unit);
  if (!v) units.set(unit, (v = new Vectors(unit)));
  return v;
}

/** Executes an operation on registers d, n, m. */
export function execute(unit: FloatUnit, code: number, d: number, n: number, m: number): void {
  const v = vectorsOf(unit);
  const z = (code >> 9) & 3;
  const scalar = (code >> 20) & 0x3f;
  if (scalar) {
    const from = v.file.unsigned[z];
    const per = 8 >> z;
    from.fill(from[m * per + (scalar & 0x1f)], SCALAR * per, (SCALAR + 2) * per);
    m = SCALAR;
  }
  const q = (code >> 8) & 1;
  const u = (code >> 11) & 1;
  list[code & 255](v, { d, n, m, q, z, u, i: (code >> 12) & 255 });
}
