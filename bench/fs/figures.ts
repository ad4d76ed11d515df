import { measure } from "mitata";
import { RamDevice } from "../../src/block/mod.ts";
import { FatVolume } from "../../src/fat/mod.ts";
import type { Figure, Section } from "../figure.ts";

const MEGA = 1 << 20;
const FILE = 16 * MEGA;
const FILES = 2000;

async function rate(name: string, run: () => void, quick: boolean, how: string): Promise<Figure> {
  const { p50, min, p99 } = await measure(run, { min_cpu_time: quick ? 5e7 : 4e8 });
  const of = (ns: number): number => FILE / MEGA / (ns / 1e9);
  return { name, value: of(p50), unit: "MiB/s", range: [of(min), of(p99)], how };
}

async function duration(
  name: string,
  run: () => void,
  quick: boolean,
  how: string,
): Promise<Figure> {
  const { p50, min, p99 } = await measure(run, { min_cpu_time: quick ? 5e7 : 4e8 });
  return { name, value: p50 / 1e6, unit: "ms", range: [min / 1e6, p99 / 1e6], how };
}

async function sequential(block: number, quick: boolean): Promise<Figure[]> {
  const bytes = new Uint8Array(block).fill(0x5a);
  const volume = FatVolume.format(new RamDevice(64 * MEGA));
  const write = (): void => {
    const file = volume.open("big.bin", { write: true, create: "truncate" });
    for (let done = 0; done < FILE; done += block) file.write(bytes);
    file.close();
  };
  const read = (): void => {
    const file = volume.open("big.bin", { write: false, create: "existing" });
    while (file.read(bytes) > 0);
    file.close();
  };
  const how = `16 MiB, FAT16 in memory, ${block} bytes a call`;
  return [
    await rate(`write, ${block} bytes a call`, write, quick, how),
    await rate(`read, ${block} bytes a call`, read, quick, how),
  ];
}

const longName = (i: number): string => `d/a long file name, number ${i}.text`;

async function manyFiles(quick: boolean): Promise<Figure[]> {
  const make = (): FatVolume => {
    const volume = FatVolume.format(new RamDevice(64 * MEGA));
    volume.mkdir("d");
    for (let i = 0; i < FILES; i++)
      volume.open(longName(i), { write: true, create: "new" }).close();
    return volume;
  };
  const volume = make();
  const stat = (): void => {
    for (let i = 0; i < FILES; i++) volume.stat(longName(i));
  };
  const how = `${FILES} empty files with long names in one folder`;
  return [
    await duration(`create ${FILES} files`, () => void make(), quick, `${how}, new disk included`),
    await duration(`look up ${FILES} files`, stat, quick, how),
  ];
}

async function mounting(quick: boolean): Promise<Figure[]> {
  const device = new RamDevice(2048 * MEGA);
  FatVolume.format(device, { type: 32 }).unmount();
  const mount = (): void => void FatVolume.mount(device);
  return [await duration("mount a 2 GiB disk", mount, quick, "FAT32 in memory")];
}

export const section: Section = {
  question: "How fast is the file system? (fs.ts compares it with FatFs)",
  async figures(quick) {
    return [
      ...(await sequential(32768, quick)),
      ...(await sequential(512, quick)),
      ...(await manyFiles(quick)),
      ...(await mounting(quick)),
    ];
  },
};
