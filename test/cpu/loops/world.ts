/** Where a random loop runs, from what registers, and what happens to memory and registers while it does. */
import { Random } from "../qemu/random.ts";
import { atBorder } from "./borders.ts";
import {
  apply,
  BASE,
  beside,
  END,
  type Event,
  GRANULE,
  type Place,
  randomEvent,
  READ,
  SIZE,
  type Target,
  WRITE,
} from "./events.ts";
import { ordinary, randomFloats } from "./float-state.ts";
import type { Loop, Role } from "./maker.ts";

export interface World {
  readonly seed: number;
  readonly registers: readonly number[];
  readonly cpsr: number;
  /** What memory is filled with: bytes by their place, then some of them otherwise. */
  readonly fill: "ones" | "ramp" | "zeros" | "random" | "floats";
  /** d0-d31 and the FPSCR, as a thread has them. */
  readonly floats: Int32Array | undefined;
  readonly special: readonly (readonly [at: number, value: number])[];
  /** [from, to, length]: bytes that are alike. */
  readonly alike: readonly number[] | undefined;
  /** Before it begins. */
  readonly events: readonly Event[];
  /** Units of the slices, and what happens behind them. */
  readonly slices: readonly { readonly units: number; readonly events: readonly Event[] }[];
  /** The host changes something when it is called, once in so many times. */
  readonly hostChanges: number;
  /** And goes on with another thread once in so many times. */
  readonly switches: number;
  /** What it may take rights from: tables, and what the loop goes through. */
  readonly targets: readonly Target[];
}

const LENGTHS = [0, 1, 2, 3, 5, 8, 16, 17, 30, 64, 65, 100, 300, 600, 1000, 3000];

/** A state of the machine in which the loop, at `code`, has something to do, most of the time. */
export function randomWorld(
  seed: number,
  loop: Loop,
  code: readonly [start: number, end: number],
): World {
  const random = new Random(seed);
  const { roles } = loop;
  const known = loop.times.length > 0;
  const times =
    known && !random.once(4) ? random.pick(loop.times) : random.pick(LENGTHS) + random.below(3);
  const size = Math.max(
    1,
    ...[...roles.values()].map((role) => (role.is === "base" ? Math.abs(role.step) : 1)),
  );
  const align = random.once(5) ? ~0 : random.pick([~7, ~3, ~3, ~1]);
  const places: number[] = [];
  const place = (): number => {
    const way = times * size;
    const all = [
      BASE + 0x8000 + random.below(0x4000),
      BASE + 0x8000 + random.below(0x4000),
      BASE + 0x6000 + random.below(256),
    ];
    if (random.once(3)) {
      all.push(
        END - way + random.between(-2, 2),
        END - way - random.below(96),
        // As far as is asked about at once.
        END - random.pick([4096, 512 * size, 64]) + random.between(-4, 4),
        END - random.below(300),
        BASE + random.below(100),
        BASE + way,
      );
      all.push(code[0] - way, code[1] + random.below(64), code[0] + random.below(32));
    }
    // Beside another one, or over it.
    if (places.length && random.once(3)) {
      const other = random.pick(places);
      const apart =
        random.pick([1, 2, 4, 8, 8, 16, 40, random.between(3, 33), random.below(way + 1)]) *
        random.pick([1, 1, -1]);
      all.splice(0, all.length, other, other + apart, other + apart, other + way, other - way);
    }
    let at = random.once(80) ? random.u32() : (random.pick(all) & align) >>> 0;
    // To the border of a granule or of a page, or just over it, where rights often end.
    if (random.once(4)) {
      const border = random.once(4) ? 4096 : GRANULE;
      const off = random.once(3) ? size * random.between(-2, 2) : 0;
      const begins = random.once(4);
      const to = begins ? at : at + way;
      at = ((to & -border) - (begins ? 0 : way) + off) >>> 0;
    }
    places.push(at);
    return at;
  };
  const registers = Array.from(
    { length: 15 },
    () => (random.once(3) ? random.word() : random.below(40)) | 0,
  );
  registers[13] = BASE + 0x5000;
  const sought = random.pick([0, 0x78, 0x7878, 0x78787878, random.below(256), random.word()]);
  const valueOf = (role: Role): number => {
    switch (role.is) {
      case "base":
        if (role.at !== undefined) {
          places.push(role.at);
          return role.at;
        }
        return role.step < 0 && random.once(2) ? place() + times * -role.step : place();
      case "count": {
        const end = role.end ?? 0;
        if (role.from !== undefined) return role.from;
        if (random.once(25)) return random.word();
        return end - role.step * times + (random.once(12) ? random.between(-2, 2) : 0);
      }
      case "times":
        return times;
      case "index":
        return random.once(12) ? random.word() : random.below(20);
      case "sought":
        return sought;
      case "value":
        return random.once(40) ? random.word() : role.value;
      case "end":
        return 0;
    }
  };
  for (const [r, role] of roles) registers[r] = valueOf(role) | 0;
  // Where numbers begin again, or signs change.
  if (random.once(4)) {
    const edge = random.pick([0, 0, 0x80000000, 0x80000000]) + random.between(-6, 6);
    // They come there with the last iteration, in the middle, or begin there.
    const left = random.pick([times, times, times >> 1, 0, 1]);
    for (const [r, role] of roles)
      if (role.is === "count") registers[r] = (edge - role.step * left) | 0;
  }
  for (const [r, role] of roles) {
    if (role.is !== "end") continue;
    const of = roles.get(role.of);
    const step = of?.is === "base" || of?.is === "count" ? of.step : 1;
    const off = random.once(8) ? random.between(-3, 3) : 0;
    registers[r] = random.once(25)
      ? random.word() | 0
      : (registers[role.of] + step * times + off) | 0;
  }
  const border = random.once(known ? 2 : 3) ? atBorder(random, roles, registers, times, size) : [];
  // Of tables at known places translated code relies on being able to store there.
  const tables: Target[] = [];
  const targets: Target[] = [];
  for (const [r, role] of roles) {
    if (role.is !== "base") continue;
    const way = role.step === 0 ? (role.bytes ?? 136) : role.step * times;
    const target: Target = [registers[r] + Math.min(way, 0), Math.abs(way)];
    targets.push(target);
    if (role.at !== undefined || role.step === 0) tables.push(target);
  }
  const near = (): number => {
    if (tables.length > 0 && random.once(2)) return beside(random, random.pick(tables));
    // The stack, too.
    if (random.once(8)) return registers[13] - random.below(96) + random.below(8);
    const at = random.pick(places.length ? places : [BASE + 0x8000]);
    const way = random.pick([1, 1, -1]) * times * size;
    // Exactly where they begin or end, or one element beside.
    if (random.once(2))
      return (
        (at +
          random.pick([0, way, way, way, way >> 1, random.below(way || 1)]) +
          random.pick([0, 0, 0, size, -size, 1, -1])) >>>
        0
      );
    return (at + random.between(-64, times * size + 64)) >>> 0;
  };
  const special: [number, number][] = [];
  if (!random.once(5))
    for (const at of places)
      special.push([at + times * size + random.below(size), random.pick([0, sought & 255, 7])]);
  for (let k = random.below(3); k > 0; k--)
    special.push([near(), random.pick([0, sought & 255, 0xff])]);
  const event = (): Event => randomEvent(random, near, registers);
  const some = (n: number): Event[] =>
    random.once(n) ? [event(), ...(random.once(3) ? [event()] : [])] : [];
  const whole = random.once(known || tables.length > 0 ? 4 : 2);
  const changes = tables.length > 0 ? random.pick([0, 1, 2]) : random.pick([0, 4]);
  return {
    seed,
    registers,
    cpsr: random.once(3) ? (random.u32() & 0xf80f0000) | 0 : 0,
    fill:
      loop.floats && !random.once(4)
        ? "floats"
        : random.pick(["ones", "ramp", "ramp", "ramp", "zeros", "random"]),
    floats: loop.floats ? randomFloats(random) : undefined,
    special: special.filter(([at]) => at >= BASE && at < END),
    alike:
      places.length > 1 && random.once(2)
        ? [...random.sample(places, 2), times * size + 80]
        : undefined,
    events: [...border, ...some(2)],
    slices: Array.from({ length: random.pick([1, 2, 6]) }, () => ({
      units: whole
        ? 6000
        : known && random.once(2)
          ? Math.max(1, random.pick(loop.times) + random.pick([0, 0, -1, -1, 1, -2]))
          : border.length > 0 || random.once(3)
            ? // As many as the loop has iterations, or nearly.
              Math.max(1, (times >> random.pick([0, 0, 0, 1, 2])) + random.between(-3, 3))
            : random.pick([1, 2, 3, 4, 5, 7, 8, 9, 20, 64, 100, 513, 1000, 5000]),
      events: changes ? some(changes) : [],
    })),
    hostChanges: random.pick([0, 0, 1, 4, 20]),
    switches: random.pick([0, 0, 1, 2, 5]),
    targets,
  };
}

/** Puts memory, rights and registers as they are when the world begins; code is written only where it is not there already. */
export function enter(
  place: Place,
  world: World,
  start: number,
  code: Uint8Array,
  thumb: boolean,
): void {
  const { memory, cpu, guards } = place;
  for (const at of guards.splice(0)) memory.removeGuard(at);
  memory.protect(BASE, END, READ | WRITE);
  const bytes = contents(world, start, code);
  // What has been translated of it stays.
  if (Buffer.compare(memory.read(start, code.length), code) !== 0) memory.write(start, code);
  memory.write(BASE, bytes.subarray(0, start - BASE));
  memory.write(start + code.length, bytes.subarray(start + code.length - BASE));
  memory.clearCode(BASE, start & -GRANULE);
  memory.clearCode((start + code.length + GRANULE - 1) & -GRANULE, END);
  cpu.clearExclusive();
  world.registers.forEach((value, r) => (cpu.r[r] = value));
  cpu.cpsr = world.cpsr | 0x13;
  cpu.floatContext = world.floats;
  cpu.jump(start | (thumb ? 1 : 0));
  for (const event of world.events) apply(place, event);
}

/** All of memory. */
export function contents(world: World, start: number, code: Uint8Array): Uint8Array {
  const random = new Random(world.seed ^ 0x5eed);
  const { fill } = world;
  const bytes = new Uint8Array(SIZE);
  if (fill === "ones") bytes.fill(1);
  else if (fill === "ramp") for (let k = 0; k < SIZE; k++) bytes[k] = 1 + (k & 63);
  else if (fill === "floats") {
    const words = new Int32Array(bytes.buffer);
    for (let k = 0; k < words.length; k += 2) words.set(ordinary(random), k);
  } else if (fill === "random")
    new Uint32Array(bytes.buffer).forEach((_, k, words) => (words[k] = random.u32()));
  if (world.alike) {
    const [from, to, length] = world.alike;
    for (let k = 0; k < length; k++)
      if (from + k >= BASE && from + k < END && to + k >= BASE && to + k < END)
        bytes[to + k - BASE] = bytes[from + k - BASE];
  }
  for (const [at, value] of world.special) bytes[at - BASE] = value;
  bytes.set(code, start - BASE);
  return bytes;
}
