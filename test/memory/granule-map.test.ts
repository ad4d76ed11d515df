import { expect, test } from "bun:test";
import fc from "fast-check";
import { GranuleMap } from "../../src/memory/granule-map.ts";

test("a map of granules holds what the host's map holds", () => {
  // Few pages, their borders, and the two ends of the address space.
  const granule = fc.oneof(
    fc.nat(200),
    fc.integer({ min: 0x1800000 - 70, max: 0x1800000 + 70 }),
    fc.constantFrom(0x3ffffff, 0x3ffffc0, 0x3ffffbf),
  );
  const step = fc.tuple(fc.boolean(), granule, granule);
  fc.assert(
    fc.property(fc.array(step, { maxLength: 300 }), (steps) => {
      const map = new GranuleMap<{ n: number }>();
      const model = new Map<number, { n: number }>();
      for (const [adds, at, other] of steps) {
        if (adds) {
          const value = { n: other };
          map.set(at, value);
          model.set(at, value);
        } else {
          map.delete(at);
          model.delete(at);
        }
        expect(map.size).toBe(model.size);
        expect(map.get(other)).toBe(model.get(other));
        expect(map.has(at)).toBe(model.has(at));
      }
      expect([...map.keys()].toSorted((a, b) => a - b)).toEqual(
        [...model.keys()].toSorted((a, b) => a - b),
      );
    }),
  );
});
