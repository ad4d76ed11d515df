/** Random loops of the shapes that translated code treats in a special way, and of those that look much like them. */
import type { Random } from "../qemu/random.ts";
import { around, leaf, nest } from "./changes.ts";
import { floatQuestion } from "./floats.ts";
import type { Isa, Item } from "./items.ts";
import { C, type Loop, Maker, type Role } from "./maker.ts";
import { known } from "./known.ts";
import { program } from "./programs.ts";
import { rounds } from "./rounds.ts";
import { strings } from "./strings.ts";
import { along, chained, question, table, walk } from "./walks.ts";

/** What sets flags and the branch under which the loop goes on. */
interface Closing {
  /** Set flags, in this order, behind which nothing else may. */
  readonly tests: readonly Item[];
  readonly c: number;
}

/** A counter of any kind; `kinds`: of the first of these. */
function counting(m: Maker, kinds = 5): Closing {
  const { random, isa } = m;
  const k = random.pick([1, 1, 1, 1, 2, 4, 3, 16]);
  const s = isa === "thumb1";
  switch (random.below(kinds)) {
    // Down to 0, in the instruction that counts.
    case 0: {
      const n = m.take({ is: "count", step: -k });
      const c = random.pick([C.ne, C.ne, C.ne, C.gt, C.ge, C.cs, C.hi, C.pl]);
      return { tests: [{ op: "sub", s: true, d: n, n, with: { k } }], c };
    }
    // Down or up to a constant.
    case 1: {
      const up = random.once(2);
      const end = random.pick([0, 0, 1, 3, 16, 200, 255]);
      const n = m.take({ is: "count", step: up ? k : -k, end });
      const c = random.pick(up ? [C.ne, C.cc, C.ls, C.lt, C.le] : [C.ne, C.hi, C.cs, C.gt, C.ge]);
      return {
        tests: [
          { op: up ? "add" : "sub", s, d: n, n, with: { k } },
          { op: "cmp", n, with: { k: end } },
        ],
        c,
      };
    }
    // Up to a register.
    case 2: {
      const up = !random.once(4);
      const n = m.take({ is: "count", step: up ? k : -k, end: random.pick([0, 100, 1000]) });
      const e = m.take({ is: "end", of: n });
      const turned = random.once(3);
      const test: Item = turned
        ? { op: "cmp", n: e, with: { m: n } }
        : { op: "cmp", n, with: { m: e } };
      const upward = up !== turned;
      const c = random.pick(
        upward ? [C.ne, C.cc, C.ls, C.lt, C.le] : [C.ne, C.hi, C.cs, C.gt, C.ge],
      );
      return { tests: [{ op: up ? "add" : "sub", s, d: n, n, with: { k } }, test], c };
    }
    // By a register.
    case 3: {
      const by = m.take({ is: "value", value: k * random.pick([1, 1, 7]) });
      const n = m.take({ is: "count", step: k, end: 64 });
      const e = m.take({ is: "end", of: n });
      const c = random.pick([C.cc, C.ls, C.lt, C.le]);
      return {
        tests: [
          { op: "add", s, d: n, n, with: { m: by } },
          { op: "cmp", n, with: { m: e } },
        ],
        c,
      };
    }
    // Up to where a base ends.
    default: {
      const bases = [...m.roles].filter(([, role]) => role.is === "base" && role.step !== 0);
      if (bases.length === 0) return question1(m);
      const [n, role] = random.pick(bases);
      const e = m.take({ is: "end", of: n });
      const up = role.is === "base" && role.step > 0;
      return {
        tests: [{ op: "cmp", n, with: { m: e } }],
        c: random.pick(up ? [C.ne, C.ne, C.cc, C.ls] : [C.ne, C.hi, C.cs]),
      };
    }
  }
}
/** As compilers count elements. */
function plainCount(m: Maker): Closing {
  const n = m.take({ is: "count", step: -1 });
  return { tests: [{ op: "sub", s: true, d: n, n, with: { k: 1 } }], c: C.ne };
}
function question1(m: Maker): Closing {
  if (m.floats && m.random.once(2)) return floatQuestion(m);
  const { test, c } = question(m);
  return { tests: [test], c };
}

/** Puts items into others, in their order. */
function mix(random: Random, into: Item[], items: readonly Item[]): void {
  let at = 0;
  for (const x of items) {
    at = random.between(at, into.length);
    into.splice(at++, 0, x);
  }
}

/** A loop of several blocks that counts. */
function nested(m: Maker, top: string): Item[] {
  const body = rounds(m);
  const { tests, c } = m.random.once(2) ? plainCount(m) : counting(m);
  return [...body, ...tests, { op: "b", c, to: top }];
}

/** A loop of one block that counts; sometimes it has another end. */
function counted(m: Maker, top: string, out: string): Item[] {
  const { random } = m;
  const body: Item[] = [];
  for (let k = random.pick([1, 1, 2, 2, 3]); k > 0; k--) body.push(...walk(m));
  for (let k = random.below(4); k > 0; k--) mix(random, body, [m.compute(false)]);
  const { tests, c } = counting(m);
  mix(random, body, tests);
  if (random.once(6)) exit(m, body, out);
  return [...body, { op: "b", c, to: top }];
}

/** Stores that go on where those of the loop before ended, or begin again: what is known of memory then is of the run before. */
function again(m: Maker, top: string): Item[] {
  const { random } = m;
  const body: Item[] = [];
  for (let k = random.pick([1, 1, 2]); k > 0; k--) {
    const size = random.pick([1, 2, 4] as const);
    const step = size * random.pick([1, 1, 2, -1]);
    const n = m.take({ is: "base", step });
    body.push(
      m.access(random.pick(["store", "store", "load"]), size, n, "offset", size * random.below(2)),
      { op: step < 0 ? "sub" : "add", s: m.isa === "thumb1", d: n, n, with: { k: Math.abs(step) } },
    );
  }
  const { tests, c } = random.once(2) ? plainCount(m) : counting(m);
  return [...body, ...tests, { op: "b", c, to: top }];
}

/** What goes through memory, as often as the code says, and nothing else. */
function fixed(m: Maker, top: string): Item[] {
  const { random } = m;
  const body: Item[] = [];
  for (let k = random.pick([1, 1, 2]); k > 0; k--)
    body.push(...(random.once(4) ? walk(m) : along(m)));
  for (let k = random.below(3); k > 0; k--) mix(random, body, [m.compute(false)]);
  const { tests, c } = counting(m, 3);
  if (random.once(2)) body.push(...tests);
  else mix(random, body, tests);
  return [...body, { op: "b", c, to: top }];
}

/** Stores to tables at known places, as often as the code says, which the host hears of. */
function tables(m: Maker, top: string): Item[] {
  const { random } = m;
  const body: Item[] = [];
  for (let k = random.pick([1, 1, 2]); k > 0; k--) body.push(...table(m));
  for (let k = random.below(3); k > 0; k--) mix(random, body, [m.compute(false)]);
  if (random.once(2)) mix(random, body, [{ op: "svc", i: 1 }]);
  const { tests, c } = random.once(2) ? plainCount(m) : counting(m);
  body.push(...tests);
  return [...body, { op: "b", c, to: top }];
}

/** Counts, and iterations wait for one another. */
function waits(m: Maker, top: string): Item[] {
  const body = chained(m);
  if (m.random.once(4)) mix(m.random, body, walk(m));
  const { tests, c } = m.random.once(2) ? counting(m) : plainCount(m);
  mix(m.random, body, tests);
  return [...body, { op: "b", c, to: top }];
}

/** Ends on data, in one place or in several. */
function bounded(m: Maker, top: string, out: string): Item[] {
  const { random } = m;
  const body: Item[] = [];
  for (let k = random.pick([1, 1, 2]); k > 0; k--) body.push(...walk(m));
  if (random.once(2)) mix(random, body, [m.compute(false)]);
  for (let k = random.pick([0, 1, 1, 2]); k > 0; k--) exit(m, body, out);
  if (random.once(4)) return [...body, { op: "b", to: top }];
  const { tests, c } = random.once(3) ? counting(m) : question1(m);
  mix(random, body, tests);
  return [...body, { op: "b", c, to: top }];
}

/** A way out in the middle. */
function exit(m: Maker, body: Item[], out: string): void {
  const { random, isa } = m;
  const at = random.below(body.length + 1);
  if (isa !== "a32" && random.once(3)) {
    body.splice(at, 0, { op: random.pick(["cbz", "cbz", "cbnz"]), n: m.value(), to: out });
    return;
  }
  const { tests, c } = question1(m);
  body.splice(at, 0, ...tests, { op: "b", c: c ^ 1, to: out });
}

/** Copies and fills, one element at a time. */
function bulk(m: Maker): Item[] {
  const { random } = m;
  const size = random.pick([1, 1, 2, 4] as const);
  const way = size * random.pick([1, 1, -1]);
  const form = m.isa === "thumb1" ? "offset" : random.pick(["post", "pre", "offset"] as const);
  const to = m.take({ is: "base", step: way });
  const t = m.value();
  const i = form === "offset" ? size * random.below(3) : way;
  const body: Item[] = [{ op: "store", size, t, n: to, form, i }];
  const bases = [to];
  if (!random.once(3)) {
    const from = m.take({ is: "base", step: way });
    body.unshift({ op: "load", size, t, n: from, form, i });
    bases.push(from);
  }
  if (form === "offset")
    for (const n of bases)
      mix(random, body, [
        { op: way < 0 ? "sub" : "add", s: m.isa === "thumb1", d: n, n, with: { k: size } },
      ]);
  return body;
}
function bulkLoop(m: Maker, top: string): Item[] {
  const body = bulk(m);
  const { random } = m;
  const first = body[0];
  const text = random.once(4) && first.op === "load" && first.size === 1;
  const { tests, c } = text
    ? { tests: [{ op: "cmp", n: first.t, with: { k: 0 } }] as Item[], c: C.ne }
    : random.once(2)
      ? counting(m)
      : plainCount(m);
  if (random.once(2)) body.push(...tests);
  else mix(random, body, tests);
  return [...body, { op: "b", c: random.once(4) ? c : C.ne, to: top }];
}

const FAMILIES: Readonly<Record<string, (m: Maker, top: string, out: string) => Item[]>> = {
  counted,
  waits,
  bounded,
  bulk: bulkLoop,
  strings,
  again,
  fixed,
  tables,
  rounds: nested,
};
const COMMON = ["counted", "bounded", "bulk", "strings", "counted", "bounded", "strings", "again"];
/** 16-bit Thumb has no constants that say what is known. */
const MIXED = [
  ...COMMON,
  "strings",
  "strings",
  "strings",
  "bulk",
  "again",
  "fixed",
  "fixed",
  "fixed",
  "tables",
  "waits",
  "tables",
  "rounds",
  "rounds",
];
/** Which mostly are what they are. */
const PLAIN = ["again", "fixed", "tables", "waits", "rounds"];
/** What the code says of some of these. */
const SAID: Readonly<Record<string, readonly Role["is"][]>> = {
  fixed: ["count"],
  tables: ["base", "count"],
};

/** A loop that nobody has encoded yet: not all of them can be. */
export function randomLoop(random: Random, isa: Isa): Loop {
  if (random.once(4)) {
    const { items, roles, floats, times } = program(random, isa);
    return { isa, family: floats ? "program, floats" : "program", items, roles, floats, times };
  }
  const m = new Maker(random, isa);
  const name = random.pick(isa === "thumb1" ? COMMON : MIXED);
  const [top, out] = [m.label(), m.label()];
  const inner: Item[] = [{ op: "label", name: top }, ...FAMILIES[name](m, top, out)];
  let family = name;
  if (PLAIN.includes(name) && !random.once(3)) {
    if (name === "again" || (name === "waits" && random.once(2))) nest(m, inner);
    inner.push({ op: "label", name: out });
  } else family = [name, ...around(m, inner, top, out)].join(", ");
  // In front of all loops, or of the inner one.
  const said = SAID[name];
  const constants = said || random.once(2) ? known(m, undefined, said) : [];
  if (!said && random.once(2)) m.items.unshift(...constants);
  else m.put(...constants);
  m.put(...inner);
  // What is read behind it, or is written before anybody looks.
  if (random.once(2)) m.put({ op: "cmp", n: m.value(), with: { k: 1 } });
  for (let k = random.below(3); k > 0; k--) m.put(m.compute(true));
  // Code ends here.
  m.put({ op: "label", name: "end" }, { op: "svc", i: 0 }, { op: "b", to: "end" });
  if (m.calls) m.put(...leaf(m));
  if (random.once(2)) m.items.unshift({ op: "cmp", n: m.value(), with: { k: m.constant() } });
  const { items, roles, floats, times } = m;
  return { isa, family: m.floats ? `${family}, floats` : family, items, roles, floats, times };
}
