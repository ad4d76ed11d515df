import { expect, setDefaultTimeout, test } from "bun:test";
import { SEMAPHORE } from "../../src/kernel/abi/layout.ts";
import { guestBench } from "./guest.ts";

setDefaultTimeout(120_000);

/** BL or, with `link` false, B from `at` to `to`. */
const branch = (at: number, to: number, link = true) =>
  ((link ? 0xeb000000 : 0xea000000) | (((to - at - 8) >> 2) & 0xffffff)) >>> 0;

/**
 * A thread takes an empty semaphore with a time-out of 50 ticks when the next tick, at which a hard timer releases it, is `left` units
 * away: before the call, in the middle of it, or behind it.
 */
function takeNearTick(left: number): { result: number; value: number; ticks: number } {
  let result = -1;
  let ticks = 0;
  const b = guestBench({
    rows: [
      { name: "near", proto: "", header: "", call: (k) => void (k.cpu.units = left) },
      {
        name: "done",
        proto: "",
        header: "",
        call: (k, value) => {
          result = value;
          ticks = k.tick;
        },
      },
    ],
  });
  const { kernel, memory } = b;
  const [near, take, release, done] = ["near", "rt_sem_take", "rt_sem_release", "done"].map(b.stub);
  const callback = b.code(branch(0x60020000, release, false));
  const entry = callback + 4;
  const words = [0xe92d4010, 0xe1a04000, 0, 0xe1a00004, 0xe3a01032, 0, 0, 0xe8bd8010];
  const calls = new Map([
    [2, near],
    [5, take],
    [6, done],
  ]);
  // push {r4, lr}; mov r4, r0; bl near; mov r0, r4; mov r1, #50; bl rt_sem_take; bl done; pop {r4, pc}
  b.code(...words.map((word, n) => (calls.has(n) ? branch(entry + 4 * n, calls.get(n)!) : word)));
  const sem = kernel.heap.alloc(36);
  kernel.call("rt_sem_init", sem, 0, 0, 0);
  const timer = kernel.timers.create("t", callback, sem, 1, 0);
  kernel.timers.start(timer);
  b.thread("w", entry, { parameter: sem, priority: 9 });
  kernel.run({ skipIdle: true, untilTick: kernel.tick + 200 });
  return { result, value: SEMAPHORE.value.get(memory, sem), ticks };
}

test("a release by a tick interrupt is not lost, whenever it comes", () => {
  for (let left = 1; left <= 24; left++) {
    expect({ left, ...takeNearTick(left) }).toEqual({ left, result: 0, value: 0, ticks: 1 });
  }
});
