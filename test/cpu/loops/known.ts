/** Registers of which the code says what they are when a loop begins: as compilers know tables, and how often a loop goes round. */
import type { Item } from "./items.ts";
import type { Maker, Role } from "./maker.ts";

/** Memory that is stored to and not executed. */
const AREA = 0x60009000;
/** Numbers of iterations as programs have them, and around what is written out or done in rows. */
export const TIMES = [
  ...[0, 1, 1, 2, 2, 3, 3, 4, 4, 5, 6, 7, 8, 8, 9, 12, 15, 16, 17, 20, 31, 32, 33, 64, 65, 255],
];

/** Gives some of the registers constants; what is to stand before the loop. `among`: only these. */
export function known(m: Maker, among: readonly number[] = [...m.roles.keys()]): Item[] {
  const { random, roles, isa } = m;
  if (isa === "thumb1") return [];
  const items: Item[] = [];
  const constant = (r: number, value: number, role: Role): void => {
    items.push({ op: "constant", d: r, value: value >>> 0 });
    m.role(r, role);
  };
  const bases = random.once(2);
  for (const r of among) {
    const role = roles.get(r)!;
    const times = random.pick(TIMES);
    if (role.is === "base" && bases && !random.once(3)) {
      // So that it ends, or begins, at the border of a granule or beside it.
      const border = AREA + 64 * random.below(64);
      const at =
        border - (random.once(3) ? 0 : role.step * times) + random.pick([0, 0, 0, 1, 4, -4]);
      constant(r, at, { ...role, at });
    } else if (role.is === "count" && !random.once(3)) {
      // Down or up to its end, at ends of all numbers if that is a register.
      const ends = [...roles].filter(([, other]) => other.is === "end" && other.of === r);
      const free = ends.length > 0 && random.once(3);
      const end = free
        ? random.pick([0, 0x7fffffff, -0x80000000, -1]) + random.between(-3, 3)
        : (role.end ?? 0);
      const from = (end - role.step * times + (random.once(8) ? random.between(-2, 2) : 0)) | 0;
      constant(r, from, { ...role, from });
      for (const [e, other] of ends) constant(e, end + (random.once(8) ? 1 : 0), other);
    }
  }
  return items;
}
