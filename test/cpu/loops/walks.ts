/** What loops do to memory: instructions that go through it, by a base of their own each. */
import { floatWalk } from "./floats.ts";
import { C, type Maker } from "./maker.ts";
import type { Item } from "./items.ts";

/** Instructions of a loop that access memory in one of the ways compilers have; the registers they need get roles. */
export function walk(m: Maker): Item[] {
  const { random, isa } = m;
  const ways = [along, along, along, along, indexed, table, gathered];
  if (isa !== "thumb1") ways.push(multiple, both);
  if (m.floats && !random.once(3)) return floatWalk(m);
  return random.pick(ways)(m);
}

const step = (m: Maker, n: number, k: number): Item => ({
  op: k < 0 ? "sub" : "add",
  s: m.isa === "thumb1",
  d: n,
  n,
  with: { k: Math.abs(k) },
});

/** One or several elements at a base that goes on with one of them, or by itself. */
export function along(m: Maker): Item[] {
  const { random } = m;
  const size = m.size();
  const count = random.pick([1, 1, 1, 2, 2, 4]);
  const way = size * count * random.pick([1, 1, 1, 1, 2, 3]) * random.pick([1, 1, 1, -1]);
  const base = m.take({ is: "base", step: random.once(20) ? 0 : way });
  const op = (): "load" | "store" => (random.once(2) ? "load" : "store");
  const offset = (k: number): number => size * k + random.pick([0, 0, 0, 0, size, -size, 1]);
  const items: Item[] = [];
  const form = random.pick(["post", "pre", "offset", "offset"] as const);
  const at = random.below(count);
  for (let k = 0; k < count; k++) {
    if (form !== "offset" && k === at) items.push(m.access(op(), size, base, form, way));
    else items.push(m.access(op(), size, base, "offset", offset(k)));
    if (random.once(3)) items.push(m.compute(false));
  }
  if (form === "offset") items.splice(random.below(items.length + 1), 0, step(m, base, way));
  return items;
}

/** [base, index, lsl #s], where the index goes on. */
function indexed(m: Maker): Item[] {
  const { random, isa } = m;
  const shift = isa === "thumb1" ? 0 : random.below(4);
  const by = random.pick([1, 1, 1, -1, 2, 4]);
  const index = m.take({ is: "index" });
  const base = m.take({ is: "base", step: by << shift });
  const size = random.pick([1, 2, 4] as const);
  const items: Item[] = [];
  for (let k = random.between(1, 2); k > 0; k--) {
    const scaled = isa === "a32" && size === 2 ? 0 : shift;
    const op = random.pick(["loadAt", "storeAt"] as const);
    items.push({ op, size, t: m.value(), n: base, m: index, shift: scaled });
  }
  items.splice(random.below(items.length + 1), 0, step(m, index, by));
  return items;
}

/** A table by an index that is cut to so many bits. */
export function table(m: Maker): Item[] {
  const { random, isa } = m;
  const from = m.value();
  const t = m.value();
  const d = random.pick(m.data.filter((r) => r !== t).concat(from));
  const k = random.pick([1, 3, 7, 15, 31, 63, 127, 255]);
  const cut: Item =
    isa === "thumb1"
      ? random.pick<Item>([
          { op: "uxtb", d, n: from },
          { op: "mov", s: true, d, with: { m: from, y: 1, i: 24 + random.below(8) } },
        ])
      : random.pick<Item>([
          { op: "and", d, n: from, with: { k } },
          { op: "ubfx", d, n: from, low: random.below(24), width: 1 + random.below(8) },
          { op: "uxtb", d, n: from },
          { op: "mov", d, with: { m: from, y: 1, i: 20 + random.below(12) } },
        ]);
  const size = random.pick([1, 2, 4] as const);
  const shift = isa === "thumb1" || (isa === "a32" && size === 2) ? 0 : random.below(4);
  const base = m.take({ is: "base", step: 0, bytes: (largest(cut) << shift) + size });
  const op = random.pick(["loadAt", "loadAt", "storeAt"] as const);
  const items: Item[] = [cut];
  if (random.once(4)) items.push(m.compute(false));
  items.push({ op, size, t, n: base, m: d, shift });
  if (random.once(3))
    items.push({ op: op === "loadAt" ? "storeAt" : "loadAt", size, t, n: base, m: d, shift });
  return items;
}

/** The largest number that an instruction leaves which cuts one. */
function largest(x: Item): number {
  if (x.op === "ubfx") return 2 ** x.width - 1;
  if (x.op === "and" || x.op === "mov")
    return "k" in x.with ? x.with.k : 2 ** (32 - (x.with.i ?? 0)) - 1;
  return 255;
}

/** A table by what the iteration before made of its element and other data, as a CRC has it. */
export function chained(m: Maker): Item[] {
  const { random } = m;
  const base = m.take({ is: "base", step: 0 });
  const [c, t] = random.sample(m.data.slice(0, 2), 2);
  const op = random.pick(["eor", "eor", "add", "orr"] as const);
  const either = (d: number, n: number, k: number): Item => {
    const shifted = random.once(3) ? {} : { y: random.below(3), i: 1 + random.below(31) };
    return { op: random.once(12) ? "sub" : op, d, n, with: { m: k, ...shifted } };
  };
  const items: Item[] = [];
  if (!random.once(4))
    items.push({ ...m.access("load", 1, m.take({ is: "base", step: 1 }), "post", 1), t });
  const s = random.once(10);
  items.push(
    random.once(2) ? { op, s, d: t, n: t, with: { m: c } } : { op, s, d: t, n: c, with: { m: t } },
  );
  if (random.once(12)) items.push(m.compute(false));
  items.push(
    random.pick<Item>([
      { op: "uxtb", d: t, n: t },
      { op: "and", d: t, n: t, with: { k: random.pick([15, 63, 255]) } },
      { op: "ubfx", d: t, n: t, low: random.below(24), width: 1 + random.below(8) },
    ]),
  );
  const size = random.pick([1, 4, 4] as const);
  items.push({ op: "loadAt", size, t, n: base, m: t, shift: random.pick([0, 2, 2]) });
  if (random.once(12)) items.push(m.compute(false));
  const sum = random.once(2) ? either(c, t, c) : either(c, c, t);
  items.push(random.once(6) ? { ...sum, c: random.below(14) } : sum);
  return items;
}

/** An address or an index that was loaded. */
function gathered(m: Maker): Item[] {
  const { random, isa } = m;
  const from = m.take({ is: "base", step: 1 });
  const base = m.take({ is: "base", step: 0 });
  const d = m.value();
  const shift = isa === "thumb1" ? 0 : random.below(3);
  return [
    m.random.once(2)
      ? { op: "load", size: 1, t: d, n: from, form: "post", i: 1 }
      : { op: "load", size: 1, t: d, n: from, form: "offset", i: random.below(4) },
    {
      op: random.pick(["loadAt", "storeAt"]),
      size: random.pick([1, 4]),
      t: m.value(),
      n: base,
      m: d,
      shift,
    },
  ];
}

/** LDM and STM. */
function multiple(m: Maker): Item[] {
  const { random } = m;
  const list = m.data.slice(0, random.between(1, 2)).reduce((all, r) => all | (1 << r), 0);
  const words = list & (list - 1) ? 2 : 1;
  const back = random.once(4);
  const base = (): number => m.take({ is: "base", step: back ? -4 * words : 4 * words });
  const one = (op: "ldm" | "stm"): Item => ({ op, n: base(), list, back, w: !random.once(5) });
  // A list of one is another instruction in Thumb-2.
  if (words === 1 && m.isa === "thumb2") return along(m);
  return random.once(2) ? [one("ldm"), one("stm")] : [one(random.pick(["ldm", "stm"]))];
}

/** What is loaded is stored again at the same place, changed or not. */
function both(m: Maker): Item[] {
  const { random } = m;
  const size = m.size();
  const base = m.take({ is: "base", step: size });
  const load = m.access("load", size, base, "offset", 0);
  const store = { ...m.access("store", size, base, "post", size), t: load.t };
  return random.once(2) ? [load, m.compute(false), store] : [load, store];
}

/** A comparison with something, and the condition under which a loop often goes on. */
export function question(m: Maker): { test: Item; c: number } {
  const { random, isa } = m;
  const n = m.value();
  const other = random.once(2)
    ? { k: random.pick([0, 0, 0, 1, 120, 255]) }
    : { m: m.take({ is: "sought" }) };
  if (isa !== "thumb1" && random.once(4)) {
    const k = random.pick([1, 0x80, 0x80808080, 0xff]);
    return { test: { op: "tst", n, with: { k } }, c: random.pick([C.eq, C.ne]) };
  }
  const c = random.pick([
    C.ne,
    C.ne,
    C.ne,
    C.eq,
    C.cs,
    C.hi,
    C.cc,
    C.ls,
    C.ge,
    C.lt,
    C.gt,
    C.le,
    C.pl,
    C.vc,
  ]);
  return { test: { op: isa !== "thumb1" && random.once(10) ? "teq" : "cmp", n, with: other }, c };
}
