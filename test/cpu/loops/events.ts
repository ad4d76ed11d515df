/** The machine in which random loops run, and what the kernel might do to it meanwhile. */
import type { Cpu } from "../../../src/cpu/mod.ts";
import type { GuestMemory } from "../../../src/memory/mod.ts";
import type { Random } from "../qemu/random.ts";

export const BASE = 0x60000000;
export const SIZE = 0x10000;
export const END = BASE + SIZE;
/** Bytes of a granule, to which rights are given. */
export const GRANULE = 64;
export const READ = 1;
export const WRITE = 2;

/** Something that the kernel might do. */
export type Event =
  | {
      readonly what: "protect";
      readonly start: number;
      readonly end: number;
      readonly rights: number;
    }
  | {
      readonly what: "guard";
      readonly start: number;
      readonly end: number;
      readonly reads: boolean;
    }
  | { readonly what: "unguard" }
  | { readonly what: "code"; readonly at: number }
  | { readonly what: "byte"; readonly at: number; readonly value: number }
  | { readonly what: "register"; readonly r: number; readonly value: number };

/** What a loop goes through: a place, and so many bytes. */
export type Target = readonly [start: number, bytes: number];

/** A place at one of the ends of what a loop goes through, or in it, or a granule further. */
export function beside(random: Random, [start, bytes]: Target): number {
  const within = random.below(Math.max(1, bytes));
  const at = random.pick([start, start - 1, start + bytes - 1, start + bytes, start + within]);
  return (at + random.pick([0, 0, 0, 0, GRANULE, -GRANULE])) >>> 0;
}

export function randomEvent(
  random: Random,
  near: () => number,
  registers: readonly number[],
): Event {
  const at = near();
  switch (random.below(7)) {
    case 0:
    case 1: {
      const rights = random.pick([READ, READ, READ, READ | WRITE, 0]);
      return {
        what: "protect",
        start: at & -GRANULE,
        end: (at & -GRANULE) + GRANULE * random.pick([1, 1, 2, 3]),
        rights,
      };
    }
    case 2:
      return {
        what: "guard",
        start: at,
        end: at + random.pick([1, 4, 4, 64]),
        reads: random.once(3),
      };
    case 3:
      return { what: "unguard" };
    case 4:
      return { what: "code", at };
    case 5:
      return { what: "byte", at, value: random.pick([0, 1, 0x78, random.below(256)]) };
    default: {
      const r = random.below(13);
      return { what: "register", r, value: random.once(2) ? registers[r] : random.word() | 0 };
    }
  }
}

/** The machine in which it happens, and the guards that it has. */
export interface Place {
  readonly memory: GuestMemory;
  readonly cpu: Cpu;
  readonly guards: number[];
  readonly code: { readonly start: number; readonly end: number };
}

export function apply({ memory, cpu, guards, code }: Place, event: Event): void {
  const inside = (at: number): boolean => at >>> 0 >= BASE && at >>> 0 < END;
  // What was executed cannot become unreadable without the engine being told.
  const onCode = (start: number, end: number): boolean =>
    (start & -GRANULE) < code.end && ((end + GRANULE) & -GRANULE) > code.start;
  switch (event.what) {
    case "protect":
      if (!inside(event.start) || event.end > END) break;
      if (!event.rights && onCode(event.start, event.end)) break;
      memory.protect(event.start >>> 0, event.end >>> 0, event.rights);
      break;
    case "guard":
      if (!inside(event.start) || !inside(event.end)) break;
      if (event.reads && onCode(event.start, event.end)) break;
      memory.addGuard(event.start, event.end, "guard", event.reads);
      guards.push(event.start);
      break;
    case "unguard":
      for (const start of guards.splice(0)) memory.removeGuard(start);
      break;
    case "code":
      if (inside(event.at)) memory.markCode(event.at, event.at + 1);
      break;
    case "byte":
      if (inside(event.at)) memory.poke(event.at, Uint8Array.of(event.value));
      break;
    case "register":
      cpu.r[event.r] = event.value;
  }
}
