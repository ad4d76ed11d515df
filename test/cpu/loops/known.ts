/** Registers of which the code says what they are when a loop begins: as compilers know tables, and how often a loop goes round. */
import { END } from "./events.ts";
import type { Item } from "./items.ts";
import type { Maker, Role } from "./maker.ts";

/** Memory that is stored to and not executed. */
const AREA = 0x60009000;
/** Numbers of iterations as programs have them, and around what is written out or done in rows. */
export const TIMES = [
  ...[0, 1, 1, 2, 2, 3, 3, 4, 4, 5, 6, 7, 8, 8, 9, 12, 15, 16, 17, 20, 31, 32, 33, 64, 65, 255],
];

/** Gives some of the registers constants; what is to stand before the loop. `among`: only these; `sure`: all of these kinds. */
export function known(
  m: Maker,
  among: readonly number[] = [...m.roles.keys()],
  sure: readonly Role["is"][] = [],
): Item[] {
  const { random, roles, isa } = m;
  if (isa === "thumb1") return [];
  const items: Item[] = [];
  const constant = (r: number, value: number, role: Role): void => {
    items.push({ op: "constant", d: r, value: value >>> 0 });
    m.role(r, role);
  };
  const bases = sure.includes("base") || random.once(2);
  const skips = (role: Role): boolean => random.once(3) && !sure.includes(role.is);
  const all = random.pick(TIMES);
  for (const r of among) {
    const role = roles.get(r)!;
    const times = random.once(4) ? random.pick(TIMES) : all;
    if (role.is === "base" && bases && !skips(role)) {
      // So that it ends, or begins, at the border of a granule or beside it.
      const border = random.once(4) ? END : AREA + 64 * random.below(64);
      const way = role.bytes ?? role.step * times;
      const at = border - (random.once(3) ? 0 : way) + random.pick([0, 0, 0, 1, 4, -4, role.step]);
      constant(r, at, { ...role, at });
    } else if (role.is === "count" && !skips(role)) {
      // Down or up to its end, at ends of all numbers if that is a register.
      const ends = [...roles].filter(([, other]) => other.is === "end" && other.of === r);
      const free = ends.length > 0 && random.once(3);
      const end = free
        ? random.pick([0, 0x7fffffff, -0x80000000, -1]) + random.between(-3, 3)
        : (role.end ?? 0);
      const from = (end - role.step * times + (random.once(8) ? random.between(-2, 2) : 0)) | 0;
      constant(r, from, { ...role, from });
      m.times.push(times);
      for (const [e, other] of ends) constant(e, end + (random.once(8) ? 1 : 0), other);
    }
  }
  return items;
}
