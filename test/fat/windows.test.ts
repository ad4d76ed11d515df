import { afterAll, describe, expect, test } from "bun:test";
import { closeSync, openSync, truncateSync, writeSync } from "node:fs";
import { cardDevice, RamDevice } from "../../src/block/mod.ts";
import { checkVolume } from "../../src/fat/check/mod.ts";
import { FatError, FatVolume } from "../../src/fat/mod.ts";
import { have, Scratch } from "./tools.ts";
import { WINDOWS, windowsDisk } from "./windows.ts";

/** Disks of Windows and of cameras are used here, and are sound for fsck.fat before and after. */

const scratch = new Scratch();
afterAll(() => scratch.remove());

const BYTES = Uint8Array.from({ length: 70_000 }, (_, i) => (i * 13 + (i >> 8)) & 0xff);

const ZEROS = Buffer.alloc(1 << 20);
/** What fsck.fat says of sound disks of Windows: it leaves the label in the boot sector and the numbers of FSInfo empty. */
const WINDOWS_WAY = [
  /^fsck\.fat |^\S+windows\.img: \d+ files, |^\s*$|^Leaving filesystem unchanged/,
  /^There is no label in boot sector, but|^  Auto-copying volume label/,
  /^Free cluster summary (uninitialized|wrong)|^  Auto-correcting\./,
];

/** What else fsck.fat has to say of the volume, which it wants in a file of its own; the file is as sparse as the disk. */
function judge(device: RamDevice, start: number): string[] {
  const path = scratch.file("windows.img", "");
  truncateSync(path, (device.sectors - start) * 512);
  const fd = openSync(path, "r+");
  const piece = new Uint8Array(1 << 20);
  for (let at = start; at < device.sectors; at += 2048) {
    const bytes = piece.subarray(0, Math.min(2048, device.sectors - at) * 512);
    device.read(at, bytes);
    if (ZEROS.compare(bytes, 0, bytes.length, 0, bytes.length) !== 0)
      writeSync(fd, bytes, 0, bytes.length, (at - start) * 512);
  }
  closeSync(fd);
  const { text } = scratch.try("fsck.fat", "-n", path);
  return text.split("\n").filter((line) => !WINDOWS_WAY.some((way) => way.test(line)));
}

describe("disks that Windows and cameras made", () => {
  test.each(WINDOWS)("$name", (recipe) => {
    const { device } = windowsDisk(recipe);
    const start = recipe.start ?? 0;
    // A copy of the largest for fsck.fat takes too long.
    const judged = have("fsck.fat") && device.sectors < 2 ** 22;
    if (judged) expect(judge(device, start)).toEqual([]);
    const card = cardDevice(device);
    const volume = FatVolume.mount(card, { clock: () => 1_700_000_000 });
    expect([volume.type, volume.label, volume.warnings]).toEqual([recipe.type, "CAMERA", []]);
    expect(volume.list("/")).toMatchObject([
      { name: "System Volume Information", alias: "SYSTEM~1", directory: true, attributes: 0x16 },
    ]);
    const { freeClusters, clusters } = volume.space();
    expect(freeClusters).toBe(clusters - (recipe.type === 32 ? 2 : 1));
    volume.mkdir("/DCIM");
    volume.writeFile("/DCIM/A photo.jpg", BYTES);
    volume.rename("/System Volume Information", "/DCIM/svi");
    volume.unmount();
    expect(FatVolume.mount(card).readFile("/dcim/a PHOTO.jpg")).toEqual(BYTES);
    expect(checkVolume(card).problems).toEqual([]);
    if (judged) expect(judge(device, start)).toEqual([]);
  });
});

describe("the mark of Windows that a volume is open, in the second entry of the FAT", () => {
  const recipes = WINDOWS.filter(({ type, sectors }) => type !== 12 && sectors < 2 ** 21);
  test.each(recipes)("$name", (recipe) => {
    const { device } = windowsDisk(recipe);
    const { start = 0, reserved, type } = recipe;
    const [at, bit] = type === 16 ? [3, 0x80] : [7, 0x08];
    const sector = new Uint8Array(512);
    const marked = (): boolean => {
      device.read(start + reserved, sector);
      return (sector[at] & bit) === 0;
    };
    expect(marked()).toBe(false);
    sector[at] &= ~bit;
    device.write(start + reserved, sector);
    const card = cardDevice(device);
    const volume = FatVolume.mount(card);
    expect(volume.warnings).toEqual([expect.stringContaining("not closed properly")]);
    volume.writeFile("/file", BYTES);
    volume.unmount();
    // Nobody has checked it.
    expect(marked()).toBe(true);
    expect(FatVolume.mount(card).warnings.length).toBe(1);
    checkVolume(card, { repair: true });
    expect(marked()).toBe(false);
    expect(FatVolume.mount(card).warnings).toEqual([]);
  });
});

describe("what is no FAT is called what it is", () => {
  const sector = (fill: (bytes: Uint8Array) => void): RamDevice => {
    const bytes = new Uint8Array(512);
    fill(bytes);
    return new RamDevice(1 << 20, bytes);
  };
  const write = (bytes: Uint8Array, at: number, text: string): void =>
    void bytes.set(Buffer.from(text, "latin1"), at);
  const signed = (oem: string) =>
    sector((bytes) => {
      bytes.set([0xeb, 0x76, 0x90]);
      write(bytes, 3, oem);
      bytes.set([0x55, 0xaa], 510);
    });
  test.each<[string, RamDevice, string]>([
    ["exFAT", signed("EXFAT   "), "exFAT, which RT-Thread 4.0.4 does not read"],
    ["NTFS", signed("NTFS    "), "NTFS"],
    ["GPT", sector((bytes) => write(bytes, 0, "EFI PART")), "GUID partition table"],
    [
      "MBR, first entry empty",
      sector((bytes) => {
        bytes.set([0x33, 0xc0]);
        bytes.set([0x00, 0x20, 0x21, 0x00, 0x0c, 0xfe, 0xff, 0xff, 0, 8, 0, 0, 0, 8, 0, 0], 0x1ce);
        bytes.set([0x55, 0xaa], 510);
      }),
      "partition table (MBR), and its first entry is empty",
    ],
    ["xz", sector((bytes) => write(bytes, 0, "\xfd7zXZ\0")), "xz archive; unpack it first"],
    ["tar", sector((bytes) => write(bytes, 257, "ustar")), "tar archive"],
    ["QCOW2", sector((bytes) => write(bytes, 0, "QFI\xfb")), "qemu-img convert"],
    ["ELF", sector((bytes) => write(bytes, 0, "\x7fELF")), "an ELF file, not a disk"],
  ])("%s", (_, device, words) => {
    expect(() => FatVolume.mount(device)).toThrow(FatError);
    expect(() => FatVolume.mount(device)).toThrow(words);
  });
});
