import { type Inst, type IrBlock, isFloat, NONE, opNames, opRows } from "../ir/ops.ts";
import { Code } from "./loop.ts";
import { Slot } from "./state.ts";

export const SCRATCH: number = Slot.Scratch;
export const JUNK: number = Slot.Junk;

/** The words of a block in the arena: ops, their operands, and what is filled in when the block is complete. */
export class CodeWriter {
  protected ip = 0;
  protected block!: IrBlock;
  /** No way out leads straight into another block. */
  protected alone = false;
  /** Words that must become the arena index of an op of the block: word, op. */
  protected readonly labels: number[] = [];
  /** Words that must become the arena index of an exit stub: word, guest address. */
  protected readonly exits: number[] = [];

  constructor(protected readonly words: Int32Array) {}

  protected put(word: number): void {
    this.words[this.ip++] = word;
  }
  /** The first word of an op. */
  protected op(code: number, d: number, a: number, b: number): void {
    this.put(code | (d << 8) | (a << 16) | (b << 24));
  }
  protected opK(code: number, d: number, a: number, b: number, k: number): void {
    this.op(code, d, a, b);
    this.put(k);
  }

  /** A branch out of the block or to one of its ops; `constant`: with a constant operand, usually x.b. */
  protected branch(
    x: Inst,
    code: number,
    d: number,
    a: number,
    constant = false,
    value = x.b,
  ): void {
    const inside = opRows[x.op].operands.includes("label");
    const own = this.block.pcs[x.at];
    // A taken branch to an address not above its own costs a unit.
    const cost = !inside && (x.to & ~1) >>> 0 <= own >>> 0 ? 1 : 0;
    this.op(code, d, a, inside ? 0 : ((x.at + 1) << 1) | cost);
    if (constant) this.put(value);
    if (inside) this.labels.push(this.ip, x.label);
    else this.exits.push(this.ip, x.to);
    this.put(0);
  }
  /** Falls through to the next block; inside an IT block that is not an address alone. */
  protected end(): void {
    const { pcs, its, end, thumb } = this.block;
    const count = pcs.length - 1;
    const it = its[count];
    if (it) {
      this.opK(Code.Leave, 0, 0, count, end | 1);
      return this.put(it);
    }
    this.op(Code.B, 0, 0, count << 1);
    this.exits.push(this.ip, end | (thumb ? 1 : 0));
    this.put(0);
  }

  protected rare(x: Inst): void {
    this.rareWords(x, x.i);
  }
  protected rareWords(x: Inst, i: number): void {
    if (x.ka) throw new Error(`encoder: ${opNames[x.op]} with a constant base`);
    this.op(Code.Rare, x.op, 0, 0);
    if (isFloat(x.op)) return this.floatWords(x);
    this.put(x.d === NONE ? JUNK : x.d);
    this.put(x.s === NONE ? x.e : x.s);
    this.put(x.a);
    this.put(x.b);
    this.put(x.t === NONE ? x.c : x.t);
    this.put(i);
    this.put(x.set);
  }
  private floatWords(x: Inst): void {
    for (const word of [x.d, x.vd, x.a, x.b, x.vb, x.i, x.va]) this.put(word);
  }

  /** Fills in where ops begin, and writes the stubs of the exits. */
  protected complete(starts: Int32Array): void {
    for (let k = 0; k < this.labels.length; k += 2)
      this.words[this.labels[k]] = starts[this.labels[k + 1]];
    for (let k = 0; k < this.exits.length; k += 2) {
      this.put(this.exits[k + 1]);
      this.words[this.exits[k]] = this.ip;
      this.opK(Code.Exit, 0, 0, 0, this.exits[k]);
    }
  }
}
