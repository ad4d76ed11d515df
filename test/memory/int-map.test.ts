import { expect, test } from "bun:test";
import fc from "fast-check";
import { IntMap } from "../../src/memory/mod.ts";

// Few distinct keys, some of them with the same hash in small tables, and the largest and smallest words.
const key = fc.oneof(fc.integer({ min: 0, max: 40 }), fc.constantFrom(0x7fffffff, -1, 0xffffffff));
const step = fc.record({ key, adds: fc.boolean() });

test("it holds what the host's map holds, after any steps", () => {
  fc.assert(
    fc.property(fc.array(step, { maxLength: 300 }), (steps) => {
      const ours = new IntMap<{ n: number }>();
      const host = new Map<number, { n: number }>();
      for (const [n, { key, adds }] of steps.entries()) {
        if (adds) {
          ours.set(key, { n });
          host.set(key >>> 0, { n });
        } else expect(ours.delete(key)).toBe(host.delete(key >>> 0));
        expect(ours.get(key)).toEqual(host.get(key >>> 0));
        expect(ours.has(key)).toBe(host.has(key >>> 0));
        expect(ours.size).toBe(host.size);
      }
      expect([...ours.keys()].sort()).toEqual([...host.keys()].sort());
      for (const [key, value] of host) expect(ours.get(key)).toEqual(value);
    }),
  );
});
