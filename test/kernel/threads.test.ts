import { expect, test } from "bun:test";
import { SCHEDULE, type Task } from "../../src/kernel/mod.ts";
import { bench } from "./tasks.ts";

test("a better thread runs before startup returns, an equal one after, a worse one last", () => {
  let trace = "";
  const b = bench(function* (k) {
    const spawn = (letter: string, priority: number) => {
      const thread = k.threads.createTask(letter, 1024, priority, 10, function* () {
        trace += letter;
      });
      k.threads.startup(thread);
    };
    trace += "0";
    spawn("A", 9);
    yield SCHEDULE;
    trace += "1";
    spawn("C", 12);
    spawn("B", 10);
    yield SCHEDULE;
    trace += "2";
    k.threads.yield();
    yield SCHEDULE;
    trace += "3";
  });
  b.settle();
  expect(trace).toBe("0A12B3C");
});

test("sleep wakes at the n-th tick and gives 0", () => {
  const seen: number[] = [];
  const b = bench(function* (k): Task<void> {
    for (const ticks of [0, 1, 2, 7]) {
      yield* k.threads.sleep(1);
      const before = k.tick;
      expect(yield* k.threads.sleep(ticks)).toBe(0);
      seen.push(k.tick - before);
    }
  });
  b.settle();
  // The differences the original shows: a delay of 0 still lasts until the next tick.
  expect(seen).toEqual([1, 1, 2, 7]);
});

test("the heap of the reference board has 7877068 bytes, and an ended thread gives its memory back", () => {
  let used = 0;
  const b = bench(function* (k) {
    used = k.heap.used;
    const thread = k.threads.createTask("t", 2048, 20, 10, function* () {});
    k.threads.startup(thread);
    // TCB and stack with their block headers, and 2 KiB below the stack that catch overflows.
    expect(k.heap.used).toBe(used + 136 + 16 + 2048 + 16 + 2048);
    yield* k.threads.sleep(3);
    expect(k.heap.used).toBe(used);
  });
  expect(b.kernel.heap.total).toBe(7877068);
  b.settle();
  expect(used).toBeGreaterThan(0);
});
