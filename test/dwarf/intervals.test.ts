import { expect, test } from "bun:test";
import fc from "fast-check";
import { Intervals } from "../../src/dwarf/mod.ts";

test("intervals are found as by looking at all of them", () => {
  const address = fc.nat(60);
  fc.assert(
    fc.property(fc.array(fc.tuple(address, address), { maxLength: 40 }), (pairs) => {
      const all = pairs.map(([start, end], n) => ({ start, end, n }));
      const some = new Intervals(all);
      for (let at = -1; at < 62; at++) {
        const brute = all.filter(({ start, end }) => at >= start && at < end);
        const found = [...some.at(at)];
        expect(new Set(found)).toEqual(new Set(brute));
        expect(found.length).toBe(brute.length);
        expect(some.has(at)).toBe(brute.length > 0);
        expect(found.map(({ start }) => start)).toEqual(
          found.map(({ start }) => start).toSorted((a, b) => b - a),
        );
      }
    }),
  );
});
