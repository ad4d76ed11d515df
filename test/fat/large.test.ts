import { describe, expect, test } from "bun:test";
import { OverlayDevice, RamDevice } from "../../src/block/mod.ts";
import { checkVolume } from "../../src/fat/check/mod.ts";
import { FatVolume } from "../../src/fat/mod.ts";
import { CountedDisk } from "../../src/machine/counted-disk.ts";

/** The limits of FAT, on sparse disks: nothing takes memory that was not written. */

const GIB = 2 ** 30;

test("a chain that leads to another piece of the FAT at each step is followed without reading it again each time", () => {
  const device = new RamDevice(2500 * 2 ** 20);
  FatVolume.format(device, { type: 32, clusterSize: 512 }).writeFile("/hop", new Uint8Array(1));
  const made = FatVolume.mount(device);
  const [PAGES, STEPS] = [290, 200];
  const cluster = (page: number, step: number): number => page * 16384 + 100 + step;
  let last = 3;
  for (let step = 0; step < STEPS; step++)
    for (let page = 0; page < PAGES; page++) {
      made.table.set(last, cluster(page, step));
      last = cluster(page, step);
    }
  made.table.terminate(last);
  made.table.flush();
  const volume = FatVolume.mount(device);
  let at = 3;
  let count = 0;
  for (; at !== -1; at = volume.table.next(at)) count++;
  expect(count).toBe(PAGES * STEPS + 1);
  expect(volume.table.loads).toBeLessThan(25_000);
});

describe("large disks and files", () => {
  test("a file ends at 4 GiB - 1: what lies behind is not written, what lies before is", () => {
    const device = new RamDevice(6 * GIB);
    const volume = FatVolume.format(device, { type: 32, clusterSize: 32768 });
    const file = volume.open("/big", { write: true, create: "new" });
    expect(file.seek(2 ** 32)).toBe(2 ** 32 - 1);
    file.seek(2 ** 32 - 11);
    expect(file.write(new Uint8Array(100).fill(7))).toBe(10);
    file.close();
    expect(volume.stat("/big").size).toBe(2 ** 32 - 1);
    const reader = volume.open("/big", { write: false, create: "existing" });
    reader.seek(2 ** 32 - 11);
    const tail = new Uint8Array(64);
    expect(reader.read(tail)).toBe(10);
    expect([...tail.subarray(0, 11)]).toEqual([7, 7, 7, 7, 7, 7, 7, 7, 7, 7, 0]);
    reader.close();
    volume.unmount();
    expect(checkVolume(device).problems).toEqual([]);
    FatVolume.mount(device).unlink("/big");
    expect(device.allocated).toBeLessThan(8 << 20);
  });

  test("mounting reads the same few sectors, whatever the size of the disk", () => {
    const reads = [64 << 20, 2 * GIB, 256 * GIB].map((size) => {
      const device = new CountedDisk(new RamDevice(size));
      FatVolume.format(device, {
        type: 32,
        clusterSize: size > 64 * GIB ? 32768 : 512 * Math.max(1, size / GIB),
      }).unmount();
      const before = device.sectorsRead;
      FatVolume.mount(device);
      return device.sectorsRead - before;
    });
    expect(reads).toEqual([2, 2, 2]);
  });

  test("an overlay over 4 GiB holds only what changes, and brings only that to its base", () => {
    const base = new RamDevice(4 * GIB);
    FatVolume.format(base, { type: 32 }).unmount();
    const overlay = new OverlayDevice(base);
    const counted = new CountedDisk(overlay);
    const volume = FatVolume.mount(counted);
    volume.writeFile("/a", new Uint8Array(100_000).fill(1));
    volume.unmount();
    expect(FatVolume.mount(base).exists("/a")).toBe(false);
    overlay.commit();
    expect(FatVolume.mount(base).readFile("/a")).toEqual(new Uint8Array(100_000).fill(1));
    expect(checkVolume(base).problems).toEqual([]);
  });
});
