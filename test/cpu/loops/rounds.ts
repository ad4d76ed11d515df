/** Counted loops of several blocks: straight code around loops of which the code says how often they go round. */
import type { Item } from "./items.ts";
import { C, type Maker } from "./maker.ts";
import { walk } from "./walks.ts";

/** What an iteration does before it counts. */
export function rounds(m: Maker): Item[] {
  const { random, isa } = m;
  const s = isa === "thumb1";
  const body: Item[] = random.once(2) ? piece(m, 1) : [];
  for (let k = random.pick([1, 1, 1, 2]); k > 0; k--) {
    const times = random.pick([2, 3, 4, 5, 8]);
    const inner = m.label();
    const n = m.take({ is: "value", value: times });
    body.push(
      { op: "mov", s, d: n, with: { k: times } },
      { op: "label", name: inner },
      ...piece(m, times),
      { op: "sub", s: true, d: n, n, with: { k: 1 } },
      { op: "b", c: C.ne, to: inner },
    );
    if (random.once(2)) body.push(...piece(m, 1));
  }
  return body;
}

/** Something that is done so many times in an iteration. */
function piece(m: Maker, times: number): Item[] {
  const { random, roles } = m;
  const before = new Set(roles.keys());
  const items = random.once(3) ? [m.compute(false)] : random.once(4) ? element(m) : walk(m);
  for (const [r, role] of [...roles])
    if (!before.has(r) && role.is === "base") m.role(r, { ...role, step: role.step * times });
  return items;
}

/** An element of a table, of which the address is computed. */
function element(m: Maker): Item[] {
  const { random, isa } = m;
  if (isa === "thumb1") return [m.compute(false)];
  const k = random.pick([1, 7, 31, 63, 255]);
  const size = random.pick([1, 2, 4] as const);
  const i = size * random.below(4);
  const n = m.take({ is: "base", step: 0, bytes: 4 * k + i + size });
  const [d, t] = random.sample(m.data, 2);
  return [
    { op: "and", d, n: m.value(), with: { k } },
    { op: "add", d, n, with: { m: d, y: 0, i: 2 } },
    m.access(random.pick(["load", "store"]), size, d, "offset", i),
    { op: "eor", d: t, n: t, with: { m: m.value() } },
  ];
}
