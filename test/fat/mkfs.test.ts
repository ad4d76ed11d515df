import { beforeAll, describe, expect, test } from "bun:test";
import { RamDevice } from "../../src/block/mod.ts";
import { FatError, FatVolume, format } from "../../src/fat/mod.ts";
import { FatFs } from "./fatfs.ts";

/** Formatting gives the bytes that FatFs (f_mkfs, FM_SFD) gives. */

const SECTORS = [
  128, 200, 500, 1000, 2880, 4085, 5000, 8000, 20000, 32680, 40000, 65535, 65536, 66600, 100000,
  131072, 132048, 262144, 524288, 1048576, 2097152, 4194304, 8388608,
];
const TYPES = [undefined, 12, 16, 32] as const;
const CLUSTERS = [undefined, 512, 4096, 32768];

/** Boot sector, FSInfo, copies and the beginning of the FAT; the serial number, which comes from the clock, blanked. */
function beginning(device: RamDevice, fat32: boolean): Buffer {
  const bytes = new Uint8Array(Math.min(device.sectors, 600) * device.sectorSize);
  device.read(0, bytes);
  for (const sector of [0, 6]) {
    const serial = sector * device.sectorSize + (fat32 ? 67 : 39);
    if (sector === 0 || fat32) bytes.fill(0, serial, serial + 4);
  }
  return Buffer.from(bytes.buffer);
}

describe("format", () => {
  let fatfs: FatFs;
  beforeAll(async () => {
    fatfs = await FatFs.create(new RamDevice(1 << 20));
  });

  test.each([
    [512, 1],
    [512, 2],
    [4096, 1],
  ] as const)("sectors of %d bytes, %d FATs: as FatFs", (sectorSize, fats) => {
    let compared = 0;
    for (const sectors of SECTORS)
      for (const type of TYPES)
        for (const clusterSize of CLUSTERS) {
          if (clusterSize !== undefined && clusterSize < sectorSize) continue;
          const [theirs, ours] = [0, 1].map(
            () => new RamDevice(sectors * sectorSize, undefined, sectorSize),
          );
          // FatFs chooses between FAT12 and FAT16 itself; where it refuses we may do more.
          const result = fatfs.format(theirs, type ?? 0, clusterSize ?? 0, fats);
          if (result !== "ok") continue;
          const made = FatVolume.mount(theirs).type;
          if (type !== undefined && made !== type) continue;
          format(ours, { type, clusterSize, fats });
          const fat32 = made === 32;
          const equal = beginning(ours, fat32).equals(beginning(theirs, fat32));
          expect({ sectors, type, clusterSize, equal }).toEqual({
            sectors,
            type,
            clusterSize,
            equal: true,
          });
          compared++;
        }
    expect(compared).toBeGreaterThan(100);
  });

  test.each([
    ["nothing", 0, {}],
    ["8 sectors", 8 * 512, {}],
    ["FAT32 on 1 MiB", 1 << 20, { type: 32 as const }],
    ["FAT12 on 1 GiB with clusters of 512 bytes", 1 << 30, { type: 12 as const, clusterSize: 512 }],
    ["clusters of 513 bytes", 1 << 20, { clusterSize: 513 }],
    ["clusters of 128 KiB", 64 << 20, { clusterSize: 131072 }],
  ])("refuses %s with a sentence", (_, size, options) => {
    expect(() => format(new RamDevice(size), options)).toThrow(FatError);
    expect(() => format(new RamDevice(size), options)).toThrow(/^cannot format: /);
  });

  test("a label that cannot be one is refused before anything is written", () => {
    const device = new RamDevice(1 << 20);
    for (const label of ["twelve chars", "a/b", "a.b", "日本"])
      expect(() => format(device, { label })).toThrow(/is not a volume label|code page 437/);
    expect(device.allocated).toBe(0);
    expect(FatVolume.format(device, { label: "rtt disk" }).label).toBe("RTT DISK");
  });
});
