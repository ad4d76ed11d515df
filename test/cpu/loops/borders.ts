/** Registers of a loop that comes to the end of something with its last iteration. */
import type { Random } from "../qemu/random.ts";
import { BASE, END, type Event, GRANULE, READ } from "./events.ts";
import type { Role } from "./maker.ts";

/**
 * Puts a base where its last iteration ends at the end of memory or of what is allowed, others beside or over it, and lets counters go
 * on for longer. Returns what is to be done to memory.
 */
export function atBorder(
  random: Random,
  roles: ReadonlyMap<number, Role>,
  registers: number[],
  times: number,
  size: number,
): Event[] {
  const bases = [...roles].flatMap(([r, role]) => (role.is === "base" ? [{ r, ...role }] : []));
  const going = bases.filter(({ step }) => step !== 0);
  if (going.length === 0) return [];
  const { r: base, step } = random.pick(going);
  const ends = random.once(2);
  const border = ends
    ? step > 0
      ? END
      : BASE
    : BASE + 0x8000 + GRANULE * random.between(64, 128) + random.pick([0, 0, 0, 1, -1, 4]);
  // What is accessed may go on before or behind the base.
  const off = random.pick([0, 0, 0, 1, size, -size, 2 * size]);
  // So many bytes are asked about at once where nobody knows how many there will be.
  const way = random.once(3) ? 64 * Math.sign(step) * random.between(1, 40) : step * times;
  const first = border + off - way + (step < 0 && random.once(2) ? step : 0);
  registers[base] = first | 0;
  for (const { r } of bases)
    if (r !== base && random.once(2))
      registers[r] =
        (first + random.pick([0, 1, -1, 2, -2, 3, -3, size, -size, 4, -4, 8, -8, 16, -16])) | 0;
  const more = random.pick([0, 1, 1, 2, 5, 100, 1000]);
  for (const [r, role] of roles)
    if (role.is === "count") registers[r] = ((role.end ?? 0) - role.step * (times + more)) | 0;
    else if (role.is === "end") {
      const of = roles.get(role.of);
      if (of?.is === "count" || of?.is === "base")
        registers[r] = (registers[role.of] + of.step * (times + more)) | 0;
    }
  if (ends) return [{ what: "register", r: base, value: registers[base] }];
  const start = step > 0 ? border & -GRANULE : (border & -GRANULE) - GRANULE;
  const what = random.below(3);
  if (what === 0) {
    const rights = random.pick([READ, READ, 0]);
    return [{ what: "protect", start, end: start + GRANULE, rights }];
  }
  if (what === 1) return [{ what: "guard", start: border, end: border + 4, reads: random.once(3) }];
  return [{ what: "code", at: step > 0 ? border : border - 1 }];
}
