/** Runs random loops on the engines in lock-step, and tells what differs. */
import { type Cpu, createCpu, Exit } from "../../../src/cpu/mod.ts";
import { Core } from "../../../src/cpu/interp/core.ts";
import { NO_BUDGET } from "../../../src/cpu/jit/hotness.ts";
import { TieredCore } from "../../../src/cpu/jit/tiered.ts";
import { GuestMemory } from "../../../src/memory/mod.ts";
import { Random } from "../qemu/random.ts";
import type { Case, Difference } from "./case.ts";
import { encode } from "./encode.ts";
import { randomLoop } from "./families.ts";
import { type Isa, ISAS, type Item } from "./items.ts";
import type { Loop } from "./maker.ts";
import { explain, hex } from "./report.ts";
import { apply, BASE, SIZE } from "./events.ts";
import { FLOAT_WORDS } from "./float-state.ts";
import { hook, type Side } from "./host.ts";
import { NotEncodable } from "./rows.ts";
import { enter, randomWorld, type World } from "./world.ts";

/** States from which each loop is run. */
const WORLDS = 4;
/** "interp" is its loop in JavaScript, against which the same as WebAssembly and translated code are held. */
const ENGINES = ["interp", "webassembly", "jit", "auto"] as const;
/** Slices and calls of the host end a run that does not end by itself. */
const MOST_SLICES = 24;
const MOST_CODE_WRITES = 150;

/** It writes to translated code all the time, which is translated again each time. */
class GivesUp extends Error {}

function newCpu(memory: GuestMemory, engine: (typeof ENGINES)[number]): Cpu {
  if (engine === "auto") return new TieredCore(memory, false, NO_BUDGET);
  if (engine === "jit") return createCpu(memory, engine);
  const core = new Core(memory);
  core.compileAfter = engine === "interp" ? Infinity : 0;
  return core;
}
function newSide(engine: (typeof ENGINES)[number], { start, code }: Case): Side {
  const memory = new GuestMemory({ base: BASE, size: SIZE });
  const cpu = newCpu(memory, engine);
  const { onCodeWrite } = memory;
  let writes = 0;
  memory.onCodeWrite = (from, to) => {
    if (++writes > MOST_CODE_WRITES) throw new GivesUp();
    return onCodeWrite.call(memory, from, to);
  };
  return { engine, memory, cpu, guards: [], calls: [], code: { start, end: start + code.length } };
}

/** The loop of a seed: the first that its instruction set can encode. */
export function caseOf(seed: number): Case {
  const random = new Random(seed);
  const isa = ISAS[seed % ISAS.length];
  for (;;) {
    const loop = randomLoop(random, isa);
    const code = codeOf(loop);
    if (code) return { seed, loop, start: startOf(random, isa), code };
  }
}
function startOf(random: Random, isa: Isa): number {
  // Sometimes over the border of a page.
  const at = BASE + random.pick([0x4000, 0x4000, 0x3fe0, 0x4fc0]) + 2 * random.below(32);
  return isa === "a32" ? at & ~3 : at;
}
export function codeOf(loop: Loop): Uint8Array | undefined {
  try {
    return new Uint8Array(Uint16Array.from(encode(loop.items, loop.isa)).buffer);
  } catch (error) {
    if (error instanceof NotEncodable) return undefined;
    throw error;
  }
}

/** What the kernel could see behind a slice. */
interface State {
  readonly exit: Exit;
  readonly r: readonly number[];
  readonly cpsr: number;
  readonly units: number;
  readonly instructions: number;
  readonly fault: unknown;
  readonly calls: readonly string[];
  /** Registers and FPSCR. */
  readonly floats: Int32Array | undefined;
}
function run(side: Side, units: number): State {
  const { cpu, calls } = side;
  cpu.units = units;
  const exit = cpu.run();
  return {
    exit,
    r: [...cpu.r],
    cpsr: cpu.cpsr,
    units: cpu.units,
    instructions: cpu.stats.instructions,
    fault: exit === Exit.Fault ? cpu.fault : undefined,
    calls: calls.splice(0),
    floats: cpu.floatContext,
  };
}

export interface Tally {
  loops: number;
  runs: number;
  instructions: number;
  /** How runs ended. */
  readonly exits: [slice: number, stop: number, fault: number];
  readonly families: Map<string, number>;
}
export const newTally = (): Tally => ({
  loops: 0,
  runs: 0,
  instructions: 0,
  exits: [0, 0, 0],
  families: new Map(),
});

/** Runs a case in all its worlds; the first difference, if any. */
function differenceOf(test: Case, tally?: Tally): Difference | undefined {
  // Sampling takes long to find a loop hot: some of them.
  const sides = ENGINES.filter((engine) =>
    engine === "auto"
      ? test.seed % 4 === 0
      : engine !== "webassembly" || test.seed % 4 === 2 || test.loop.floats,
  ).map((engine) => newSide(engine, test));
  try {
    for (let k = 0; k < WORLDS; k++) {
      const world = randomWorld(test.seed * WORLDS + k, test.loop, [
        test.start,
        test.start + test.code.length,
      ]);
      const found = inStep(sides, test, world, tally);
      if (found) return found;
    }
    return undefined;
  } catch (error) {
    if (error instanceof GivesUp) return undefined;
    throw error;
  } finally {
    for (const { memory } of sides) memory.dispose();
  }
}

function inStep(
  sides: readonly Side[],
  test: Case,
  world: World,
  tally?: Tally,
): Difference | undefined {
  const { start, code, loop } = test;
  const before = sides[0].cpu.stats.instructions;
  for (const side of sides) {
    enter(side, world, start, code, loop.isa !== "a32");
    side.cpu.onSvc = hook(side, world, start | (loop.isa === "a32" ? 0 : 1));
  }
  let slice = 0;
  let exit: Exit;
  do {
    const { units, events } = world.slices[slice % world.slices.length];
    const states: State[] = [];
    for (const side of sides) {
      let state: State;
      try {
        state = run(side, units);
      } catch (error) {
        if (error instanceof GivesUp) throw error;
        return {
          test,
          world,
          engine: side.engine,
          slice,
          what: (error as Error).stack ?? String(error),
        };
      }
      states.push(state);
      const what = whatDiffers(states[0], state);
      if (what) return { test, world, engine: side.engine, slice, what };
    }
    ({ exit } = states[0]);
    // A thread that was stopped in the middle of a call goes on, too.
    const ended = exit === Exit.Fault || states[0].calls.at(-1)?.startsWith("0 ");
    if (ended) break;
    if (slice < 4) for (const side of sides) for (const event of events) apply(side, event);
  } while (++slice < MOST_SLICES);
  const bytes = sides[0].memory.read(BASE, SIZE);
  for (const side of sides.slice(1)) {
    const other = side.memory.read(BASE, SIZE);
    if (Buffer.compare(bytes, other) === 0) continue;
    const at = bytes.findIndex((byte, k) => byte !== other[k]);
    const what = `memory at ${hex(BASE + at)}: ${[...bytes.subarray(at, at + 8)]} and ${[...other.subarray(at, at + 8)]}`;
    return { test, world, engine: side.engine, slice, what };
  }
  if (tally) {
    tally.runs++;
    tally.instructions += sides[0].cpu.stats.instructions - before;
    tally.exits[exit]++;
  }
  return undefined;
}

/** Of two states of the same moment; empty: nothing. */
function whatDiffers(a: State, b: State): string {
  if (a === b) return "";
  const lines: string[] = [];
  for (const key of ["exit", "cpsr", "units", "instructions"] as const)
    if (a[key] !== b[key])
      lines.push(
        `${key}: ${key === "cpsr" ? `${hex(a.cpsr)} and ${hex(b.cpsr)}` : `${a[key]} and ${b[key]}`}`,
      );
  a.r.forEach((value, r) => {
    if (value !== b.r[r]) lines.push(`r${r}: ${hex(value)} and ${hex(b.r[r])}`);
  });
  for (let k = 0; k < FLOAT_WORDS; k++) {
    // Between registers and FPSCR is what belongs to the engine.
    if (k >= 64 && k !== FLOAT_WORDS - 1) continue;
    const [x, y] = [a.floats?.[k] ?? 0, b.floats?.[k] ?? 0];
    if (x !== y) lines.push(`${floatName(k)}: ${hex(x)} and ${hex(y)}`);
  }
  for (const key of ["fault", "calls"] as const) {
    const [x, y] = [JSON.stringify(a[key]), JSON.stringify(b[key])];
    if (x !== y) lines.push(`${key}: ${x} and ${y}`);
  }
  return lines.join("\n");
}

const floatName = (k: number): string => (k < 64 ? `d${k >> 1}.${k & 1}` : "fpscr");

/** Leaves out instructions as long as something differs in the same world. */
export function shrink(found: Difference): Difference {
  let best = found;
  for (let changed = true; changed;) {
    changed = false;
    for (let k = best.test.loop.items.length - 1; k >= 0; k--) {
      const smaller = without(best.test, k);
      if (!smaller) continue;
      const still = again(smaller, best.world);
      if (!still) continue;
      best = still;
      changed = true;
    }
  }
  return best;
}
function without(test: Case, k: number): Case | undefined {
  const items: readonly Item[] = test.loop.items.filter((_, j) => j !== k);
  const loop = { ...test.loop, items };
  const code = codeOf(loop);
  return code && { ...test, loop, code };
}
/** One world of a case on new machines. */
function again(test: Case, world: World): Difference | undefined {
  const sides = ENGINES.map((engine) => newSide(engine, test));
  try {
    return inStep(sides, test, world);
  } catch (error) {
    if (error instanceof GivesUp) return undefined;
    throw error;
  } finally {
    for (const { memory } of sides) memory.dispose();
  }
}

/** Loops of `count` seeds; explanations of what differs, made smaller. */
export function runLoops(
  firstSeed: number,
  count: number,
  tally: Tally,
  most = 3,
  smaller = true,
): string[] {
  const found: string[] = [];
  for (let seed = firstSeed; seed < firstSeed + count && found.length < most; seed++) {
    const test = caseOf(seed);
    tally.loops++;
    const name = `${test.loop.isa} ${test.loop.family.split(",")[0]}`;
    tally.families.set(name, (tally.families.get(name) ?? 0) + 1);
    const difference = differenceOf(test, tally);
    if (difference && !smaller) found.push(explain(difference));
    else if (difference) found.push(explain(shrink(again(test, difference.world) ?? difference)));
  }
  return found;
}
