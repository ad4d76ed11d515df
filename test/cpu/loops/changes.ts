/** What is done to random loops: entries in the middle, other ways back, calls of the host, loops around them, and small changes. */
import { AL, type Item } from "./items.ts";
import { C, type Maker } from "./maker.ts";
import { question, walk } from "./walks.ts";

/** Changes of a loop that leave it a loop, mostly. Returns what was done, for its name. */
export function around(m: Maker, inner: Item[], top: string, out: string): string[] {
  const { random, isa } = m;
  const done: string[] = [];
  const inside = (): number => random.below(inner.length);
  if (random.once(8)) {
    // The test of the loop is at its end.
    done.push("entered in the middle");
    const middle = m.label();
    inner.splice(inside(), 0, { op: "label", name: middle });
    m.items.unshift({ op: "b", to: middle });
  }
  if (random.once(10)) {
    done.push("two ways back");
    const { test, c } = question(m);
    inner.splice(inside(), 0, test, { op: "b", c: c ^ random.below(2), to: top });
  }
  if (random.once(8)) {
    done.push("conditional");
    for (let k = random.between(1, 3); k > 0; k--) {
      const at = inside();
      const x = inner[at];
      if (
        x.op !== "b" &&
        x.op !== "cbz" &&
        x.op !== "cbnz" &&
        x.op !== "label" &&
        (isa !== "thumb1" || x.op === "load")
      )
        inner[at] = { ...x, c: random.below(14) };
    }
  }
  if (random.once(8)) {
    done.push("flags from before");
    const d = m.value();
    const n = m.value();
    const x: Item = random.once(2)
      ? {
          op: random.pick(["adc", "sbc"]),
          s: random.once(2) || isa === "thumb1",
          d,
          n: d,
          with: { m: n },
        }
      : { op: "mov", d, with: { m: n }, c: random.below(14) };
    inner.unshift(x);
  }
  if (random.once(10)) {
    done.push("host");
    inner.splice(inside(), 0, { op: "svc", i: 1 });
  }
  if (m.calls) {
    done.push("calls");
    for (let k = random.between(1, 2); k > 0; k--)
      inner.splice(inside(), 0, { op: "bl", to: "leaf" });
  }
  if (random.once(5)) {
    done.push("changed");
    mutate(m, inner);
  }
  if (random.once(6)) {
    done.push("nested");
    nest(m, inner);
  }
  inner.push({ op: "label", name: out });
  return done;
}

/** Puts another loop around it, which may begin with the counters anew. */
export function nest(m: Maker, inner: Item[]): void {
  const { random } = m;
  const outer = m.label();
  const n = m.take({ is: "value", value: random.pick([1, 2, 3, 20]) });
  const again: Item[] = [];
  const all = random.once(2);
  for (const [r, role] of [...m.roles])
    if (role.is === "count" && (all || random.once(2)))
      again.push({ op: "mov", d: r, with: { m: m.take(role) } });
    else if (role.is === "base" && role.step !== 0 && (all || random.once(3)))
      again.push({ op: "mov", d: r, with: { m: m.take(role) } });
  const back: Item = { op: "sub", s: true, d: n, n, with: { k: 1 } };
  m.items.unshift({ op: "label", name: outer }, ...again);
  inner.push({ op: "label", name: `${outer}b` }, back, { op: "b", c: C.ne, to: outer });
  if (random.once(2)) inner.splice(inner.length - 3, 0, m.compute(true));
  // Between two runs of the inner loop.
  if (random.once(3)) inner.splice(inner.length - 3, 0, { op: "svc", i: 1 });
}

/** A function that loops call. */
export function leaf(m: Maker): Item[] {
  const { random } = m;
  const items: Item[] = [];
  for (let k = random.below(4); k > 0; k--) items.push(m.compute(true));
  if (random.once(2)) items.push(...walk(m));
  if (random.once(3)) {
    const { test, c } = question(m);
    items.push(test, { op: "return", c }, m.compute(true));
  }
  return [{ op: "label", name: "leaf" }, ...items, { op: "return" }];
}

/** Small changes of any kind: what looks like a shape and is none. */
function mutate(m: Maker, items: Item[]): void {
  const { random } = m;
  for (let k = random.between(1, 3); k > 0; k--) {
    const at = random.below(items.length);
    const x = items[at];
    const branch = x.op === "b" || x.op === "label";
    switch (random.below(6)) {
      case 0:
        if (!branch) items.splice(at, 1);
        break;
      case 1:
        items.splice(at, 0, m.compute(random.once(2)));
        break;
      case 2: {
        const to = random.below(items.length);
        if (!branch && items[to].op !== "b") [items[at], items[to]] = [items[to], x];
        break;
      }
      case 3:
        if ("i" in x && x.op !== "svc")
          items[at] = { ...x, i: x.i + random.pick([-8, -4, -2, -1, 1, 2, 4, 8]) };
        else if ("with" in x && "k" in x.with)
          items[at] = { ...x, with: { k: Math.max(0, x.with.k + random.pick([-4, -1, 1, 2, 4])) } };
        break;
      case 4:
        if (x.op === "b") items[at] = { ...x, c: x.c === AL ? AL : random.below(14) };
        else if ("n" in x) items[at] = { ...x, n: random.pick([...m.roles.keys(), ...m.data]) };
        break;
      default:
        if (!branch) items.splice(random.below(items.length), 0, x);
    }
  }
}
