import { expect, test } from "bun:test";
import * as fc from "fast-check";
import type { Heap } from "../../src/kernel/heap.ts";
import type { HeapApi } from "../../src/kernel/mod.ts";
import type { GuestMemory } from "../../src/memory/mod.ts";
import { bench } from "./tasks.ts";

/** src/mem.c of RT-Thread 4.0.4 over offsets: every search begins at the first block. */
class PlainWalk {
  used = 0;
  max = 0;
  private readonly blocks: { at: number; used: boolean }[];
  constructor(private readonly total: number) {
    this.blocks = [
      { at: 0, used: false },
      { at: total + 16, used: true },
    ];
  }
  alloc(size: number): number | undefined {
    const wanted = Math.max((size + 3) & ~3, 12);
    for (let n = 0; n < this.blocks.length - 1; n++) {
      const { at, used } = this.blocks[n];
      if (at >= this.total - wanted) break;
      const room = this.blocks[n + 1].at - at - 16;
      if (used || room < wanted) continue;
      const split = room >= wanted + 16 + 12;
      if (split) this.blocks.splice(n + 1, 0, { at: at + 16 + wanted, used: false });
      this.blocks[n].used = true;
      this.used += (split ? wanted : room) + 16;
      this.max = Math.max(this.max, this.used);
      return at;
    }
    return undefined;
  }
  free(at: number): void {
    const n = this.blocks.findIndex((block) => block.at === at);
    this.blocks[n].used = false;
    this.used -= this.blocks[n + 1].at - at;
    if (!this.blocks[n + 1].used) this.blocks.splice(n + 1, 1);
    if (n > 0 && !this.blocks[n - 1].used) this.blocks.splice(n, 1);
  }
  realloc(at: number, size: number): number | undefined {
    const n = this.blocks.findIndex((block) => block.at === at);
    const wanted = (size + 3) & ~3;
    const old = this.blocks[n + 1].at - at - 16;
    if (old === wanted) return at;
    if (wanted + 16 + 12 < old) {
      this.blocks.splice(n + 1, 0, { at: at + 16 + wanted, used: false });
      if (!this.blocks[n + 2].used) this.blocks.splice(n + 2, 1);
      this.used -= old - wanted;
      return at;
    }
    const moved = this.alloc(size);
    if (moved !== undefined) this.free(at);
    return moved;
  }
  get lowestFree(): number {
    return (this.blocks.find(({ used }) => !used) ?? this.blocks[this.blocks.length - 1]).at;
  }
  get list(): [number, boolean][] {
    return this.blocks.slice(0, -1).map(({ at, used }) => [at, used]);
  }
}

/** A heap of its own: the one of the system has the blocks of threads. */
function fresh(size: number, abi?: "5.x") {
  const { kernel } = bench(function* () {}, false, abi);
  const HeapOf = kernel.heap.constructor as typeof Heap;
  const begin = kernel.heap.alloc(size);
  return {
    heap: new HeapOf(kernel, begin, begin + size, kernel.heap.marks),
    begin,
    memory: kernel.memory,
  };
}

const listOf = (heap: HeapApi, begin: number) =>
  [...heap.blocks()].map(({ header, used }) => [header - begin, used]);

const operation = fc.record({
  kind: fc.constantFrom("alloc", "alloc", "free", "realloc"),
  size: fc.oneof(fc.integer({ min: 1, max: 80 }), fc.integer({ min: 1, max: 9000 })),
  pick: fc.nat(),
});

test("first fit finds the same block, with the same figures, as a walk over all of them", () => {
  fc.assert(
    fc.property(
      fc.array(operation, { minLength: 300, maxLength: 1500, size: "max" }),
      fc.constantFrom(30_000, 200_000, 2_000_000),
      (operations, size) => {
        const { heap, begin } = fresh(size);
        const plain = new PlainWalk(heap.total);
        const live: number[] = [];
        const both = (real: number, model: number | undefined) =>
          expect(real === 0 ? undefined : real - 16 - begin).toBe(model);
        for (const { kind, size, pick } of operations) {
          const n = pick % (live.length || 1);
          if (kind === "alloc" || live.length === 0) {
            const at = plain.alloc(size);
            both(heap.alloc(size), at);
            if (at !== undefined) live.push(at);
          } else if (kind === "free") {
            heap.free(begin + 16 + live[n]);
            plain.free(live[n]);
            live.splice(n, 1);
          } else {
            const at = plain.realloc(live[n], size);
            both(heap.realloc(begin + 16 + live[n], size), at);
            if (at !== undefined) live[n] = at;
          }
          expect([heap.lowestFree - begin, heap.used, heap.max]).toEqual([
            plain.lowestFree,
            plain.used,
            plain.max,
          ]);
        }
        expect(listOf(heap, begin)).toEqual(plain.list);
      },
    ),
    // To make a case smaller takes minutes, and a machine for each.
    { numRuns: 30, endOnFailure: true },
  );
});

/** A small hole below 1,000 blocks in use, one of 600 bytes behind 500 of them. */
function holes(abi?: "5.x") {
  const made = fresh(500_000, abi);
  const blocks = Array.from({ length: 1000 }, (_, n) => made.heap.alloc(n === 500 ? 600 : 64));
  made.heap.free(blocks[0]);
  return { ...made, blocks };
}

test("a free block whose header was overwritten is no memory, wherever it lies", () => {
  for (const word of [0, 4, 8, 12]) {
    const { heap, memory, blocks } = holes();
    // The index is there, and knows the block.
    heap.free(blocks[500]);
    expect(heap.alloc(600)).toBe(blocks[500]);
    heap.free(blocks[500]);
    memory.fill(blocks[500] - 16, 16, 0);
    memory.st32(blocks[500] - 16 + word, 0xffffffff | 0);
    // With `next` 0 the walk ends there; with a next beyond the heap as well.
    expect(heap.alloc(500)).toBe(0);
  }
});

test("a block in use whose header was overwritten is noticed by the allocations that pass it", () => {
  const { heap, memory, blocks } = holes();
  const end = heap.alloc(300);
  heap.free(end);
  memory.fill(blocks[700] - 16, 16, 0xff);
  const seen = Array.from({ length: 100 }, () => heap.alloc(300)).indexOf(0);
  expect(seen).toBeGreaterThanOrEqual(0);
  // What is refused once stays so.
  expect(heap.alloc(300)).toBe(0);
});

test("a block the guest marks as used is not handed out", () => {
  const { heap, memory, blocks } = holes();
  heap.free(blocks[500]);
  expect(heap.alloc(600)).toBe(blocks[500]);
  heap.free(blocks[500]);
  memory.st16(blocks[500] - 16 + 2, 1);
  expect(heap.alloc(600)).toBeGreaterThan(blocks[999]);
});

for (const abi of [undefined, "5.x"] as const)
  test(`all that is left of a heap is ${abi ? "" : "not "}handed out in one piece, abi ${abi ?? "4.0.4"}`, () => {
    // src/mem.c goes on while `ptr < mem_size_aligned - size`, that of 5.x with `<=`; for what just fits at the end the two sides are equal.
    for (const walked of ["none", "many"]) {
      const { heap, begin } = walked === "none" ? fresh(5000, abi) : holes(abi);
      const last = [...heap.blocks()].at(-1)!;
      expect(last.used).toBeFalse();
      expect(last.header - begin).toBe(heap.total - last.size);
      const whole = heap.alloc(last.size);
      expect(whole).toBe(abi ? last.address : 0);
      if (whole === 0) expect(heap.alloc(last.size - 4)).toBe(last.address);
    }
  });

/** Reads of headers that `run` takes, by the guest's rules and without. */
function readsOf(memory: GuestMemory, run: () => void): number {
  let reads = 0;
  const { ld16, ld32, i32 } = memory;
  memory.ld16 = (address) => (reads++, ld16.call(memory, address));
  // That of an aligned word is one of i32.
  memory.ld32 = (address) => (address & 3 && reads++, ld32.call(memory, address));
  const counted = new Proxy(i32, {
    get: (words, at) => (reads++, Reflect.get(words, at, words)),
  });
  Object.assign(memory, { i32: counted });
  run();
  Object.assign(memory, { ld16, ld32, i32 });
  return reads;
}

test("blocks that are in use cost nothing", () => {
  const { heap, memory, blocks } = holes();
  heap.free(heap.alloc(300));
  heap.free(blocks[500]);
  const reads = readsOf(memory, () => {
    for (let n = 0; n < 100; n++) {
      const [whole, other] = [heap.alloc(600), heap.alloc(500)];
      heap.free(whole);
      heap.free(other);
    }
  });
  // Walks over the blocks have 300,000; an index that every allocation brings up to date, 8,500.
  expect(reads).toBeLessThan(6_500);
});

test("the lowest free block comes and goes, and the search for the next one costs nothing", () => {
  const { heap, memory, blocks } = holes();
  heap.free(heap.alloc(64));
  const reads = readsOf(memory, () => {
    for (let n = 0; n < 100; n++) {
      expect(heap.alloc(64)).toBe(blocks[0]);
      heap.free(blocks[0]);
    }
  });
  // A walk to what is free behind the blocks has 100,000; an index that every allocation brings up to date, 7,800.
  expect(reads).toBeLessThan(6_000);
});

test("headers that are no more, of blocks that became one, are not looked at", () => {
  // Of three blocks in a row, two become one; so every header is gone in one of three heaps, wherever the look at others had come to.
  for (const first of [1, 2, 3]) {
    const { heap, memory, blocks } = holes();
    heap.free(heap.alloc(300));
    heap.alloc(64);
    const pairs = blocks.filter((_, n) => n < 490 && n >= first && (n - first) % 3 === 0);
    for (const block of pairs) {
      heap.free(block);
      heap.free(block + 64 + 16);
    }
    // The next one is near, so that no search is long; the last stays free for the same reason.
    for (const block of pairs.slice(0, -1)) {
      expect(heap.alloc(64 + 16 + 64)).toBe(block);
      // What a program keeps where the header was.
      memory.fill(block, 64 + 16 + 64, 0xff);
    }
    const reads = readsOf(memory, () => heap.alloc(300));
    // Whoever takes that for a header walks over all blocks.
    expect(reads).toBeLessThan(300);
  }
});

test("few blocks have no index: a pair reads what the same calls of src/mem.c read, and three words more", () => {
  const { heap, memory } = fresh(500_000);
  const blocks = Array.from({ length: 60 }, () => heap.alloc(64));
  heap.free(blocks[0]);
  const reads = readsOf(memory, () => heap.free(heap.alloc(100)));
  // Of each block passed `next` and `used`.
  expect(reads).toBeLessThan(2 * 61 + 20);
});
