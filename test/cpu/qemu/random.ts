/** Where additions and comparisons overflow. */
const EDGES = [0, 1, 0x7fffffff, 0x80000000, 0x80000001, 0xffffffff];

/** A seeded generator of 32-bit numbers (xoshiro128**), so that every failure can be named by its seed. */
export class Random {
  private a: number;
  private b: number;
  private c: number;
  private d: number;

  constructor(seed: number) {
    let x = seed >>> 0;
    const next = () => {
      x = (x + 0x9e3779b9) | 0;
      let z = Math.imul(x ^ (x >>> 16), 0x85ebca6b);
      z = Math.imul(z ^ (z >>> 13), 0xc2b2ae35);
      return z ^ (z >>> 16);
    };
    this.a = next();
    this.b = next();
    this.c = next();
    this.d = next();
  }

  /** A number in [0, 2^32). */
  u32(): number {
    const m = Math.imul(this.b, 5);
    const result = Math.imul((m << 7) | (m >>> 25), 9) >>> 0;
    const t = this.b << 9;
    this.c ^= this.a;
    this.d ^= this.b;
    this.b ^= this.c;
    this.a ^= this.d;
    this.c ^= t;
    this.d = (this.d << 11) | (this.d >>> 21);
    return result;
  }
  /** A number in [0, n). */
  below(n: number): number {
    return Math.floor((this.u32() / 2 ** 32) * n);
  }
  /** A number in [low, high]. */
  between(low: number, high: number): number {
    return low + this.below(high - low + 1);
  }
  /** True once in `n` times. */
  once(n: number): boolean {
    return this.below(n) === 0;
  }
  pick<T>(list: readonly T[]): T {
    return list[this.below(list.length)];
  }
  /** `count` different elements. */
  sample<T>(list: readonly T[], count: number): T[] {
    const rest = [...list];
    const out: T[] = [];
    while (out.length < count && rest.length) out.push(rest.splice(this.below(rest.length), 1)[0]);
    return out;
  }
  /** A word as arithmetic likes to meet: often small, near a power of two or an overflow, of repeated bytes, or simply random. */
  word(): number {
    switch (this.below(9)) {
      case 0:
        return this.below(40);
      case 1:
        return -this.below(40) >>> 0;
      case 2:
        return ((1 << this.below(32)) + this.between(-1, 1)) >>> 0;
      case 3:
        return Math.imul(this.pick([0x7f, 0x80, 0x81, 0xff, 0x01]), 0x01010101) >>> 0;
      case 4:
        return (
          (this.pick([0x7fff, 0x8000, 0xffff, 0]) * 0x10000 +
            this.pick([0x7fff, 0x8000, 0xffff, 1])) >>>
          0
        );
      case 5:
        return this.pick(EDGES);
      default:
        return this.u32();
    }
  }
}
