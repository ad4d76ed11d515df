/** Loops over strings and blocks of memory, as libraries and programs have them: with random registers, steps, offsets and order. */
import type { Item } from "./items.ts";
import { C, type Maker } from "./maker.ts";

export function strings(m: Maker, top: string, out: string): Item[] {
  const ways = [search, compare, copyUntil, copyCounted];
  if (m.isa !== "thumb1") ways.push(wordsWithoutZero, wordsWithoutZero, compareWords, copyWords);
  return m.random.pick(ways)(m, top, out);
}

type Size = 1 | 2 | 4;
const sizes: readonly Size[] = [1, 1, 1, 2, 4];

interface Stepped {
  /** Accesses in their order, then what goes on by itself. */
  readonly loads: Item[];
  readonly base: number;
}
/** `count` elements of a base that goes on by all of them. */
function elements(m: Maker, op: "load" | "store", size: Size, t: readonly number[]): Stepped {
  const { random } = m;
  const way = size * t.length;
  const base = m.take({ is: "base", step: way });
  const form = random.pick(["post", "pre", "offset"] as const);
  const shift = random.pick([0, 0, 0, size, -size]);
  const loads = t.map((r, k): Item => {
    if (k === 0 && form === "post") return { op, size, t: r, n: base, form, i: way };
    if (k === 0 && form === "pre") return { op, size, t: r, n: base, form, i: way };
    const at = form === "post" ? size * k - way : form === "pre" ? size * k : size * k + shift;
    return { op, size, t: r, n: base, form: "offset", i: at };
  });
  if (form === "offset")
    loads.push({ op: "add", s: m.isa === "thumb1", d: base, n: base, with: { k: way } });
  return { loads, base };
}

/** strchr, memchr, strlen by elements; what counts may end it too. */
function search(m: Maker, top: string, out: string): Item[] {
  const { random } = m;
  const size = random.pick(sizes);
  const [t] = m.data;
  const { loads } = elements(m, "load", size, [t]);
  const items = [...loads];
  if (random.once(2)) {
    const n = m.take({ is: "count", step: -1 });
    if (random.once(2))
      items.splice(
        random.below(items.length + 1),
        0,
        { op: "sub", s: true, d: n, n, with: { k: 1 } },
        { op: "b", c: C.eq, to: out },
      );
    else
      items.push(
        { op: "sub", s: true, d: n, n, with: { k: 1 } },
        { op: "b", c: random.pick([C.eq, C.cc, C.mi]), to: out },
      );
  }
  if (random.once(2))
    items.push({ op: "cmp", n: t, with: { k: 0 } }, { op: "b", c: C.eq, to: out });
  const other = random.once(2) ? { k: random.pick([0, 1, 120]) } : { m: m.take({ is: "sought" }) };
  return [
    ...items,
    { op: "cmp", n: t, with: other },
    { op: "b", c: random.once(6) ? C.eq : C.ne, to: top },
  ];
}

/** strcmp and memcmp by elements. */
function compare(m: Maker, top: string, out: string): Item[] {
  const { random } = m;
  const size = random.pick(sizes);
  const [a, b] = m.data;
  const x = elements(m, "load", size, [a]);
  const y = elements(m, "load", size, [b]);
  const items = [...x.loads, ...y.loads];
  const n = m.take({ is: "count", step: -size });
  if (random.once(2)) {
    const stop: Item[] = [
      { op: "sub", s: true, d: n, n, with: { k: size } },
      { op: "b", c: random.pick([C.eq, C.cc, C.mi, C.ls]), to: out },
    ];
    if (random.once(2)) items.unshift(...stop);
    else items.push(...stop);
  }
  if (random.once(2))
    items.push({ op: "cmp", n: a, with: { k: 0 } }, { op: "b", c: C.eq, to: out });
  if (random.once(3) && m.isa !== "thumb1") {
    const d = m.data[2];
    return [
      ...items,
      { op: "eor", s: true, d, n: a, with: { m: b } },
      { op: "b", c: C.eq, to: top },
    ];
  }
  return [...items, { op: "cmp", n: a, with: { m: b } }, { op: "b", c: C.eq, to: top }];
}

/** strcpy by elements. */
function copyUntil(m: Maker, top: string): Item[] {
  const { random } = m;
  const size = random.pick(sizes);
  const [t] = m.data;
  const x = elements(m, "load", size, [t]);
  const y = elements(m, "store", size, [t]);
  const other = random.once(2) ? { k: 0 } : { m: m.take({ is: "sought" }) };
  return [...x.loads, ...y.loads, { op: "cmp", n: t, with: other }, { op: "b", c: C.ne, to: top }];
}

/** memcpy: several elements at once, the test before the last store or behind it. */
function copyCounted(m: Maker, top: string): Item[] {
  const { random, isa } = m;
  const size = random.pick([1, 2, 4, 4] as const);
  const count = random.pick([1, 2, 2, 4, 8]);
  const t = random.once(2)
    ? Array<number>(count).fill(m.data[0])
    : Array.from({ length: count }, (_, k) => m.data[k % m.data.length]);
  const x = elements(m, "load", size, t);
  const y = elements(m, "store", size, t);
  const interleaved = random.once(2);
  const items: Item[] = [];
  for (let k = 0; k < Math.max(x.loads.length, y.loads.length); k++)
    if (interleaved) items.push(...x.loads.slice(k, k + 1), ...y.loads.slice(k, k + 1));
  if (!interleaved) items.push(...x.loads, ...y.loads);
  const k = random.once(3) ? 1 : size * count;
  if (random.once(2)) {
    const e = m.take({ is: "end", of: x.base });
    const test: Item = random.once(2)
      ? { op: "cmp", n: x.base, with: { m: e } }
      : { op: "cmp", n: e, with: { m: x.base } };
    items.splice(items.length - (isa === "thumb1" ? 0 : random.below(2)), 0, test);
    return [...items, { op: "b", c: random.pick([C.ne, C.ne, C.cc, C.hi, C.cs, C.ls]), to: top }];
  }
  const n = m.take({ is: "count", step: -k });
  items.splice(items.length - (isa === "thumb1" ? 0 : random.below(2)), 0, {
    op: "sub",
    s: true,
    d: n,
    n,
    with: { k },
  });
  return [...items, { op: "b", c: random.pick([C.ne, C.ne, C.gt, C.ge, C.cs, C.hi]), to: top }];
}

/** How a word is asked for a byte of 0: leaves something that is 0 when it has none. `minus` is -1, `zero` 0. */
function zeroes(m: Maker, t: number, d: number, minus: number, zero: number): Item[] {
  if (m.random.once(2))
    return [
      { op: "uadd8", d, n: t, m: minus },
      { op: "sel", d, n: zero, m: minus },
    ];
  return [
    { op: "sub", d, n: t, with: { k: 0x01010101 } },
    { op: "bic", d, n: d, with: { m: t } },
    { op: "and", d, n: d, with: { k: 0x80808080 } },
  ];
}
/** Registers for UADD8 and SEL; now and then they are not what they have to be. */
function ones(m: Maker): [minus: number, zero: number] {
  const minus = m.take({ is: "value", value: m.random.once(10) ? 0x00ffffff : -1 });
  return [minus, m.take({ is: "value", value: m.random.once(10) ? 1 : 0 })];
}
/** A32 and Thumb-2 have 0x01010101 as two constants only. */
const usable = (m: Maker, items: Item[]): Item[] => {
  if (m.isa !== "a32") return items;
  const bytes = m.take({ is: "value", value: 0x01010101 });
  const tops = m.take({ is: "value", value: 0x80808080 });
  return items.map((x): Item => {
    if (!("with" in x) || !("k" in x.with)) return x;
    if (x.with.k === 0x01010101) return { ...x, with: { m: bytes } };
    return x.with.k === 0x80808080 ? { ...x, with: { m: tops } } : x;
  });
};

/** strlen and strchr by words, one or two at once. */
function wordsWithoutZero(m: Maker, top: string, out: string): Item[] {
  const { random } = m;
  const [a, b, c] = m.data;
  const [minus, zero] = ones(m);
  const two = random.once(2);
  const x = elements(m, "load", 4, two ? [a, b] : [a]);
  let items: Item[] = [...x.loads];
  if (!two && random.once(2)) {
    // Also no byte that is looked for.
    const sought = m.take({ is: "sought" });
    items.push({ op: "eor", d: b, n: a, with: { m: sought } }, ...zeroes(m, b, b, minus, zero));
    items.push(...zeroes(m, a, c, minus, zero), { op: "orr", s: true, d: c, n: c, with: { m: b } });
    items.push({ op: "b", c: C.eq, to: top });
    return usable(m, items);
  }
  items.push(...zeroes(m, a, c, minus, zero));
  if (two && random.once(2)) {
    items.push({ op: "cmp", n: c, with: { k: 0 } }, { op: "b", c: C.ne, to: out });
    items.push(...zeroes(m, b, c, minus, zero), { op: "cmp", n: c, with: { k: 0 } });
  } else if (two)
    items.push(...zeroes(m, b, b, minus, zero), { op: "orr", s: true, d: c, n: c, with: { m: b } });
  else
    items.push(
      random.once(2)
        ? { op: "cmp", n: c, with: { k: 0 } }
        : { op: "mov", s: true, d: c, with: { m: c } },
    );
  items.push({ op: "b", c: C.eq, to: top });
  items = random.once(4)
    ? [{ op: "add", d: m.take({ is: "index" }), n: x.base, with: { k: 4 } }, ...items]
    : items;
  return usable(m, items);
}

/** strcmp by words: without a byte of 0, and equal. */
function compareWords(m: Maker, top: string, out: string): Item[] {
  const { random } = m;
  const [a, b, c] = m.data;
  const [minus, zero] = ones(m);
  const x = elements(m, "load", 4, [a]);
  const y = elements(m, "load", 4, [b]);
  const items: Item[] = [...x.loads, ...y.loads];
  if (random.once(2)) {
    items.push({ op: "uadd8", d: c, n: a, m: minus }, { op: "eor", d: b, n: a, with: { m: b } });
    items.push({ op: "sel", d: b, n: b, m: minus }, { op: "cmp", n: b, with: { k: 0 } });
    return [...items, { op: "b", c: C.eq, to: top }];
  }
  items.push(
    ...zeroes(m, a, c, minus, zero),
    { op: "cmp", n: c, with: { k: 0 } },
    { op: "b", c: C.ne, to: out },
  );
  items.push({ op: "cmp", n: a, with: { m: b } }, { op: "b", c: C.eq, to: top });
  return usable(m, items);
}

/** strcpy by words: a word is stored when it has no byte of 0, and the next one loaded. */
function copyWords(m: Maker, top: string, out: string): Item[] {
  const { random } = m;
  const [a, , c] = m.data;
  const [minus, zero] = ones(m);
  const x = elements(m, "load", 4, [a]);
  const y = elements(m, "store", 4, [a]);
  const ask = [...zeroes(m, a, c, minus, zero), { op: "cmp", n: c, with: { k: 0 } } as Item];
  const early = random.once(2);
  const items: Item[] = early
    ? [...ask, { op: "b", c: C.ne, to: out }, ...y.loads, ...x.loads, { op: "b", to: top }]
    : [...x.loads, ...ask, { op: "b", c: C.ne, to: out }, ...y.loads, { op: "b", to: top }];
  return usable(m, items);
}
