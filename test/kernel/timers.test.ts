import { expect, test } from "bun:test";
import { bench } from "./tasks.ts";

const CALLBACK = 0x60010000;
const HARD = 0;
const PERIODIC = 2;
const SOFT = 4;

/** A machine whose "guest" callback reports its parameter and the tick. */
function timers(
  main: Parameters<typeof bench>[0],
  onCall: (parameter: number, tick: number) => void,
) {
  const b = bench(main);
  b.cpu.code.set(CALLBACK, (cpu) => {
    onCall(cpu.r[0], b.kernel.tick);
    cpu.r[15] = cpu.r[14];
  });
  return b;
}

test.each([
  ["hard", HARD],
  ["soft", SOFT],
])("%s timers expire by time, equal ones in the order they were started", (_name, flag) => {
  let order = "";
  // The probe tmr_order: a-f with these ticks, a restarted last; the board printed bedcfa.
  const b = timers(
    function* (k) {
      const made = [4, 2, 4, 3, 2, 4].map((ticks, n) =>
        k.timers.create("to", CALLBACK, 0x61 + n, ticks, flag),
      );
      yield* k.threads.sleep(1);
      for (const timer of made) k.timers.start(timer);
      k.timers.start(made[0]);
      yield* k.threads.sleep(7);
    },
    (parameter) => (order += String.fromCharCode(parameter)),
  );
  b.settle();
  expect(order).toBe("bedcfa");
});

test.each([
  ["hard", HARD],
  ["soft", SOFT],
])("a periodic %s timer keeps its period until it is stopped", (_name, flag) => {
  const ticks: number[] = [];
  let start = 0;
  const b = timers(
    function* (k) {
      const timer = k.timers.create("per", CALLBACK, 0, 3, PERIODIC | flag);
      yield* k.threads.sleep(1);
      start = k.tick;
      k.timers.start(timer);
      yield* k.threads.sleep(20);
      k.timers.delete(timer);
    },
    (_parameter, tick) => ticks.push(tick - start),
  );
  b.settle();
  expect(ticks).toEqual([3, 6, 9, 12, 15, 18]);
});

test("a hard callback runs in interrupt context on the interrupted thread, a soft one in the thread timer", () => {
  const seen: string[] = [];
  const b = timers(
    function* (k) {
      for (const flag of [HARD, SOFT])
        k.timers.start(k.timers.create("t", CALLBACK, flag, 2, flag));
      yield* k.threads.sleep(5);
    },
    () => {
      const { threads, scheduler } = b.kernel;
      seen.push(`${threads.currentName} nest ${scheduler.interruptNest}`);
    },
  );
  b.settle();
  expect(seen).toEqual(["tidle0 nest 1", "timer nest 0"]);
});

test("without timers and sleepers the system is idle for good; with one it says until when", () => {
  const b = bench(function* (k) {
    yield* k.threads.sleep(25);
  });
  expect(b.kernel.run({ skipIdle: false })).toEqual({ why: "idle", nextTick: 25 });
  b.settle();
  expect(b.kernel.run({ skipIdle: true })).toEqual({ why: "idle", nextTick: undefined });
  expect(b.kernel.tick).toBe(25);
});

test("real time: ticks follow the wall clock, also over a long idle time and a stopped host", async () => {
  const { createKernel } = await import("../../src/kernel/mod.ts");
  const { GuestMemory } = await import("../../src/memory/mod.ts");
  const { StubCpu } = await import("./stub-cpu.ts");
  let now = 1000;
  const memory = new GuestMemory({ base: 0x60000000, size: 0x900000 });
  const kernel = createKernel(memory, new StubCpu(memory), undefined, {
    compat404: false,
    seed: 1,
    output: () => {},
    wall: { now: () => now, epochSeconds: () => 1_600_000_000 + Math.floor(now / 1000) },
  });
  const woke: number[] = [];
  kernel.boot(function* () {
    for (;;) {
      yield* kernel.threads.sleep(100);
      woke.push(kernel.tick);
    }
  });
  expect(kernel.run({ skipIdle: false })).toEqual({ why: "idle", nextTick: 100 });
  now += 995;
  expect(kernel.run({ skipIdle: false })).toEqual({ why: "idle", nextTick: 100 });
  expect(kernel.tick).toBe(99);
  now += 3005;
  kernel.run({ skipIdle: false });
  expect(kernel.tick).toBe(400);
  expect(woke).toEqual([100, 200, 300, 400]);
  // A laptop that slept for an hour: time leaps, the sleeper wakes once.
  now += 3_600_000;
  kernel.run({ skipIdle: false });
  expect(kernel.tick).toBe(360_400);
  expect(woke.length).toBe(5);
  memory.dispose();
});
