/** The registers that the kernel keeps for setjmp: as many as can be jumped to, and never more than a bound. */
import { expect, test } from "bun:test";
import { JumpFloats } from "../../../src/kernel/jump-floats.ts";

const STACK = 0x60100000;
const TOP = STACK + 0x10000;
const stack = { start: STACK, end: TOP };
const context = (first: number) => Int32Array.from({ length: 73 }, (_, n) => first + n);

test("s16 to s31 of the last setjmp of a buffer; none of a thread that had used none by then", () => {
  const jumps = new JumpFloats();
  jumps.keep(1, TOP, context(100), stack);
  jumps.keep(1, TOP, context(500), stack);
  expect([...(jumps.get(1) ?? [])]).toEqual(Array.from({ length: 16 }, (_, n) => 516 + n));
  jumps.keep(1, TOP, undefined, stack);
  expect(jumps.get(1)).toBeUndefined();
});

test("buffers of functions that have returned are forgotten, those of callers are not", () => {
  const jumps = new JumpFloats();
  jumps.keep(1, TOP - 8, context(0), stack);
  // A loop that calls a function with a buffer at another place each time.
  for (let n = 0; n < 10_000; n++) jumps.keep(2 + n, TOP - 64, context(n), stack);
  expect(jumps.size).toBe(10_001);
  jumps.keep(1, TOP - 8, context(7), stack);
  for (let n = 0; n < 20_000; n++) jumps.keep(1_000_000 + n, TOP - 32, context(n), stack);
  expect(jumps.get(2)).toBeUndefined();
  expect(jumps.get(1)?.[0]).toBe(23);
});

test("300,000 buffers in use are more than are kept, and take no time to speak of", () => {
  const jumps = new JumpFloats();
  const words = context(0);
  const begin = performance.now();
  for (let n = 0; n < 300_000; n++) jumps.keep(n, TOP, words, stack);
  expect(jumps.size).toBeLessThanOrEqual(65_536);
  expect(jumps.get(299_999)).toBeDefined();
  expect(performance.now() - begin).toBeLessThan(30_000);
});

test("coroutines on memory of their own, above or below, do away with no jump of the thread, nor the thread with theirs", () => {
  for (const heap of [STACK - 0x100000, TOP + 0x100000]) {
    const jumps = new JumpFloats();
    jumps.keep(1, TOP - 8, context(7), stack);
    for (let n = 0; n < 40; n++) jumps.keep(100 + n, heap + 4096 * n, context(n), stack);
    for (let n = 0; n < 200; n++) jumps.keep(1000 + n, TOP - 64, context(n), stack);
    expect(jumps.get(1)?.[0]).toBe(23);
    for (let n = 0; n < 40; n++) expect(jumps.get(100 + n)?.[0]).toBe(16 + n);
  }
});
