import { afterAll, describe, expect, test } from "bun:test";
import { readFileSync } from "node:fs";
import { RamDevice } from "../../src/block/mod.ts";
import { FatVolume, makeDisk } from "../../src/fat/mod.ts";
import { haveAll, Scratch } from "./tools.ts";

/** Images of other people's tools here, our images there. Skipped without mtools and dosfstools. */

const scratch = new Scratch();
afterAll(() => scratch.remove());

const IMAGES: { name: string; type: 12 | 16 | 32; megabytes: number; make: string[] }[] = [
  { name: "mkfs.fat FAT12", type: 12, megabytes: 4, make: ["mkfs.fat", "-F", "12", "-n", "ALPHA"] },
  { name: "mkfs.fat FAT16", type: 16, megabytes: 16, make: ["mkfs.fat", "-F", "16"] },
  { name: "mkfs.fat FAT32", type: 32, megabytes: 40, make: ["mkfs.fat", "-F", "32"] },
  { name: "mkfs.fat sectors of 4096", type: 12, megabytes: 16, make: ["mkfs.fat", "-S", "4096"] },
  { name: "mkfs.fat one FAT", type: 16, megabytes: 16, make: ["mkfs.fat", "-f", "1"] },
  { name: "mkfs.fat floppy", type: 12, megabytes: 1.44, make: ["mkfs.fat"] },
  { name: "mformat FAT16", type: 16, megabytes: 64, make: ["mformat", "-i"] },
  { name: "mformat FAT32", type: 32, megabytes: 40, make: ["mformat", "-F", "-i"] },
];

const TEXT = new TextEncoder().encode("hello, world\n".repeat(1000));
const NAMES = [
  "readme.txt",
  "UPPER.TXT",
  "Long file name.text",
  "weird+name;=.c",
  ".profile",
  "Größe und Maß.txt",
];

function makeImage(index: number): string {
  const { megabytes, make } = IMAGES[index];
  const image = scratch.file(`${index}.img`, new Uint8Array(Math.floor(megabytes * 1024) * 1024));
  const [tool, ...args] = make;
  scratch.run(tool, ...args, image);
  return image;
}

describe.skipIf(!haveAll)("images of mkfs.fat and mformat (need mtools and dosfstools)", () => {
  test.each(IMAGES.map(({ name, type }, index) => ({ name, type, index })))(
    "$name: what mcopy put there is read, what we write is read by mcopy",
    ({ type, index }) => {
      const image = makeImage(index);
      const host = scratch.file("host.bin", TEXT);
      scratch.run("mmd", "-i", image, "::Sub Dir");
      for (const name of NAMES) scratch.run("mcopy", "-i", image, host, `::Sub Dir/${name}`);
      scratch.run("mattrib", "+r", "+h", "-i", image, "::Sub Dir/readme.txt");

      const device = scratch.load(image);
      const volume = FatVolume.mount(device, { clock: () => 1_600_000_000 });
      expect(volume.type).toBe(type);
      const listed = volume.list("Sub Dir");
      expect(listed.map(({ name }) => name)).toEqual(NAMES);
      expect(listed.map(({ size }) => size)).toEqual(NAMES.map(() => TEXT.length));
      expect(listed[0].attributes & 0x07).toBe(0x03);
      for (const name of NAMES) expect(volume.readFile(`sub dir/${name}`)).toEqual(TEXT);

      volume.mkdir("ours");
      for (const name of NAMES) volume.writeFile(`ours/${name}`, TEXT.subarray(0, 7777));
      volume.unlink("Sub Dir/UPPER.TXT");
      volume.rename("Sub Dir/Long file name.text", "ours/moved and Renamed.text");
      volume.rename("Sub Dir", "ours/deeper");
      volume.unmount();

      scratch.check(device);
      const saved = scratch.save(device);
      const back = scratch.file("back.bin");
      for (const name of [...NAMES, "moved and Renamed.text"]) {
        scratch.run("mcopy", "-n", "-o", "-i", saved, `::ours/${name}`, back);
        const size = name.startsWith("moved") ? TEXT.length : 7777;
        expect(readFileSync(back).equals(TEXT.subarray(0, size))).toBe(true);
      }
      const shown = scratch.run("mdir", "-a", "-b", "-i", saved, "::ours/deeper");
      expect(shown.trim().split("\n").length).toBe(NAMES.length - 2);
    },
    60_000,
  );

  test("the volume label of mkfs.fat is shown, and ours is shown by mdir", () => {
    const device = scratch.load(makeImage(0));
    const volume = FatVolume.mount(device);
    expect(volume.label).toBe("ALPHA");
    volume.label = "beta 2";
    volume.unmount();
    expect(scratch.run("mdir", "-i", scratch.save(device), "::")).toContain("is BETA 2");
  });
});

describe.skipIf(!haveAll)("our images (need mtools and dosfstools)", () => {
  const sizes = [
    { type: 12, size: 160 << 10 },
    { type: 12, size: 2 << 20 },
    { type: 16, size: 16 << 20 },
    { type: 32, size: 40 << 20 },
  ] as const;

  test.each(sizes)("FAT$type of $size bytes: fsck.fat and mdir agree", ({ type, size }) => {
    const entries = Array.from({ length: 60 }, (_, i) => ({
      path: `/dir ${i % 3}/File number ${i}.text`,
      bytes: TEXT.subarray(0, (i * 37) % 1500),
      mtime: 1577836800 + i * 86400,
    }));
    const device = makeDisk(entries, { type, size, label: "RTT" });
    scratch.check(device);
    const saved = scratch.save(device);
    const listing = scratch.run("mdir", "-i", saved, "::dir 1");
    expect(listing).toContain("File number 1.text");
    expect(listing).toContain("2020-01-02");
    const volume = FatVolume.mount(scratch.load(saved));
    for (const { path, bytes, mtime } of entries) {
      expect(volume.readFile(path)).toEqual(bytes);
      expect(volume.stat(path).modified).toBe(mtime);
    }
  });

  test("a disk written until it is full, and emptied, is sound", () => {
    const device = new RamDevice(1 << 20);
    let volume = FatVolume.format(device, { fats: 2 });
    let files = 0;
    for (; ; files++) {
      const file = volume.open(`f${files}`, { write: true, create: "new" });
      const written = file.write(TEXT);
      file.close();
      if (written < TEXT.length) break;
    }
    expect(files).toBeGreaterThan(70);
    expect(volume.space().freeClusters).toBe(0);
    volume.unmount();
    scratch.check(device);
    volume = FatVolume.mount(device);
    for (let i = 0; i <= files; i++) volume.unlink(`f${i}`);
    expect(volume.space().freeClusters).toBe(volume.space().clusters);
    volume.unmount();
    scratch.check(device);
  });
});
