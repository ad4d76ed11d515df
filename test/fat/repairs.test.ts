/** What the file system check does about single faults, and what it calls harmless. */
import { describe, expect, setDefaultTimeout, test } from "bun:test";
import { RamDevice } from "../../src/block/mod.ts";
import { checkVolume, HARMLESS } from "../../src/fat/check/mod.ts";
import { FatError, FatVolume, makeDisk } from "../../src/fat/mod.ts";
import { DAMAGES, DISKS, FILES, Patient, random } from "./corpus.ts";

setDefaultTimeout(120_000);

describe("particular repairs", () => {
  const disk = (type: 12 | 16 | 32) =>
    new Patient(type, DISKS.find((one) => one.type === type)!.size);

  test("lost clusters are saved as files, or freed on demand", () => {
    const patient = disk(16);
    DAMAGES["lost chain"](patient, random(5));
    const kept = patient.device();
    const before = FatVolume.mount(kept).space().freeClusters;
    checkVolume(kept, { repair: true });
    const [file] = FatVolume.mount(kept).list("/FOUND.000");
    expect(file.name).toBe("FILE0000.CHK");
    expect(file.size).toBeGreaterThan(0);
    expect(FatVolume.mount(kept).readFile("/FOUND.000/FILE0000.CHK").length).toBe(file.size);
    const freed = patient.device();
    checkVolume(freed, { repair: true, lost: "free" });
    expect(FatVolume.mount(freed).exists("/FOUND.000")).toBe(false);
    expect(FatVolume.mount(freed).space().freeClusters).toBeGreaterThan(before);
  });

  // 16 entries fill a cluster of the root directory, with or without a label.
  test.each([13, 14, 15, 16, 17])(
    "FAT32 with %d names in its root: lost clusters are saved all the same",
    (names) => {
      const files = Array.from({ length: names }, (_, i) => ({
        path: `/FILE${i}`,
        bytes: Uint8Array.of(i),
      }));
      const device = makeDisk(files, { type: 32, size: 40 << 20 });
      const { geometry } = FatVolume.mount(device, { readOnly: true });
      expect(geometry.clusterSize).toBe(512);
      for (let copy = 0; copy < geometry.fats; copy++) {
        const sector = new Uint8Array(512);
        const at = geometry.fatSector + copy * geometry.fatSectors + 4;
        device.read(at, sector);
        new DataView(sector.buffer).setUint32(40, 0x0fffffff, true);
        device.write(at, sector);
      }
      checkVolume(device, { repair: true });
      expect(checkVolume(device).problems).toEqual([]);
      expect(FatVolume.mount(device).list("/FOUND.000")).toHaveLength(1);
    },
  );

  test("both owners of shared clusters keep what they read", () => {
    const patient = disk(16);
    const device = patient.device();
    const volume = FatVolume.mount(device);
    const hello = volume.readFile("/hello.txt");
    const at = patient
      .entries()
      .filter(
        (one) => [0x48, 0x41].includes(patient.image[one]) && patient.image[one + 11] === 0x20,
      );
    patient.view.setUint16(at[1] + 26, patient.view.getUint16(at[0] + 26, true), true);
    const shared = patient.device();
    const report = checkVolume(shared, { repair: true });
    expect(report.problems.map(({ kind }) => kind)).toContain("cross link");
    const after = FatVolume.mount(shared);
    expect(after.readFile("/hello.txt")).toEqual(hello);
    after.unlink("/A long file name.text");
    expect(after.readFile("/hello.txt")).toEqual(hello);
    after.unmount();
    expect(checkVolume(shared).problems).toEqual([]);
  });

  test("FAT32: a boot sector of zeros comes back from its backup", () => {
    const patient = disk(32);
    patient.image.fill(0, 0, 512);
    const device = patient.device();
    expect(() => FatVolume.mount(device)).toThrow(FatError);
    expect(checkVolume(device, { repair: true }).problems[0].kind).toBe("boot sector");
    expect(FatVolume.mount(device).readFile("/hello.txt").length).toBe(3000);
  });

  // fsck.fat: "There are differences between boot sector and its backup".
  test("FAT32: the one signature that only the backup still has comes back from there", () => {
    const patient = disk(32);
    const sound = patient.image.slice(0, 512);
    patient.image[66] = 0;
    const device = patient.device();
    const report = checkVolume(device, { repair: true });
    expect(report.problems.map(({ kind }) => kind)).toEqual(["boot sector"]);
    for (const sector of [0, 6]) {
      const bytes = new Uint8Array(512);
      device.read(sector, bytes);
      expect({ sector, bytes: Buffer.from(bytes) }).toEqual({ sector, bytes: Buffer.from(sound) });
    }
    expect(checkVolume(device).problems).toEqual([]);
  });

  // fsck.fat -n: "Failed to read sector ...".
  test("an image that is cut off where nothing was is reported all the same", () => {
    const patient = disk(16);
    const half = (patient.device().sectors >>> 1) * 512;
    const report = checkVolume(new RamDevice(half, patient.image.subarray(0, half)));
    expect(report.problems.map(({ kind }) => kind)).toEqual(["cut off"]);
  });

  test("an image that is cut off is reported, never repaired", () => {
    const patient = disk(16);
    const cut = new RamDevice(64 << 10, patient.image.subarray(0, 64 << 10));
    const before = Bun.hash(cut.image());
    const report = checkVolume(cut, { repair: true });
    expect(report.total).toBeGreaterThan(0);
    expect(report.refused).toContain("cut off");
    expect(Bun.hash(cut.image())).toBe(before);
  });

  test("a volume that was written and not unmounted has the mark of an open one, and only that", () => {
    for (const disk of DISKS) {
      const device = makeDisk([...FILES], disk);
      const volume = FatVolume.mount(device);
      volume.writeFile("/new", new Uint8Array(100));
      volume.sync();
      const left = checkVolume(device).problems.filter(({ kind }) => kind !== "free count");
      expect(left.map(({ kind }) => kind)).toEqual(["dirty flag"]);
      expect(FatVolume.mount(device).warnings.join()).toContain("not closed properly");
      // Another use does not take the mark away; a repair does.
      const again = FatVolume.mount(device);
      again.unlink("/new");
      again.unmount();
      expect(checkVolume(device, { repair: true }).problems[0].kind).toBe("dirty flag");
      expect(FatVolume.mount(device).warnings).toEqual([]);
      expect(checkVolume(device).problems).toEqual([]);
    }
  });

  test("a closed volume has no mark, and reading alone never sets it", () => {
    for (const disk of DISKS) {
      const device = makeDisk([...FILES], disk);
      const before = Bun.hash(device.image(true));
      const volume = FatVolume.mount(device);
      volume.readFile("/hello.txt");
      volume.sync();
      volume.unmount();
      expect(Bun.hash(device.image(true))).toBe(before);
      const other = FatVolume.mount(device);
      other.writeFile("/x", new Uint8Array(10));
      other.unmount();
      expect(checkVolume(device).problems).toEqual([]);
    }
  });

  test("what a killed writer leaves is called harmless", () => {
    expect([...HARMLESS].sort()).toEqual([
      "FAT copies",
      "dirty flag",
      "excess",
      "free count",
      "lost clusters",
    ]);
  });
});

test("a huge size on shared clusters takes no memory, and is reported as left", () => {
  const device = new RamDevice(6 * 2 ** 30);
  const volume = FatVolume.format(device, { type: 32, clusterSize: 32768, fats: 2 });
  for (const name of ["/one", "/two"]) {
    const file = volume.open(name, { write: true, create: "new" });
    file.seek(name === "/one" ? 1.5 * 2 ** 30 : 100);
    file.close();
  }
  volume.unmount();
  // The second begins where the first does, and says it is as long.
  const root = new Uint8Array(32768);
  const { dataSector } = volume.geometry;
  device.read(dataSector, root);
  root.copyWithin(32 + 20, 20, 32);
  device.write(dataSector, root);
  const before = device.allocated;
  const report = checkVolume(device, { repair: true });
  expect(report.problems.map(({ kind }) => kind)).toContain("cross link");
  expect(report.remaining.map(({ kind }) => kind)).toContain("cross link");
  expect(device.allocated - before).toBeLessThan(64 << 20);
  expect(FatVolume.mount(device).stat("/two").size).toBe(1.5 * 2 ** 30);
});
