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
  expect(volume.table.reads).toBeLessThan(25_000);
});

test("a jump to another place of a large FAT reads 4 KiB of it, not more", () => {
  const device = new CountedDisk(new RamDevice(128 * GIB));
  FatVolume.format(device, { type: 32, clusterSize: 4096 }).writeFile("/hop", new Uint8Array(1));
  const made = FatVolume.mount(device);
  const clusters = made.table.limit - 2;
  const HOPS = 5000;
  // One that has no divisor in common with a power of two never comes back so soon.
  const chain = Array.from({ length: HOPS }, (_, i) => 4 + ((i * 7_368_787) % (clusters - 4)));
  let last = 3;
  for (const cluster of chain) {
    made.table.set(last, cluster);
    last = cluster;
  }
  made.table.terminate(last);
  made.table.flush();
  const volume = FatVolume.mount(device);
  const before = device.sectorsRead;
  let count = 0;
  for (let at = 3; at !== -1; at = volume.table.next(at)) count++;
  expect(count).toBe(HOPS + 1);
  expect(device.sectorsRead - before).toBeLessThanOrEqual(8 * (HOPS + 1));
});

test("a check follows a long chain once, however many entries that are no directories lead into it", () => {
  const device = new RamDevice(192 << 20);
  const volume = FatVolume.format(device, { type: 32, clusterSize: 512 });
  const CLUSTERS = 300_000;
  const ENTRIES = 2000;
  volume.writeFile("/long", new Uint8Array(CLUSTERS * 512).fill(0xff));
  for (let i = 0; i < ENTRIES; i++) volume.writeFile(`/d${i}`, new Uint8Array(0));
  volume.unmount();
  // The empty files become directories that begin in the chain.
  const { rootCluster, dataSector, sectorSize } = volume.geometry;
  const bytes = new Uint8Array(sectorSize);
  const view = new DataView(bytes.buffer);
  let made = 0;
  for (let cluster = rootCluster; cluster !== -1; cluster = volume.table.next(cluster)) {
    device.read(dataSector + cluster - 2, bytes);
    for (let at = 0; at < sectorSize; at += 32) {
      if (bytes[at] !== 0x44 || bytes[at + 11] !== 0x20) continue;
      bytes[at + 11] = 0x10;
      view.setUint16(at + 26, 10 + made++, true);
    }
    device.write(dataSector + cluster - 2, bytes);
  }
  expect(made).toBe(ENTRIES);
  const cpu = process.cpuUsage();
  const report = checkVolume(device);
  const { user } = process.cpuUsage(cpu);
  expect(report.total).toBeGreaterThan(ENTRIES);
  expect(user / 1e6).toBeLessThan(3);
});

test("the first change of a disk that was closed does not read its FAT; FSInfo is right all the same", () => {
  const device = new CountedDisk(new RamDevice(128 * GIB));
  FatVolume.format(device, { type: 32, clusterSize: 32768 }).unmount();
  const before = device.sectorsRead;
  const volume = FatVolume.mount(device);
  volume.writeFile("/a", new Uint8Array(100_000));
  volume.unmount();
  expect(device.sectorsRead - before).toBeLessThan(100);
  expect(checkVolume(device).problems).toEqual([]);
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
