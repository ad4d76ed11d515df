import type { Inst, IrBlock } from "../ir/ops.ts";
import { C, NONE, Op, opRows, TEMP, TEMPS } from "../ir/ops.ts";
import {
  alu,
  carryCodes,
  compareOrder,
  type Forms,
  isShift,
  longForms,
  memory,
  shiftFusion,
  unaryCodes,
  writebacks,
} from "./codes.ts";
import { laneNumber } from "../ir/parallel.ts";
import { CodeWriter, JUNK, SCRATCH } from "./code-writer.ts";
import { Code } from "./loop.ts";
import { Slot } from "./state.ts";

/** What is known of an encoded block: the map of Block, and the first free word. */
export interface Encoded {
  readonly map: Int32Array;
  readonly last: number;
}

const UADD8 = laneNumber("u", "add8");

/** Writes the code of one block into the arena. */
export class Encoder extends CodeWriter {
  private starts!: Int32Array;

  /** Encodes `block` from word `first` on: its guest address, then its code. `end`: what stands at an open end instead of a link. `alone`: nor are its branches. `counts`: see CountingPlan. */
  encode(
    block: IrBlock,
    first: number,
    end?: Code.Pause | Code.Slide,
    alone = false,
    counts?: Int32Array,
  ): Encoded {
    this.block = block;
    this.alone = alone;
    this.ip = first;
    this.labels.length = 0;
    this.exits.length = 0;
    const { insts, pcs, its } = block;
    const starts = (this.starts = new Int32Array(insts.length + 1));
    const map = new Int32Array(pcs.length * 2);
    const thumb = block.thumb ? 1 : 0;
    this.put(block.start | thumb);
    let at = 0;
    const markTo = (n: number): void => {
      for (; at <= n; at++) {
        map[at * 2] = (this.ip << 8) | its[at];
        map[at * 2 + 1] = pcs[at] | thumb;
      }
    };
    for (let k = 0; k < insts.length; k++) {
      // A fused compare and branch belongs to the branch, its compare is a nop.
      markTo(insts[k].at);
      starts[k] = this.ip;
      if (counts?.[k]) this.opK(Code.Count, 0, 0, 0, counts[k]);
      k = this.inst(insts[k], k);
    }
    markTo(pcs.length - 1);
    starts[insts.length] = this.ip;
    if (counts?.[insts.length]) this.opK(Code.Count, 0, 0, 0, counts[insts.length]);
    if (block.open && end !== undefined) {
      const count = pcs.length - 1;
      this.opK(end, pcs[count] - pcs[count - 1], 0, count, block.end | thumb);
      this.put(its[its.length - 1]);
    } else if (block.open) this.end();
    this.complete(starts);
    return { map, last: this.ip };
  }

  /** True when a skip goes on at op k. */
  private isLabel(k: number): boolean {
    return this.block.insts.some((x) => opRows[x.op].operands.includes("label") && x.label === k);
  }

  /** Encodes op k; returns the index of the last op that it took. */
  private inst(x: Inst, k: number): number {
    const forms = alu[x.op];
    if (forms) return this.alu(x, forms, k);
    const access = memory[x.op];
    if (access) return this.access(x, access, k);
    if (x.op === Op.ldm || x.op === Op.stm) return this.multiple(x, k);
    this.other(x);
    return k;
  }

  private alu(x: Inst, forms: Forms, k: number): number {
    if (x.op === Op.mov || x.op === Op.mvn) {
      const code = x.kb ? (x.set ? forms.is : forms.i) : x.set ? forms.rs : forms.r;
      const d = x.d === NONE ? JUNK : x.d;
      if (d === 14 && x.kb && this.call(x, k)) return k + 1;
      if (x.kb && this.addConstant(x, k)) return k + 1;
      if (code === undefined) this.rare(x);
      else if (x.kb) this.opK(code, d, 0, 0, x.b);
      else this.op(code, d, x.b, 0);
      return k;
    }
    if (this.canonical(x)) return this.alu(x, alu[x.op]!, k);
    if (x.d === NONE) {
      const code = x.kb ? forms.ic : forms.rc;
      if (code !== undefined) {
        if (x.kb) this.opK(code, x.a, 0, 0, x.b);
        else this.op(code, x.a, x.b, 0);
        return k;
      }
      x.d = JUNK;
    }
    if (isShift(x.op) && x.kb) return this.shiftBy(x, forms, k);
    if (this.countdown(x, k)) return k + 1;
    let code = x.kb ? (x.set ? forms.is : forms.i) : x.set ? forms.rs : forms.r;
    if (code === undefined && x.kb) {
      this.opK(Code.MovI, SCRATCH, 0, 0, x.b);
      x.b = SCRATCH;
      x.kb = false;
      code = x.set ? forms.rs : forms.r;
    }
    if (code === undefined || (isShift(x.op) && x.set === C))
      this.rareWords(x, isShift(x.op) ? -1 : x.i);
    else if (x.kb) this.opK(code, x.d, x.a, 0, x.b);
    else this.op(code, x.d, x.a, x.b);
    return k;
  }

  /** lr := constant and a branch of the same instruction in one. */
  private call(x: Inst, k: number): boolean {
    const y = this.block.insts[k + 1];
    if (!y || y.at !== x.at) return false;
    if (y.op === Op.br) this.branch(y, Code.BL, 0, 0);
    else if (y.op === Op.bx) this.other(y, Code.Blx);
    else return false;
    this.put(x.b);
    this.starts[k + 1] = this.ip;
    return true;
  }

  /** A constant into a temporary that an addition of the same instruction consumes: ADD of A32 with the pc. */
  private addConstant(x: Inst, k: number): boolean {
    const y = this.block.insts[k + 1];
    if (!y || y.at !== x.at || x.set || x.d < TEMP || x.d >= TEMP + TEMPS) return false;
    if (y.op !== Op.add || y.set || y.kb || y.ka || y.d === NONE) return false;
    if ((y.a === x.d) === (y.b === x.d) || this.isReadBehind(k + 1, x.d)) return false;
    this.opK(Code.AddI, y.d, y.a === x.d ? y.b : y.a, 0, x.b);
    this.starts[k + 1] = this.ip;
    return true;
  }

  /** SUBS by a constant and BNE: the end of a counted loop. */
  private countdown(x: Inst, k: number): boolean {
    const y = this.block.insts[k + 1];
    if (x.op !== Op.sub || !x.kb || !x.set || y?.op !== Op.brc || y.cond !== 1) return false;
    if (this.isLabel(k + 1)) return false;
    // The words of the branch: its index is the subtraction's, its address its own.
    this.branch(y, Code.SubsBne, x.d, x.a, true, x.b);
    this.starts[k + 1] = this.ip;
    return true;
  }

  /** A shift by a constant, which goes into b. Amount 32 shifts out everything, which a host shift cannot. */
  private shiftBy(x: Inst, forms: Forms, k: number): number {
    const fused = this.fuseShift(x, k);
    if (fused !== k) return fused;
    const code = x.set === C ? carryCodes[x.op] : x.set ? forms.is : forms.i;
    if ((x.b === 32 && x.set) || code === undefined) this.rareWords(x, x.b);
    else if (x.b < 32) this.op(code, x.d, x.a, x.b);
    else if (x.op === Op.lsr) this.opK(Code.MovI, x.d, 0, 0, 0);
    else this.op(code, x.d, x.a, 31);
    return k;
  }

  /** Rewrites an op into one with a code of its own; true when it changed. */
  private canonical(x: Inst): boolean {
    const { op } = x;
    if (op === Op.sub && x.kb && !x.set && x.d !== NONE) {
      x.op = Op.add;
      x.b = -x.b | 0;
    } else if (op === Op.bic && x.kb) {
      x.op = Op.and;
      x.b = ~x.b;
    } else if (op === Op.orn && x.kb) {
      x.op = Op.orr;
      x.b = ~x.b;
    } else if ((op === Op.rsb && !x.kb) || op === Op.rsc) {
      if (x.kb) {
        this.opK(Code.MovI, SCRATCH, 0, 0, x.b);
        x.b = SCRATCH;
        x.kb = false;
      }
      [x.a, x.b] = [x.b, x.a];
      x.op = op === Op.rsb ? Op.sub : Op.sbc;
    } else return false;
    return true;
  }

  /** A shift into a temporary that the next op of the same instruction consumes becomes part of it. */
  private fuseShift(x: Inst, k: number): number {
    const y = this.block.insts[k + 1];
    if (!y || !x.kb || x.set || y.set || y.at !== x.at || y.kb || y.ka) return k;
    if (x.b === 32 || x.d < TEMP || x.d >= TEMP + TEMPS || y.b !== x.d || y.a === x.d) return k;
    if (y.d === NONE || y.op === Op.nop || this.isReadBehind(k + 1, x.d)) return k;
    const code = shiftFusion(x.op, y.op);
    if (code === undefined) return k;
    this.opK(code, y.d, y.a, x.a, x.b);
    this.starts[k + 1] = this.ip;
    return k + 1;
  }

  /** Whether ops of the same instruction behind op k read a temporary, as those do that make a frame and ask first whether it reaches a guard. */
  private isReadBehind(k: number, t: number): boolean {
    const { insts } = this.block;
    const { at } = insts[k];
    while (++k < insts.length && insts[k].at === at) {
      const { a, b, c, d, s, t: second, ka, kb } = insts[k];
      if ((!ka && a === t) || (!kb && b === t) || [c, d, s, second].includes(t)) return true;
    }
    return false;
  }

  private access(x: Inst, [i, indexed]: readonly [Code, Code], k: number): number {
    const data = x.d === NONE ? x.s : x.d;
    let base = x.a;
    if (x.ka) {
      if (x.op === Op.ldr && x.kb) {
        this.opK(Code.LdrAbs, data, 0, 0, (x.a + x.b) | 0);
        return k;
      }
      this.opK(Code.MovI, SCRATCH, 0, 0, x.a);
      base = SCRATCH;
    }
    if (!x.kb) {
      this.opK(indexed, data, base, x.b, x.i);
      return k;
    }
    const moved = this.baseUpdate(x, k) ? writebacks[x.op] : undefined;
    if (moved && (x.b === 0 || x.b === this.block.insts[k + 1].b)) {
      const y = this.block.insts[k + 1];
      this.opK(x.b === 0 ? moved.post : moved.pre, data, base, 0, y.b);
      this.starts[k + 1] = this.ip;
      return k + 1;
    }
    this.opK(i, data, base, 0, x.b);
    return k;
  }

  /** Op k uses base a, and the next op of the same instruction is a += constant. */
  private baseUpdate(x: Inst, k: number): boolean {
    const y = this.block.insts[k + 1];
    if (!y || y.at !== x.at || y.op !== Op.add || !y.kb || y.set) return false;
    return y.d === x.a && y.a === x.a && x.d !== x.a;
  }

  private other(x: Inst, code: Code = Code.Bx): void {
    switch (x.op) {
      case Op.nop:
        return;
      case Op.setc:
        return this.opK(Code.MovI, Slot.C, 0, 0, x.i);
      case Op.mla:
        this.opK(Code.Mla, x.d, x.a, x.b, x.c);
        if (x.set) this.op(Code.MovsR, x.d, x.d, 0);
        return;
      case Op.mls:
        return this.opK(Code.Mls, x.d, x.a, x.b, x.c);
      case Op.ubfx:
        return this.opK(Code.Ubfx, x.d, x.a, 32 - x.i - x.j, 32 - x.j);
      case Op.sbfx:
        return this.opK(Code.Sbfx, x.d, x.a, 32 - x.i - x.j, 32 - x.j);
      case Op.bfi:
        return this.opK(Code.Bfi, x.d, x.a, x.i, x.j === 32 ? -1 : ((1 << x.j) - 1) << x.i);
      case Op.cross:
        return this.opK(Code.Cross, 0, 0, 0, x.i);
      case Op.rrx:
        if (x.set === 0 && x.d !== NONE) return this.op(Code.Rrx, x.d, x.a, 0);
        break;
      case Op.sel:
        return this.op(Code.Sel, x.d, x.a, x.b);
      case Op.parallel:
        if (x.i === UADD8) return this.op(Code.Uadd8, x.d, x.a, x.b);
        break;
      case Op.ldrd:
      case Op.strd:
        return this.dual(x);
      case Op.br:
        return this.branch(x, Code.B, 0, 0);
      case Op.brz:
      case Op.brnz:
        return this.branch(x, x.op === Op.brz ? Code.Bz : Code.Bnz, 0, x.a);
      case Op.brc:
      case Op.skip:
        return this.branch(x, Code.Beq + x.cond, 0, 0);
      case Op.brcmp:
      case Op.skipcmp: {
        const first = x.kb ? Code.CmpBeqI : Code.CmpBeqR;
        return this.branch(x, first + compareOrder.indexOf(x.cond), x.a, x.kb ? 0 : x.b, x.kb);
      }
      case Op.brtst:
      case Op.skiptst:
        return this.branch(
          x,
          (x.kb ? Code.TstBeqI : Code.TstBeqR) + x.cond,
          x.a,
          x.kb ? 0 : x.b,
          x.kb,
        );
      case Op.bx:
        if (this.alone)
          return this.opK(Code.Go, code === Code.Blx ? 1 : 0, x.a, x.at + 1, this.block.pcs[x.at]);
        return this.opK(code, 0, x.a, x.at + 1, this.block.pcs[x.at]);
      case Op.svc:
        this.opK(Code.Svc, 0, 0, x.at + 1, x.i);
        this.put(this.block.pcs[x.at + 1] | (this.block.thumb ? 1 : 0));
        return this.put(this.block.its[x.at + 1]);
      case Op.bkpt:
        return this.opK(Code.Bkpt, 0, 0, 0, x.i);
      case Op.udf:
        return this.put(Code.Udf);
    }
    const unary = unaryCodes[x.op];
    if (unary !== undefined) return this.op(unary, x.d, x.a, 0);
    const long = longForms[x.op];
    if (long !== undefined) {
      this.opK(Code.Long, x.d, x.a, x.b, x.e | long);
      if (!x.set) return;
    }
    this.rare(x);
  }

  private dual(x: Inst): void {
    if (x.ka) {
      this.opK(Code.MovI, SCRATCH, 0, 0, x.a);
      x.a = SCRATCH;
      x.ka = false;
    }
    if (!x.kb) this.rare(x);
    else if (x.op === Op.ldrd) this.opK(Code.LdrdI, x.d, x.a, x.e, x.b);
    else this.opK(Code.StrdI, x.s, x.a, x.t, x.b);
  }

  private multiple(x: Inst, k: number): number {
    const moves = this.baseUpdate(x, k);
    const start = this.ip;
    this.ip += 2;
    this.put(moves ? this.block.insts[k + 1].b : 0);
    for (let r = 0; r < 16; r++) {
      if (x.i & (1 << r)) this.put(r === 15 ? TEMP : r);
    }
    const end = this.ip;
    this.ip = start;
    this.opK(x.op === Op.ldm ? Code.Ldm : Code.Stm, 0, x.a, end - start - 3, x.j);
    this.ip = end;
    if (!moves) return k;
    this.starts[k + 1] = this.ip;
    return k + 1;
  }
}
