import { afterAll, describe, expect, setDefaultTimeout, test } from "bun:test";
import { closeSync, openSync, readFileSync, readSync, truncateSync, writeSync } from "node:fs";
import { cardDevice, FileDevice } from "../../src/block/mod.ts";
import { checkVolume } from "../../src/fat/check/mod.ts";
import { type FatType, FatVolume } from "../../src/fat/mod.ts";
import { haveAll, Scratch } from "./tools.ts";

/** Images of mkfs.fat and mformat with their options: used here, and still sound for fsck.fat and mtools. */

setDefaultTimeout(60_000);
const scratch = new Scratch();
afterAll(() => scratch.remove());

interface Variant {
  /** The tool with its options; without the image. */
  readonly command: string;
  readonly kilobytes: number;
  readonly type: FatType;
}

const M = 1024;
const VARIANTS: Variant[] = [
  { command: "mkfs.fat", kilobytes: 360, type: 12 },
  { command: "mkfs.fat", kilobytes: 720, type: 12 },
  { command: "mkfs.fat", kilobytes: 1440, type: 12 },
  { command: "mkfs.fat", kilobytes: 2880, type: 12 },
  { command: "mkfs.fat", kilobytes: 32 * M, type: 16 },
  { command: "mkfs.fat", kilobytes: 600 * M, type: 32 },
  { command: "mkfs.fat -a", kilobytes: 16 * M, type: 16 },
  { command: "mkfs.fat -b 10 -F 32", kilobytes: 40 * M, type: 32 },
  { command: "mkfs.fat -D 0x00 -i 12345678", kilobytes: 16 * M, type: 16 },
  { command: "mkfs.fat -f 1 -F 12", kilobytes: 2 * M, type: 12 },
  { command: "mkfs.fat -f 1 -F 32", kilobytes: 40 * M, type: 32 },
  { command: "mkfs.fat -g 255/63 -h 2048", kilobytes: 64 * M, type: 16 },
  { command: "mkfs.fat -I -n LABELLED", kilobytes: 16 * M, type: 16 },
  { command: "mkfs.fat -M 0xf0", kilobytes: 16 * M, type: 16 },
  { command: "mkfs.fat -r 112 -F 12", kilobytes: 2 * M, type: 12 },
  { command: "mkfs.fat -r 4096", kilobytes: 32 * M, type: 16 },
  { command: "mkfs.fat -R 64 -F 32", kilobytes: 40 * M, type: 32 },
  { command: "mkfs.fat -R 7", kilobytes: 16 * M, type: 16 },
  ...[1, 2, 4, 8, 16, 32, 64, 128].map((s) => ({
    command: `mkfs.fat -F 16 -s ${s}`,
    kilobytes: 4 * s * M,
    type: 16 as const,
  })),
  ...[1, 8, 64].map((s) => ({
    command: `mkfs.fat -F 32 -s ${s}`,
    kilobytes: 40 * s * M,
    type: 32 as const,
  })),
  ...[1024, 2048, 4096].flatMap((size) => [
    { command: `mkfs.fat -S ${size} -F 12 -s 1`, kilobytes: 4 * M, type: 12 as const },
    { command: `mkfs.fat -S ${size} -F 16 -s 1`, kilobytes: 40 * M, type: 16 as const },
    { command: `mkfs.fat -S ${size} -F 32 -s 1`, kilobytes: 300 * M, type: 32 as const },
  ]),
  { command: "mkfs.fat --invariant", kilobytes: 16 * M, type: 16 },
  { command: "mkfs.fat --mbr=y -F 16", kilobytes: 64 * M, type: 16 },
  ...[160, 180, 320, 360, 720, 1200, 1440, 2880].map((k) => ({
    command: `mformat -f ${k} -i`,
    kilobytes: k,
    type: 12 as const,
  })),
  { command: "mformat -t 64 -h 16 -n 63 -i", kilobytes: 32256, type: 16 },
  { command: "mformat -F -i", kilobytes: 64 * M, type: 32 },
  { command: "mformat -F -c 1 -i", kilobytes: 40 * M, type: 32 },
  { command: "mformat -c 8 -i", kilobytes: 64 * M, type: 16 },
  { command: "mformat -r 32 -i", kilobytes: 64 * M, type: 16 },
  { command: "mformat -d 1 -i", kilobytes: 64 * M, type: 16 },
  { command: "mformat -H 63 -i", kilobytes: 64 * M, type: 16 },
  { command: "mformat -v NAMED -N 0badf00d -i", kilobytes: 64 * M, type: 16 },
  { command: "mformat -m 240 -i", kilobytes: 64 * M, type: 16 },
];

const CONTENTS = new TextEncoder().encode("0123456789abcdef".repeat(700));

describe.skipIf(!haveAll)("options of mkfs.fat and mformat (need mtools and dosfstools)", () => {
  test.each(VARIANTS)("$command, $kilobytes KiB", ({ command, kilobytes, type }) => {
    const image = scratch.file("variant.img", "");
    truncateSync(image, kilobytes * 1024);
    const [tool, ...options] = command.split(" ");
    scratch.run(tool, ...options, image);
    const host = scratch.file("host.bin", CONTENTS);
    const at = command.includes("--mbr") ? `${image}@@${partitionStart(image)}` : image;
    scratch.run("mcopy", "-i", at, host, "::By mcopy, a long name.bin");

    const fd = openSync(image, "r+");
    const device = cardDevice(
      new FileDevice({
        size: kilobytes * 1024,
        readAt: (offset, into) => void readSync(fd, into, 0, into.length, offset),
        writeAt: (offset, from) => void writeSync(fd, from, 0, from.length, offset),
        flush() {},
        close: () => closeSync(fd),
      }),
    );
    const volume = FatVolume.mount(device, { clock: () => 1_700_000_000 });
    expect(volume.type).toBe(type);
    expect(volume.warnings).toEqual([]);
    expect(volume.readFile("/By mcopy, a long name.bin")).toEqual(CONTENTS);
    volume.mkdir("/a folder");
    for (let i = 0; i < 8; i++)
      volume.writeFile(`/a folder/number ${i}.text`, CONTENTS.subarray(0, i * 999));
    volume.rename("/By mcopy, a long name.bin", "/a folder/moved");
    volume.unmount();
    expect(checkVolume(device).problems).toEqual([]);
    const { freeClusters } = FatVolume.mount(device).space();

    device.close();
    if (at === image) scratch.run("fsck.fat", "-n", image);
    const back = scratch.file("back.bin");
    scratch.run("mcopy", "-n", "-o", "-i", at, "::a folder/moved", back);
    expect(readFileSync(back).equals(CONTENTS)).toBe(true);
    const free = /([\d ]+) bytes free/.exec(scratch.run("mdir", "-i", at, "::"))?.[1];
    expect(Number(free?.replaceAll(" ", ""))).toBe(freeClusters * volume.geometry.clusterSize);
  });
});

function partitionStart(image: string): number {
  const table = Buffer.alloc(512);
  const fd = openSync(image, "r");
  readSync(fd, table, 0, 512, 0);
  closeSync(fd);
  return table.readUInt32LE(0x1be + 8) * 512;
}
