import type { Random } from "../qemu/random.ts";
import { type Access, ALU, type Isa, type Item, type Operand } from "./items.ts";

/** What a register has to be when a loop begins. */
export type Role =
  /** An address that goes on by so many bytes in an iteration; a table of so many bytes, which stays. */
  | { readonly is: "base"; readonly step: number; readonly at?: number; readonly bytes?: number }
  /** A number that goes on by `step`, and after the last iteration meets 0 or `end`. */
  | { readonly is: "count"; readonly step: number; readonly end?: number; readonly from?: number }
  /** What register `of` is after the last iteration. */
  | { readonly is: "end"; readonly of: number }
  /** The number of iterations. */
  | { readonly is: "times" }
  /** A small number. */
  | { readonly is: "index" }
  /** Something that is looked for. */
  | { readonly is: "sought" }
  /** Exactly this. */
  | { readonly is: "value"; readonly value: number };

/** A loop, with what is around it. */
export interface Loop {
  readonly isa: Isa;
  /** Of what kind it was meant to be. */
  readonly family: string;
  readonly items: readonly Item[];
  readonly roles: ReadonlyMap<number, Role>;
  /** It has to do with floating-point registers. */
  readonly floats: boolean;
  /** How often loops of it go round whose code says so. */
  readonly times: readonly number[];
}

/** The condition codes by name. */
export const C = {
  eq: 0,
  ne: 1,
  cs: 2,
  cc: 3,
  mi: 4,
  pl: 5,
  vs: 6,
  vc: 7,
  hi: 8,
  ls: 9,
  ge: 10,
  lt: 11,
  gt: 12,
  le: 13,
};

/** Puts random instructions together: hands out registers, and knows what an instruction set likes. */
export class Maker {
  readonly items: Item[] = [];
  readonly roles = new Map<number, Role>();
  /** How often loops go round whose code says so. */
  readonly times: number[] = [];
  /** Registers for what is loaded and computed. */
  readonly data: number[];
  /** The link register is for calls. */
  readonly calls: boolean;
  /** There are floating-point numbers in it, and vectors of elements. */
  readonly floats: boolean;
  readonly vectors: boolean;
  private readonly free: number[];
  private labels = 0;

  constructor(
    readonly random: Random,
    readonly isa: Isa,
    calls = random.once(4),
  ) {
    this.calls = calls;
    this.floats = isa !== "thumb1" && random.once(3);
    this.vectors = this.floats && random.once(2);
    const all =
      isa === "thumb1" ? [0, 1, 2, 3, 4, 5, 6, 7] : [0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12];
    if (isa !== "thumb1" && !this.calls) all.push(14);
    this.free = random.sample(all, all.length);
    // Pairs of A32 begin at an even register.
    const first = isa === "thumb1" ? 0 : 2 * random.below(4);
    this.data = [first, first + 1];
    for (const r of this.data) this.free.splice(this.free.indexOf(r), 1);
    if (isa !== "thumb1" || random.once(2)) this.data.push(this.free.pop()!);
  }

  take(role: Role): number {
    const r = this.free.pop() ?? this.data[0];
    this.roles.set(r, role);
    return r;
  }
  /** An end of another register, and the like. */
  role(r: number, role: Role): void {
    this.roles.set(r, role);
  }
  label(): string {
    return `l${this.labels++}`;
  }
  put(...items: Item[]): void {
    this.items.push(...items);
  }
  value(): number {
    return this.random.pick(this.data);
  }
  /** A constant that all instruction sets have. */
  constant(): number {
    return this.random.pick([
      0,
      1,
      2,
      3,
      4,
      7,
      8,
      16,
      31,
      64,
      127,
      128,
      255,
      this.random.below(256),
    ]);
  }
  operand(): Operand {
    const { random } = this;
    if (random.once(3)) return { k: this.constant() };
    const m =
      random.once(4) && this.roles.size ? random.pick([...this.roles.keys()]) : this.value();
    return this.isa !== "thumb1" && random.once(3)
      ? { m, y: random.below(3), i: 1 + random.below(31) }
      : { m };
  }

  /** An instruction on data; `flags`: it may set them. */
  compute(flags: boolean): Item {
    const { random, isa } = this;
    const d = this.value();
    const n =
      random.once(3) && this.roles.size ? random.pick([...this.roles.keys()]) : this.value();
    const s = flags && random.once(2);
    if (isa === "thumb1") {
      const m = this.value();
      return random.pick<Item>([
        { op: random.pick(["add", "sub"]), s: true, d, n, with: { m } },
        {
          op: random.pick(["and", "eor", "orr", "bic", "adc", "sbc"]),
          s: true,
          d,
          n: d,
          with: { m },
        },
        { op: "mov", s: true, d, with: { m, y: random.below(3), i: 1 + random.below(31) } },
        { op: "mov", d, with: { m: n } },
        { op: random.pick(["uxtb", "uxth"]), d, n: m },
      ]);
    }
    switch (random.below(10)) {
      case 0:
        return { op: "mla", d, n, m: this.value(), a: this.value() };
      case 1:
        return { op: "mul", d, n, m: this.value() };
      case 2:
        return { op: random.pick(["uxtb", "uxth"]), d, n };
      case 3:
        return { op: "ubfx", d, n, low: random.below(24), width: 1 + random.below(8) };
      case 4:
        return { op: random.pick(["mov", "mvn"]), s, d, with: this.operand() };
      case 5:
        return random.pick<Item>([
          { op: "uadd8", d, n, m: this.value() },
          { op: "sel", d, n, m: this.value() },
        ]);
      case 6:
        return { op: "umull", l: this.data[0], h: this.data[1], n, m: this.value() };
      default:
        return { op: random.pick(ALU), s, d, n, with: this.operand() };
    }
  }

  /** Bytes of an element. */
  size(): 1 | 2 | 4 | 8 {
    return this.random.pick(this.isa === "thumb1" ? [1, 1, 2, 4] : [1, 1, 2, 4, 4, 8]);
  }
  /** A load or store of data from [n, #i]. */
  access(
    op: "load" | "store",
    size: 1 | 2 | 4 | 8,
    n: number,
    form: Access["form"],
    i: number,
  ): Access {
    const t = size === 8 ? this.data[0] : this.value();
    const signed = op === "load" && size < 4 && this.isa !== "thumb1" && this.random.once(5);
    return { op, size, signed, t, u: this.data[1], n, form, i };
  }
}
