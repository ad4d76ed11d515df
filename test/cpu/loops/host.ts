/** What the host does when random loops call it: as a kernel it changes rights and registers, ends slices, and switches threads. */
import type { FloatContext } from "../../../src/cpu/mod.ts";
import { Random } from "../qemu/random.ts";
import { apply, BASE, beside, type Place, randomEvent } from "./events.ts";
import type { World } from "./world.ts";

export interface Side extends Place {
  readonly engine: string;
  readonly calls: string[];
}

/** A thread that does not run. */
interface Thread {
  readonly r: readonly number[];
  readonly cpsr: number;
  readonly floats: FloatContext | undefined;
}

/** For one world: when it is called for the nth time it does the same on each side. Another thread begins at `entry`. */
export function hook(side: Side, world: World, entry: number): (imm: number) => boolean {
  const { cpu, calls } = side;
  const r = [...world.registers, entry & ~1];
  r[13] = BASE + 0x5800;
  let other: Thread = { r, cpsr: world.cpsr | 0x13 | ((entry & 1) << 5), floats: world.floats };
  const change = (): void => {
    const next = other;
    other = { r: [...cpu.r], cpsr: cpu.cpsr, floats: cpu.floatContext };
    cpu.cpsr = next.cpsr;
    next.r.forEach((value, n) => (cpu.r[n] = value));
    cpu.floatContext = next.floats;
    cpu.clearExclusive();
  };
  let n = 0;
  return (imm) => {
    n++;
    calls.push(`${imm} ${cpu.units} ${[...cpu.r]} ${cpu.cpsr}`);
    if (imm === 0) return false;
    const random = new Random(world.seed + n * 7919);
    if (world.switches && random.once(world.switches)) change();
    if (!world.hostChanges || !random.once(world.hostChanges)) return true;
    if (random.once(6)) cpu.units = random.below(30);
    const near = (): number =>
      world.targets.length > 0 && random.once(2)
        ? beside(random, random.pick(world.targets))
        : (random.pick([...cpu.r]) + random.between(-64, 256)) >>> 0;
    apply(side, randomEvent(random, near, [...cpu.r]));
    return !random.once(12);
  };
}
