/** When the garbage of a process that has a guest's address space is collected. */
import { expect, test } from "bun:test";
import { Garbage } from "../../src/memory/mod.ts";

const MiB = 1 << 20;

function process(): { garbage: Garbage; now: { used: number; live: number }; collected: number[] } {
  const now = { used: 100 * MiB, live: 100 * MiB };
  const collected: number[] = [];
  const collect = (): void => {
    collected.push(now.used / MiB);
    now.used = now.live;
  };
  return { garbage: new Garbage(() => now.used, collect), now, collected };
}

test("a process that makes garbage without end stays within 32 MiB, and what of it is made between two looks", () => {
  const { garbage, now, collected } = process();
  for (let k = 0; k < 10_000; k++) {
    now.used += MiB;
    garbage.made(MiB);
    expect(now.used).toBeLessThanOrEqual((100 + 32 + 16) * MiB);
  }
  expect(collected.length).toBeGreaterThan(100);
});

test("one that does not grow is left alone, whatever is said", () => {
  const { garbage, collected } = process();
  for (let k = 0; k < 1000; k++) garbage.made(100 * MiB);
  expect(collected).toEqual([]);
});

test("what is live is no reason to collect again and again", () => {
  const { garbage, now, collected } = process();
  for (let k = 0; k < 100; k++) {
    now.live += MiB;
    now.used += MiB;
    garbage.look();
  }
  expect(collected).toEqual([133, 165, 197]);
});

test("memory that was given back may be filled again as far as it was before, not further", () => {
  const { garbage, now, collected } = process();
  now.used = now.live = 200 * MiB;
  garbage.look();
  now.used = now.live = 50 * MiB;
  garbage.look();
  now.used = 81 * MiB;
  garbage.look();
  expect(collected).toEqual([]);
  now.used = 82 * MiB;
  garbage.look();
  expect(collected).toEqual([82]);
});
