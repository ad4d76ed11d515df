import { describe, expect, test } from "bun:test";
import {
  cardDevice,
  describePartition,
  findPartitions,
  PartitionDevice,
  RamDevice,
} from "../../src/block/mod.ts";

/** A disk with entries [flag, type, start, sectors] in its partition table. */
function disk(size: number, ...entries: [number, number, number, number][]): RamDevice {
  const sector = new Uint8Array(512);
  const view = new DataView(sector.buffer);
  entries.forEach(([flag, type, start, sectors], i) => {
    const at = 0x1be + i * 16;
    sector[at] = flag;
    sector[at + 4] = type;
    view.setUint32(at + 8, start, true);
    view.setUint32(at + 12, sectors, true);
  });
  view.setUint16(510, 0xaa55, true);
  return new RamDevice(size, sector);
}

describe("partition table", () => {
  test("the line of the recorded boot: an image of mformat", () => {
    const [first] = findPartitions(disk(64 << 20, [0x80, 6, 0, 132048]));
    expect(describePartition(first)).toBe("found part[0], begin: 0, size: 64.488MB");
  });

  test.each([
    [1000, "500KB"],
    [2048, "1.0MB"],
    [4 * 1024 * 2048, "4.0GB"],
    [3 * 1024 * 2048 + 100 * 2048, "3.100GB"],
  ])("%d sectors are %s", (sectors, size) => {
    const [first] = findPartitions(disk(1 << 20, [0, 12, 2048, sectors]));
    expect(describePartition(first)).toBe(`found part[0], begin: 1048576, size: ${size}`);
  });

  test("ends at the first entry that is none", () => {
    const found = findPartitions(disk(1 << 20, [0x80, 6, 1, 9], [0, 0, 0, 0], [0, 6, 100, 9]));
    expect(found.map(({ index }) => index)).toEqual([0]);
    expect(findPartitions(disk(1 << 20, [0x7f, 6, 1, 9]))).toEqual([]);
    expect(findPartitions(new RamDevice(1 << 20))).toEqual([]);
    expect(findPartitions(new RamDevice(0))).toEqual([]);
  });
});

describe("sd0", () => {
  test("is the first partition", () => {
    const card = disk(1 << 20, [0, 6, 100, 500]);
    const sd0 = cardDevice(card);
    expect(sd0.sectors).toBe(500);
    sd0.write(0, new Uint8Array(512).fill(3));
    const sector = new Uint8Array(512);
    card.read(100, sector);
    expect(sector[0]).toBe(3);
  });

  test("is the whole disk without a table, or when the entry cannot be true", () => {
    for (const card of [
      new RamDevice(1 << 20),
      disk(1 << 20, [0x80, 6, 0, 132048]),
      disk(1 << 20, [0x80, 6, 0xfffffff0, 5]),
      disk(1 << 20, [0x80, 6, 10, 0]),
    ])
      expect(cardDevice(card)).toBe(card);
  });

  test("is cut where the disk ends", () => {
    expect(cardDevice(disk(1 << 20, [0, 6, 2000, 5000])).sectors).toBe(48);
    expect(() => new PartitionDevice(new RamDevice(512), 1, 1)).toThrow(/begins at sector 1/);
  });
});
