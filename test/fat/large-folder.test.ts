import { expect, test } from "bun:test";
import fc from "fast-check";
import { RamDevice } from "../../src/block/mod.ts";
import { checkVolume } from "../../src/fat/check/mod.ts";
import { FatError, FatVolume } from "../../src/fat/mod.ts";

/** A folder that is large when it is mounted, listed and looked into in any order: as a plain map of names says. */

const COUNT = 700;
const device = new RamDevice(40 << 20);
{
  const volume = FatVolume.format(device, { type: 32, clusterSize: 512 });
  volume.mkdir("/d");
  for (let i = 0; i < COUNT; i++) volume.writeFile(`/d/The file of number ${i}`, new Uint8Array(i));
  volume.unmount();
}
const image = device.image(true);

const number = fc.nat(COUNT + 20);
const step = fc.oneof(
  fc.record({
    do: fc.constantFrom("stat", "other case", "alias", "list", "remove", "create"),
    n: number,
    to: number,
  }),
  fc.record({ do: fc.constant("rename"), n: number, to: number }),
);

test("look-ups, lists and changes in any order", () => {
  fc.assert(
    fc.property(fc.array(step, { minLength: 1, maxLength: 30 }), (steps) => {
      const disk = new RamDevice(40 << 20, image);
      const volume = FatVolume.mount(disk);
      const name = (n: number): string => `/d/The file of number ${n}`;
      const sizes = new Map(Array.from({ length: COUNT }, (_, i) => [i, i]));
      const aliases = new Map<number, string>();
      const size = (path: string): number | undefined => {
        try {
          return volume.stat(path).size;
        } catch (error) {
          if (error instanceof FatError && error.reason === "no file") return undefined;
          throw error;
        }
      };
      for (const { do: what, n, to } of steps) {
        if (what === "stat") expect(size(name(n))).toBe(sizes.get(n));
        else if (what === "other case") expect(size(name(n).toUpperCase())).toBe(sizes.get(n));
        else if (what === "alias") {
          if (sizes.has(n)) aliases.set(n, volume.stat(name(n)).alias);
          const alias = aliases.get(n);
          if (alias && sizes.has(n)) expect(size(`/d/${alias}`)).toBe(sizes.get(n));
        } else if (what === "list")
          expect(
            volume
              .list("/d")
              .map(({ name }) => name)
              .sort(),
          ).toEqual([...sizes.keys()].map((n) => name(n).slice(3)).sort());
        else if (what === "remove" && sizes.has(n)) {
          volume.unlink(name(n));
          sizes.delete(n);
          aliases.delete(n);
        } else if (what === "create" && !sizes.has(n)) {
          volume.writeFile(name(n), new Uint8Array(to));
          sizes.set(n, to);
        } else if (what === "rename" && sizes.has(n) && !sizes.has(to)) {
          volume.rename(name(n), name(to));
          sizes.set(to, sizes.get(n)!);
          sizes.delete(n);
          aliases.delete(n);
        }
      }
      volume.unmount();
      expect(checkVolume(disk).problems).toEqual([]);
    }),
    { numRuns: process.env.RTT_SIM_FULL === "1" ? 300 : 30, includeErrorInReport: true },
  );
}, 120_000);
