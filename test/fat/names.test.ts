import { beforeAll, describe, expect, test } from "bun:test";
import fc from "fast-check";
import { RamDevice } from "../../src/block/mod.ts";
import { decode437, encode437, FatVolume } from "../../src/fat/mod.ts";
import { FatFs, MODE } from "./fatfs.ts";
import { treeOf } from "./tree.ts";

/** Long names, 8.3 aliases and case, against FatFs. */

const SIZE = 4 << 20;
let fatfs: FatFs;
let fresh: Uint8Array;

beforeAll(async () => {
  const device = new RamDevice(SIZE);
  fatfs = await FatFs.create(device);
  fatfs.format(device, 16, 512, 1);
  fresh = device.image(true);
});

/** Creates files with these names on both sides, in one directory, and compares what came of each and the listings. */
function compare(names: readonly string[]): void {
  const [mine, theirs] = [new RamDevice(SIZE, fresh), new RamDevice(SIZE, fresh)];
  const volume = FatVolume.mount(mine, { packed: true });
  fatfs.mount(theirs);
  volume.mkdir("d");
  fatfs.mkdir("d");
  for (const name of names) {
    let ours = "ok";
    try {
      volume.open(`d/${name}`, { write: true, create: "new" }).close();
    } catch (error) {
      ours = (error as { reason: string }).reason;
    }
    const result = fatfs.withFile(`d/${name}`, MODE.new | 2, () => 0);
    expect(`${JSON.stringify(name)} ${ours}`).toBe(`${JSON.stringify(name)} ${result}`);
  }
  expect(treeOf(volume)).toEqual(fatfs.tree());
}

const HIGH = Array.from({ length: 128 }, (_, i) => decode437(String.fromCharCode(i + 0x80)));

describe("names as in FatFs", () => {
  test("every character of code page 437, in body and extension", () => {
    compare(HIGH.flatMap((c) => [`n${c}.${c}x`, `${c}`]));
  });

  test("every ASCII character", () => {
    const all = Array.from({ length: 96 }, (_, i) => String.fromCharCode(i + 32));
    // In FatFs a colon ends the number of a drive.
    compare(all.filter((c) => c !== ":").map((c) => `b${c}c.D`));
  });

  test("collisions: ~1 to ~5, then a hash", () => {
    compare(Array.from({ length: 60 }, (_, i) => `a long name ${i}.text`));
    compare(Array.from({ length: 30 }, (_, i) => `ab ${i}.t`));
  });

  test("random names", () => {
    const unit = fc.oneof(
      { weight: 6, arbitrary: fc.constantFrom(..."abcXYZ019._- ~+=".split("")) },
      { weight: 1, arbitrary: fc.constantFrom(...HIGH) },
      { weight: 1, arbitrary: fc.constantFrom("日", "本", "ж", "Ж", "ſ", "ẞ", "ı", "ﬁ") },
    );
    const name = fc.array(unit, { minLength: 1, maxLength: 30 }).map((units) => units.join(""));
    fc.assert(fc.property(fc.array(name, { minLength: 1, maxLength: 40 }), compare), {
      numRuns: 60,
      includeErrorInReport: true,
    });
  });

  test("lengths around the multiples of 13, up to 255 and beyond", () => {
    compare([12, 13, 14, 25, 26, 27, 39, 254, 255, 256, 300].map((n) => "k".repeat(n)));
  });
});

test("code page 437 and back", () => {
  const all = Array.from({ length: 256 }, (_, i) => String.fromCharCode(i)).join("");
  expect(encode437(decode437(all))).toBe(all);
  expect(decode437("\x84\x94\x81\xe1\xe3\xf1")).toBe("äöüßπ±");
  expect(encode437("日")).toBeUndefined();
});
