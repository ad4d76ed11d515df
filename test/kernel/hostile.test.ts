import { expect, test } from "bun:test";
import { AssertionFailed, kernelRows, type Task } from "../../src/kernel/mod.ts";
import { BrokenList } from "../../src/kernel/list.ts";
import { GuestFault } from "../../src/memory/mod.ts";
import { bench } from "./tasks.ts";

/** A small generator, so that a failure can be repeated. */
function random(seed: number): () => number {
  let state = seed;
  return () => {
    state = (Math.imul(state, 1664525) + 1013904223) | 0;
    return state >>> 8;
  };
}

/** Longest CPU time for one call, in ms: far above what any takes, far below what a user would call a hang. */
const PATIENCE = 2000;
const ROUNDS = 6;

/**
 * Every exported function with arguments that no program should pass. What may come out is what a bad pointer gives on the board: a
 * data abort, a failed assertion, or a sentence about broken lists.
 */
test.each(kernelRows.map((row) => row.name))("%s survives hostile arguments", (name) => {
  const next = random(name.length * 7919 + name.charCodeAt(name.length - 1));
  for (let round = 0; round < ROUNDS; round++) {
    const b = bench(function* () {});
    const k = b.kernel;
    const { memory } = k;
    b.settle();
    const block = k.heap.alloc(256);
    memory.fill(block, 256, 0x41);
    memory.st8(block + 255, 0);
    const sem = k.heap.alloc(64);
    const values = [
      0,
      1,
      4,
      255,
      -1,
      0x7fffffff,
      -0x80000000,
      block,
      block + 1,
      sem,
      k.timers.thread,
      k.threads.idle,
      k.consoleDevice,
      k.cardHotplug,
      k.objects.list(2)[0],
      k.objects.list(3)[0],
      memory.end - 4,
      memory.base,
      0x60400002,
      next(),
    ];
    const pick = () => values[next() % values.length];
    const args = [pick(), pick(), pick(), pick()];
    let thrown: unknown;
    const thread = k.threads.createTask("victim", 2048, 15, 10, function* (): Task<void> {
      try {
        const result = k.call(name, ...args);
        if (typeof result === "object") yield* result;
      } catch (error) {
        thrown = error;
      }
    });
    k.threads.startup(thread);
    const start = process.cpuUsage();
    k.run({ skipIdle: true, untilTick: k.tick + 50, units: 2_000_000 });
    const { user, system } = process.cpuUsage(start);
    const took = (user + system) / 1000;
    const allowed =
      thrown === undefined ||
      thrown instanceof GuestFault ||
      thrown instanceof AssertionFailed ||
      thrown instanceof BrokenList;
    if (!allowed || took > PATIENCE)
      throw new Error(`${name}(${args.join(", ")}): ${took.toFixed(0)} ms, ${String(thrown)}`, {
        cause: thrown,
      });
    expect(allowed).toBe(true);
  }
});
