/** Small programs: loops in loops of numbers that are known, and what they call: functions with frames, recursion, tail calls, jumps. */
import type { Random } from "../qemu/random.ts";
import { floatQuestion } from "./floats.ts";
import type { Isa, Item } from "./items.ts";
import { known, TIMES } from "./known.ts";
import { C, Maker } from "./maker.ts";
import { question, walk } from "./walks.ts";

const LR = 1 << 14;
const PC = 1 << 15;

interface Function {
  readonly name: string;
  readonly items: Item[];
}

class Program {
  readonly functions: Function[] = [];
  private readonly m: Maker;
  /** How deep recursion goes. */
  private readonly depth: number;
  /** Where a function jumps back to, and the stack pointer there. */
  private readonly back: { readonly at: number; readonly sp: number } | undefined;

  /** Pointers to functions, which functions may exchange. */
  private readonly pointers: readonly [number, number] | undefined;

  constructor(readonly maker: Maker) {
    this.m = maker;
    this.depth = maker.take({ is: "index" });
    this.back = maker.random.once(5)
      ? { at: maker.take({ is: "index" }), sp: maker.take({ is: "index" }) }
      : undefined;
    this.pointers = maker.random.once(3)
      ? [maker.take({ is: "index" }), maker.take({ is: "index" })]
      : undefined;
    // The first ones call nothing, others what is there already.
    for (let k = maker.random.between(1, 3); k > 0; k--) this.functions.push(this.function());
  }

  main(): Item[] {
    const { m, back, pointers } = this;
    const items: Item[] = [];
    for (const d of pointers ?? [])
      items.push({ op: "address", d, to: m.random.pick(this.functions).name });
    const again = m.label();
    if (back)
      items.push(
        { op: "address", d: back.at, to: again },
        { op: "mov", d: back.sp, with: { m: 13 } },
      );
    items.push(...this.loop(m.random.between(1, 3), false));
    if (back) items.splice(m.random.between(2, items.length), 0, { op: "label", name: again });
    return items;
  }

  /** A loop of a number of iterations that the code says, or a register. */
  private loop(depth: number, inFunction: boolean): Item[] {
    const { m } = this;
    const { random } = m;
    const top = m.label();
    const out = m.label();
    const times = random.pick(TIMES);
    const body: Item[] = [];
    const before = new Set(m.roles.keys());
    for (let k = random.between(1, 3); k > 0; k--) body.push(...this.piece(depth, inFunction));
    if (random.once(6)) {
      const { test, c } = question(m);
      body.splice(random.below(body.length + 1), 0, test, { op: "b", c, to: out });
    }
    if (m.floats && random.once(5)) {
      const { tests, c } = floatQuestion(m);
      body.push(...tests, { op: "b", c, to: out });
    }
    const isKnown = !random.once(4);
    if (isKnown) m.times.push(times);
    const s = m.isa === "thumb1";
    const up = random.once(3);
    const k = random.pick([1, 1, 1, 2, 4]);
    const way = Math.min(255, times * k);
    const end = up ? way : 0;
    const own = [...m.roles.keys()].filter((r) => !before.has(r));
    const begin: Item[] = random.once(2) ? known(m, own) : [];
    const n = m.take(isKnown ? { is: "index" } : { is: "count", step: up ? k : -k, end });
    // From so much below 0 up to 0, as signed numbers and others.
    const below = isKnown && up && random.once(3);
    if (isKnown) begin.push({ op: "mov", s, d: n, with: { k: up && !below ? 0 : way } });
    if (below)
      begin.push({ op: "mvn", s, d: n, with: { m: n } }, { op: "add", s, d: n, n, with: { k: 1 } });
    // At the ends of what a register holds: from or to the largest numbers.
    else if (isKnown && random.once(8)) begin.push({ op: "mvn", s, d: n, with: { m: n } });
    const closing: Item[] = up
      ? [
          { op: "add", s, d: n, n, with: { k } },
          { op: "cmp", n, with: { k: below ? random.pick([0, 0, 1, 3]) : end } },
          { op: "b", c: random.pick([C.ne, C.cc, C.lt, C.lt, C.le, C.ls]), to: top },
        ]
      : [
          { op: "sub", s: true, d: n, n, with: { k } },
          { op: "b", c: random.pick([C.ne, C.ne, C.gt, C.ge, C.hi]), to: top },
        ];
    return [...begin, { op: "label", name: top }, ...body, ...closing, { op: "label", name: out }];
  }

  private piece(depth: number, inFunction: boolean): Item[] {
    const { m } = this;
    const { random } = m;
    switch (random.below(10)) {
      case 0:
      case 1:
        return walk(m);
      case 8:
      case 9:
        return this.short();
      case 2:
        if (depth > 1) return this.loop(depth - 1, inFunction);
        return walk(m);
      case 3:
        return random.once(2) ? [{ op: "svc", i: 1 }] : [m.compute(true)];
      case 4:
        return [m.compute(true), m.compute(true)];
      default:
        return this.functions.length ? this.call() : walk(m);
    }
  }

  /** A loop that goes round a number of times which the code says, and does nothing but go through memory. */
  private short(): Item[] {
    const { m } = this;
    const s = m.isa === "thumb1";
    const top = m.label();
    const n = m.take({ is: "index" });
    const body = walk(m);
    const k = Math.min(255, m.random.pick(TIMES));
    m.times.push(k);
    const begin: Item = { op: "mov", s, d: n, with: { k } };
    const less: Item = { op: "sub", s: true, d: n, n, with: { k: 1 } };
    return [begin, { op: "label", name: top }, ...body, less, { op: "b", c: C.ne, to: top }];
  }

  /** Direct, through a register, under a condition; sometimes with the arguments that a recursion has. */
  private call(): Item[] {
    const { m, depth } = this;
    const { random } = m;
    const { name } = random.pick(this.functions);
    const s = m.isa === "thumb1";
    const items: Item[] = [];
    if (!random.once(4))
      items.push({ op: "mov", s, d: depth, with: { k: random.pick([0, 1, 2, 3, 4, 5, 6]) } });
    if (this.pointers && random.once(2)) return [...items, { op: "blx", m: this.pointers[0] }];
    switch (random.below(6)) {
      case 0: {
        const d = m.value();
        items.push({ op: "address", d, to: name }, { op: "blx", m: d });
        break;
      }
      case 1: {
        // The address stays in a register that nothing else has, or does not.
        const d = m.take({ is: "index" });
        m.items.push({ op: "address", d, to: name });
        items.push({ op: "blx", m: d });
        break;
      }
      case 2: {
        const { test, c } = question(m);
        items.push(test, { op: "bl", to: name, c });
        break;
      }
      default:
        items.push({ op: "bl", to: name });
    }
    return items;
  }

  private function(): Function {
    const { m } = this;
    const { random } = m;
    const name = `f${this.functions.length}`;
    const kinds = [
      () => this.small(),
      () => this.small(),
      () => this.framed(),
      () => this.framed(),
    ];
    kinds.push(
      () => this.recursive(name),
      () => this.recursive(name),
    );
    if (this.functions.length) kinds.push(() => this.tail());
    if (this.back) kinds.push(() => this.jumping());
    const items = random.pick(kinds)();
    return { name, items: [{ op: "label", name }, ...items] };
  }
  private computes(most: number): Item[] {
    const { m } = this;
    const items = Array.from({ length: m.random.below(most + 1) }, () => m.compute(true));
    if (this.pointers && m.random.once(3)) {
      const [a, b] = this.pointers;
      const t = m.value();
      const move = (d: number, from: number): Item => ({ op: "mov", d, with: { m: from } });
      items.push(move(t, a), move(a, b), move(b, t));
    }
    return items;
  }

  /** No frame; may return early. */
  private small(): Item[] {
    const { m } = this;
    const { random } = m;
    const items = this.computes(3);
    if (random.once(3)) items.push(...walk(m));
    if (random.once(3)) items.push(...this.loop(1, true).filter((x) => x.op !== "bl"));
    if (random.once(2)) {
      const { test, c } = question(m);
      items.push(test, { op: "return", c }, ...this.computes(2));
    }
    return [...items, this.leave()];
  }
  private leave(): Item {
    const { m } = this;
    return m.isa === "a32" && m.random.once(8)
      ? { op: "mov", d: 15, with: { m: 14 } }
      : { op: "return" };
  }

  /** Registers that a function keeps on the stack. */
  private saved(): number {
    const { m } = this;
    const keys = [...m.roles.keys(), ...m.data].filter((r) => m.isa !== "thumb1" || r < 8);
    return m.random.sample(keys, m.random.below(4)).reduce((all, r) => all | (1 << r), 0);
  }
  /** PUSH and POP around something; the link register may come back as such. */
  private frame(inner: Item[], save = this.saved()): Item[] {
    const { m } = this;
    const plain = m.isa !== "thumb1" && m.random.once(4);
    const back: Item[] = plain
      ? [{ op: "pop", list: save | LR }, this.leave()]
      : [{ op: "pop", list: save | PC }];
    if (m.floats && m.random.once(3)) {
      // Registers that a function of the AAPCS keeps.
      const f = { z: 1, d: 0, i: 2 * m.random.between(1, 6) };
      inner = [{ op: "vfp", row: "vpush", f }, ...inner, { op: "vfp", row: "vpop", f }];
    }
    return [{ op: "push", list: save | LR }, ...inner, ...back];
  }
  private framed(): Item[] {
    const { m } = this;
    const { random } = m;
    const inner = this.computes(2);
    for (let k = random.between(1, 2); k > 0; k--) inner.push(...this.piece(2, true));
    const items = this.frame(inner);
    if (!random.once(3)) return items;
    const { test, c } = question(m);
    return [test, { op: "return", c }, ...items];
  }
  /** Calls itself once or twice with one less. */
  private recursive(name: string): Item[] {
    const { m, depth } = this;
    const { random } = m;
    const s = m.isa === "thumb1";
    const less: Item = { op: "sub", s: s || random.once(2), d: depth, n: depth, with: { k: 1 } };
    const more: Item = { op: "add", s, d: depth, n: depth, with: { k: 1 } };
    const inner: Item[] = [...this.computes(2), less, { op: "bl", to: name }, ...this.computes(1)];
    if (random.once(3)) inner.push({ op: "bl", to: name });
    if (random.once(2)) inner.push(more);
    if (random.once(4)) inner.push(...walk(m));
    const save = this.saved() | (random.once(2) ? 1 << depth : 0);
    const ends: Item[] = [
      { op: "cmp", n: depth, with: { k: random.pick([0, 1]) } },
      { op: "return", c: random.pick([C.eq, C.le, C.le, C.ls]) },
    ];
    return [...ends, ...this.frame(inner, save)];
  }
  /** Ends with another function's beginning. */
  private tail(): Item[] {
    const { m } = this;
    const { random } = m;
    const { name } = random.pick(this.functions);
    const items = this.computes(3);
    if (random.once(3)) {
      const d = m.value();
      return [...items, { op: "address", d, to: name }, { op: "bx", m: d }];
    }
    if (random.once(2)) {
      const { test, c } = question(m);
      return [...items, test, { op: "b", c, to: name }, ...this.computes(2), this.leave()];
    }
    return [...items, { op: "b", to: name }];
  }
  /** Goes back to where the stack was another, under a condition. */
  private jumping(): Item[] {
    const { m } = this;
    const { at, sp } = this.back!;
    const over = m.label();
    const { test, c } = question(m);
    const inner: Item[] = [
      ...this.computes(2),
      test,
      { op: "b", c, to: over },
      { op: "mov", d: 13, with: { m: sp } },
      { op: "bx", m: at },
      { op: "label", name: over },
      ...this.computes(1),
    ];
    return this.frame(inner);
  }
}

/** Main and its functions; what calls through registers need stands in front. */
export function program(random: Random, isa: Isa): Maker {
  const m = new Maker(random, isa, true);
  const whole = new Program(m);
  const main = whole.main();
  m.put(...main, ...(random.once(2) ? [m.compute(true)] : []));
  m.put({ op: "label", name: "end" }, { op: "svc", i: 0 }, { op: "b", to: "end" });
  for (const { items } of whole.functions) m.put(...items);
  return m;
}
