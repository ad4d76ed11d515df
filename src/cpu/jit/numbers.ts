import { type Inst, Op } from "../ir/ops.ts";
import { between, exactly, type Known, type Knowledge, sum, UNKNOWN } from "./known.ts";

// Between which numbers the result of an op lies: an index that was masked or shifted stays in its table, an address from a
// literal is a constant.

const LAST = 2 ** 32 - 1;

/** What is known of the register that an op writes besides memory. */
export function resultOf(x: Inst, knowledge: Knowledge): Known {
  const of = (r: number, constant: boolean): Known =>
    constant ? exactly(r) : r < 0 ? UNKNOWN : knowledge.of(r);
  const b = (): Known => of(x.b, x.kb);
  const a = (): Known => of(x.a, x.ka);
  switch (x.op) {
    case Op.mov:
      return b();
    case Op.add:
      if (x.kb) return a().plus(x.b);
      return x.ka ? b().plus(x.a) : range(sum(a().least, a().most, b().least, b().most));
    case Op.sub:
      return x.kb ? a().plus(-x.b) : UNKNOWN;
    case Op.and: {
      const both = [a(), b()];
      if (both.every((k) => k.least === k.most)) return exactly(both[0].least & both[1].least);
      return between(0, Math.min(both[0].most, both[1].most));
    }
    case Op.orr: {
      const both = [a(), b()];
      if (both.every((k) => k.least === k.most)) return exactly(both[0].least | both[1].least);
      const most = Math.max(...both.map((k) => k.most));
      // All bits below the first that one of them may have.
      return between(Math.max(...both.map((k) => k.least)), 2 ** (32 - Math.clz32(most)) - 1);
    }
    case Op.lsl: {
      const most = x.kb ? a().most * 2 ** x.b : LAST + 1;
      return most <= LAST ? between(a().least * 2 ** x.b, most) : UNKNOWN;
    }
    case Op.lsr:
      if (!x.kb) return UNKNOWN;
      return between(Math.floor(a().least / 2 ** x.b), Math.floor(a().most / 2 ** x.b));
    case Op.mul: {
      const most = a().most * b().most;
      return most <= LAST ? between(a().least * b().least, most) : UNKNOWN;
    }
    case Op.ubfx:
      return between(0, 2 ** x.j - 1);
    case Op.ldrb:
      return between(0, 0xff);
    case Op.ldrh:
      return between(0, 0xffff);
    case Op.clz:
      return between(0, 32);
    default:
      return UNKNOWN;
  }
}

const range = ([least, most]: readonly [number, number]): Known => between(least, most);
