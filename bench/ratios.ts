/**
 * The hot paths against a baseline that does the same work in the same process, in turn: how fast the machine is cancels out. CPU time,
 * medians over rounds.
 */
import type { Engine } from "../src/cpu/mod.ts";
import { timed } from "./clock.ts";
import { createBench, type Isa } from "./dispatch/machine.ts";
import { plain } from "./dispatch/plain.ts";
import { median } from "./figure.ts";
import { createLoaders, syntheticModule } from "./relocate/loaders.ts";

const ROUNDS = 7;
/** CPU milliseconds of a sample: long against the clock's grain, short against the machine's moods. */
const SAMPLE = 15;
/** CPU milliseconds until the host's compiler has settled. */
const WARM_UP = 250;

/** Time of `ours` over time of `baseline`, both for one unit of work. */
export function ratio(ours: (n: number) => void, baseline: (n: number) => void): number {
  const counts = [ours, baseline].map(calibrate);
  const rounds = Array.from({ length: ROUNDS }, () => {
    const [a, b] = [ours, baseline].map((run, i) => timed(() => run(counts[i])) / counts[i]);
    return a / b;
  });
  return median(rounds);
}

/** How much work makes a sample, found while warming up. */
function calibrate(run: (n: number) => void): number {
  let n = 1;
  for (let spent = 0; ;) {
    const time = timed(() => run(n));
    spent += time;
    if (spent >= WARM_UP) return n;
    if (time < SAMPLE / 2) n *= 2;
  }
}

/** Our loader against the straightforward one, warm. */
export function relocationRatio(records: number): number {
  const loaders = createLoaders();
  const file = syntheticModule(records);
  const repeat = (load: (file: Uint8Array) => number) => (n: number) => {
    while (n--) if (load(file) !== records) throw new Error("wrong number of relocations");
  };
  return ratio(repeat(loaders.ours), repeat(loaders.simple));
}

/** Guest code against the same computation in JavaScript: geometric mean over the workloads. */
export function dispatchRatio(isa: Isa, engine: Engine): number {
  const names = Object.keys(plain);
  const logs = names.map((name) => {
    const guest = createBench(isa, engine);
    if (guest.call(name, 3) !== plain[name](3)) throw new Error(`${name}: results differ`);
    return Math.log(ratio((n) => void guest.call(name, n), plain[name]));
  });
  return Math.exp(logs.reduce((sum, x) => sum + x) / names.length);
}
