import { describe, expect, test } from "bun:test";
import fc from "fast-check";
import {
  type BlockDevice,
  FileDevice,
  type HostFile,
  OverlayDevice,
  PartitionDevice,
  RamDevice,
} from "../../src/block/mod.ts";

/** A host file in memory that counts what happens to it. */
class FakeFile implements HostFile {
  flushed = 0;
  closed = false;
  constructor(readonly bytes: Uint8Array) {}
  get size(): number {
    return this.bytes.length;
  }
  readAt(offset: number, into: Uint8Array): void {
    into.set(this.bytes.subarray(offset, offset + into.length));
  }
  writeAt(offset: number, from: Uint8Array): void {
    this.bytes.set(from, offset);
  }
  flush(): void {
    this.flushed++;
  }
  close(): void {
    this.closed = true;
  }
}

const SECTORS = 400;
const CONTENTS = Uint8Array.from({ length: SECTORS * 512 }, (_, i) => (i * 7 + (i >> 9)) & 0xff);
const fresh = () => CONTENTS.slice();

/** Every kind of device over the same contents. */
const KINDS: [string, () => BlockDevice][] = [
  ["RamDevice", () => new RamDevice(SECTORS * 512, fresh())],
  ["FileDevice", () => new FileDevice(new FakeFile(fresh()))],
  ["OverlayDevice", () => new OverlayDevice(new RamDevice(SECTORS * 512, fresh()))],
  [
    "PartitionDevice",
    () => {
      const disk = new RamDevice((SECTORS + 163) * 512);
      disk.write(63, fresh());
      return new PartitionDevice(disk, 63, SECTORS);
    },
  ],
];

describe.each(KINDS)("%s", (_, make) => {
  test("behaves as an array of sectors", () => {
    const access = fc.record({
      write: fc.boolean(),
      sector: fc.nat(SECTORS - 1),
      count: fc.integer({ min: 1, max: 200 }),
      fill: fc.nat(255),
    });
    fc.assert(
      fc.property(fc.array(access, { maxLength: 30 }), (accesses) => {
        const device = make();
        const model = fresh();
        for (const { write, sector, count, fill } of accesses) {
          const length = Math.min(count, SECTORS - sector) * 512;
          const bytes = new Uint8Array(length).fill(fill);
          if (write) {
            device.write(sector, bytes);
            model.set(bytes, sector * 512);
          } else device.read(sector, bytes);
          const expected = model.subarray(sector * 512, sector * 512 + length);
          expect(Buffer.compare(bytes, expected)).toBe(0);
        }
      }),
      { numRuns: 50 },
    );
  });

  test.each([
    ["behind the end", SECTORS, 512, /has 400 sectors/],
    ["across the end", SECTORS - 1, 1024, /has 400 sectors/],
    ["before the beginning", -1, 512, /at -1/],
    ["half a sector", 0, 100, /not a multiple of the 512-byte sector/],
  ])("refuses an access %s with a sentence", (_name, sector, bytes, sentence) => {
    const device = make();
    expect(() => device.read(sector, new Uint8Array(bytes))).toThrow(sentence);
    expect(() => device.write(sector, new Uint8Array(bytes))).toThrow(sentence);
  });
});

describe("RamDevice", () => {
  test("takes memory only for what was written", () => {
    const disk = new RamDevice(2 ** 40);
    expect(disk.sectors).toBe(2 ** 31);
    disk.write(2 ** 31 - 1, new Uint8Array(512).fill(1));
    disk.write(5, new Uint8Array(512 * 1000));
    expect(disk.allocated).toBeLessThan(200_000);
    const sector = new Uint8Array(512);
    disk.read(2 ** 31 - 1, sector);
    expect(sector[511]).toBe(1);
  });

  test("its image without the zeros at the end makes the same disk", () => {
    const disk = new RamDevice(1 << 20, undefined, 4096);
    disk.write(3, new Uint8Array(4096).fill(9));
    const image = disk.image(true);
    expect(image.length).toBe(4 * 4096);
    expect(new RamDevice(1 << 20, image, 4096).image()).toEqual(disk.image());
  });

  test("contents larger than the disk are refused", () => {
    expect(() => new RamDevice(512, new Uint8Array(513))).toThrow(/513 bytes/);
  });
});

describe("FileDevice", () => {
  test("leaves out the part of a sector at the end, flushes and closes the file", () => {
    const file = new FakeFile(new Uint8Array(1300));
    const device = new FileDevice(file);
    expect(device.sectors).toBe(2);
    device.flush();
    device.close();
    expect([file.flushed, file.closed]).toEqual([1, true]);
  });

  test("read-only: nothing reaches the file", () => {
    const file = new FakeFile(new Uint8Array(1024));
    const device = new FileDevice(file, { readOnly: true });
    expect(() => device.write(0, new Uint8Array(512).fill(1))).toThrow(/write-protected/);
    device.flush();
    expect(file.flushed).toBe(0);
    expect(file.bytes.every((byte) => byte === 0)).toBe(true);
  });
});

test("an overlay never writes to what is below", () => {
  const base = new RamDevice(SECTORS * 512, fresh());
  const overlay = new OverlayDevice(base);
  overlay.write(0, new Uint8Array(SECTORS * 512));
  overlay.flush();
  expect(base.image()).toEqual(fresh());
});
