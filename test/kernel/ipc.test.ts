import { expect, test } from "bun:test";
import type { Kernel, Task } from "../../src/kernel/mod.ts";
import { MUTEX, SEMAPHORE, THREAD } from "../../src/kernel/abi/layout.ts";
import { bench } from "./tasks.ts";

const FOREVER = -1;

/** Calls an exported function to its end. */
function* call(k: Kernel, name: string, ...args: number[]): Task<number> {
  const result = k.call(name, ...args);
  return (typeof result === "object" ? yield* result : result) as number;
}

function spawn(k: Kernel, priority: number, body: () => Task<void>): number {
  const thread = k.threads.createTask("w", 2048, priority, 10, body);
  k.threads.startup(thread);
  return thread;
}

// The probe sem_order: waiters a-e with these priorities, five releases; what the board printed.
test.each([
  ["FIFO", 0, "a.b.c.d.e."],
  ["PRIO", 1, "b.e.d.a.c."],
])("a %s semaphore wakes its waiters in that order", (_name, flag, recorded) => {
  let trace = "";
  const b = bench(function* (k) {
    const sem = yield* call(k, "rt_sem_create", 0, 0, flag);
    for (const [letter, priority] of [
      ["a", 13],
      ["b", 11],
      ["c", 13],
      ["d", 12],
      ["e", 11],
    ] as const) {
      spawn(k, priority - 8, function* () {
        yield* call(k, "rt_sem_take", sem, FOREVER);
        trace += letter;
      });
      yield* k.threads.sleep(0);
    }
    for (let n = 0; n < 5; n++) {
      yield* call(k, "rt_sem_release", sem);
      yield* k.threads.sleep(0);
      trace += ".";
    }
    expect(SEMAPHORE.value.get(k.memory, sem)).toBe(0);
  });
  b.settle();
  expect(trace).toBe(recorded);
});

test("a semaphore time-out takes its ticks, gives -2 and leaves -2 in the thread's error", () => {
  const seen: unknown[] = [];
  const b = bench(function* (k) {
    const sem = yield* call(k, "rt_sem_create", 0, 0, 0);
    for (const timeout of [0, 1, 2, 10]) {
      yield* k.threads.sleep(1);
      const thread = k.threads.current;
      THREAD.error.set(k.memory, thread, 0);
      const start = k.tick;
      const result = yield* call(k, "rt_sem_take", sem, timeout);
      seen.push([timeout, result, k.tick - start, THREAD.error.get(k.memory, thread)]);
    }
  });
  b.settle();
  // The probe sem_time.
  expect(seen).toEqual([
    [0, -2, 0, 0],
    [1, -2, 1, -2],
    [2, -2, 2, -2],
    [10, -2, 10, -2],
  ]);
});

test("the owner of a mutex inherits a waiter's priority and gives it back on release", () => {
  const b = bench(function* (k) {
    const mutex = yield* call(k, "rt_mutex_create", 0, 1);
    const owner = spawn(k, 20, function* () {
      yield* call(k, "rt_mutex_take", mutex, FOREVER);
      yield* k.threads.sleep(6);
      yield* call(k, "rt_mutex_release", mutex);
    });
    const priority = () => THREAD.current_priority.get(k.memory, owner);
    yield* k.threads.sleep(1);
    expect(priority()).toBe(20);
    for (const [waiter, inherited] of [
      [18, 18],
      [12, 12],
      [13, 12],
    ]) {
      spawn(k, waiter, function* () {
        yield* call(k, "rt_mutex_take", mutex, FOREVER);
        yield* call(k, "rt_mutex_release", mutex);
      });
      yield* k.threads.sleep(1);
      expect(priority()).toBe(inherited);
    }
    expect(MUTEX.original_priority.get(k.memory, mutex)).toBe(20);
    yield* k.threads.sleep(10);
    expect(MUTEX.value.get(k.memory, mutex)).toBe(1);
    expect(MUTEX.owner.get(k.memory, mutex)).toBe(0);
  });
  b.settle();
});

test("deleting a thread that waits takes it off the list of the object", () => {
  const b = bench(function* (k) {
    const sem = yield* call(k, "rt_sem_create", 0, 0, 0);
    let woken = false;
    const thread = spawn(k, 14, function* () {
      yield* call(k, "rt_sem_take", sem, FOREVER);
      woken = true;
    });
    yield* k.threads.sleep(1);
    expect(k.threads.waiting(sem + 24)).toEqual([thread]);
    yield* call(k, "rt_thread_delete", thread);
    expect(k.threads.waiting(sem + 24)).toEqual([]);
    yield* call(k, "rt_sem_release", sem);
    yield* k.threads.sleep(2);
    expect(woken).toBe(false);
    expect(SEMAPHORE.value.get(k.memory, sem)).toBe(1);
  });
  b.settle();
});

test("a Task that is cut off by the end of its thread runs its finally blocks", () => {
  let undone = false;
  const b = bench(function* (k) {
    const thread = spawn(k, 14, function* () {
      try {
        yield* k.threads.sleep(1000);
      } finally {
        undone = true;
      }
    });
    yield* k.threads.sleep(1);
    yield* call(k, "rt_thread_delete", thread);
  });
  b.settle();
  expect(undone).toBe(true);
});

test("a reader of the console waits for bytes, gets them in order, and -1 at the end of input", () => {
  const seen: number[] = [];
  const b = bench(function* (k) {
    for (let n = 0; n < 4; n++) seen.push(yield* k.console.getchar());
  });
  b.settle();
  expect(b.kernel.console.readers).toBe(1);
  b.kernel.console.feed(Uint8Array.of(65, 66));
  b.settle();
  expect(seen).toEqual([65, 66]);
  b.kernel.console.end();
  b.settle();
  expect(seen).toEqual([65, 66, -1, -1]);
});
