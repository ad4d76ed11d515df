import { expect, test } from "bun:test";
import * as fc from "fast-check";
import { AssertionFailed } from "../../src/kernel/mod.ts";
import { bench } from "./tasks.ts";

const fresh = () => bench(function* () {}).kernel;

test("neighbours lie a header of 16 bytes apart, sizes rounded to 4 and at least 12", () => {
  const { heap } = fresh();
  // Distances the probe heap_adj measured between a block and the next one.
  for (const [size, distance] of [
    [1, 12],
    [12, 12],
    [13, 16],
    [17, 20],
    [100, 100],
    [101, 104],
  ]) {
    const a = heap.alloc(size);
    const b = heap.alloc(60000);
    expect(b - a).toBe(distance + 16);
    heap.free(a);
    heap.free(b);
  }
});

test("a freed hole is used again, exactly or split, and merges with its neighbours", () => {
  const { heap } = fresh();
  const x = heap.alloc(62000);
  const y = heap.alloc(62000);
  expect(y - x).toBe(62016);
  heap.free(x);
  let big = heap.alloc(61500);
  expect(big).toBe(x);
  heap.free(big);
  big = heap.alloc(62000);
  expect(big).toBe(x);
  heap.free(y);
  heap.free(big);
  expect(heap.alloc(124000)).toBe(x);
});

test("what is too large, empty or overflows gives no memory", () => {
  const { heap } = fresh();
  expect(heap.alloc(0)).toBe(0);
  expect(heap.alloc(0x10000000)).toBe(0);
  expect(heap.alloc(0xffffffff)).toBe(0);
  expect(heap.calloc(0x10001, 0x10001)).toBe(0);
});

test("a double free is told as the original tells it", () => {
  const b = bench(function* () {});
  const { heap } = b.kernel;
  const block = heap.alloc(40);
  heap.free(block);
  expect(() => heap.free(block)).toThrow(AssertionFailed);
  const address = (block - 16).toString(16);
  expect(b.text().replaceAll("\r", "")).toBe(
    `to free a bad data block:\nmem: 0x${address}, used flag: 0, magic code: 0x1ea0\n`,
  );
});

test("a header that was overwritten ends the walk instead of the simulator", () => {
  const { heap, memory } = fresh();
  const a = heap.alloc(64);
  heap.alloc(64);
  heap.free(a);
  memory.fill(a - 16, 16, 0xff);
  expect(heap.alloc(100)).toBe(0);
});

/** Offsets of blocks in the order of operations; the model is a map from address to contents. */
test("random use keeps contents, order and figures", () => {
  const operation = fc.record({
    kind: fc.constantFrom("alloc", "free", "realloc"),
    size: fc.integer({ min: 1, max: 3000 }),
    pick: fc.nat(),
  });
  const { heap, memory } = fresh();
  const before = heap.used;
  fc.assert(
    fc.property(fc.array(operation, { maxLength: 120 }), (operations) => {
      const live = new Map<number, { size: number; fill: number }>();
      const keep = (address: number, size: number, fill: number) => {
        memory.fill(address, size, fill);
        live.set(address, { size, fill });
      };
      operations.forEach(({ kind, size, pick }, n) => {
        const addresses = [...live.keys()];
        const chosen = addresses[pick % (addresses.length || 1)];
        if (kind === "alloc" || chosen === undefined) keep(heap.alloc(size), size, n & 0xff);
        else if (kind === "free") {
          heap.free(chosen);
          live.delete(chosen);
        } else {
          const { size: old, fill } = live.get(chosen)!;
          const moved = heap.realloc(chosen, size);
          live.delete(chosen);
          const kept = Math.min(old, size);
          expect(memory.read(moved, kept).every((byte) => byte === fill)).toBe(true);
          keep(moved, size, fill);
        }
      });
      for (const [address, { size, fill }] of live)
        expect(memory.read(address, size).every((byte) => byte === fill)).toBe(true);
      const blocks = [...heap.blocks()];
      let used = 0;
      for (const [n, block] of blocks.entries()) {
        if (block.used) used += block.size + 16;
        // Free neighbours are always merged.
        if (n > 0) expect(block.used || blocks[n - 1].used).toBe(true);
      }
      expect(used).toBe(heap.used);
      for (const address of live.keys()) heap.free(address);
      expect(heap.used).toBe(before);
    }),
    { numRuns: 60 },
  );
});
