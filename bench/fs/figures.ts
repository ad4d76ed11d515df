import { measure } from "mitata";
import { RamDevice } from "../../src/block/mod.ts";
import { FatVolume } from "../../src/fat/mod.ts";
import type { Figure, Section } from "../figure.ts";
import { Comparison } from "./compare.ts";
import { GuestFiles } from "./guest.ts";

const MEGA = 1 << 20;
const FILE = 16 * MEGA;
const FILES = 10_000;

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
  const device = new RamDevice(256 * MEGA);
  const volume = FatVolume.format(device, { type: 32 });
  volume.mkdir("d");
  const started = performance.now();
  for (let i = 0; i < FILES; i++) volume.open(longName(i), { write: true, create: "new" }).close();
  const created = performance.now() - started;
  volume.unmount();
  const warm = FatVolume.mount(device);
  warm.list("d");
  let next = 0;
  const open = (): void =>
    warm
      .open(longName((next = (next + 7919) % FILES)), { write: false, create: "existing" })
      .close();
  const how = `${FILES} empty files with long names in one folder`;
  return [
    { name: `create ${FILES} files`, value: created, unit: "ms", how: `${how}, one run` },
    await duration(
      "open one of them, first",
      () => void FatVolume.mount(device).stat(longName(5000)),
      quick,
      `${how}; mounted anew each time`,
    ),
    await duration("open one of them, later", open, quick, how),
    await duration(
      "list them, first",
      () => void FatVolume.mount(device).list("d").length,
      quick,
      `${how}; mounted anew each time`,
    ),
    await duration("list them, later", () => void warm.list("d").length, quick, how),
  ];
}

/** The same bytes with FatFs, compiled to WebAssembly, in the same process. */
async function fatfs(quick: boolean): Promise<Figure[]> {
  const figures: Figure[] = [];
  for (const block of [32768, 512]) {
    const compared = await Comparison.create(block);
    const how = `16 MiB, FAT16 in memory, ${block} bytes a call`;
    figures.push(
      await rate(`FatFs: write, ${block} bytes a call`, () => compared.theirWrite(), quick, how),
      await rate(`FatFs: read, ${block} bytes a call`, () => compared.theirRead(), quick, how),
    );
  }
  return figures;
}

async function guest(quick: boolean): Promise<Figure[]> {
  const board = new GuestFiles();
  const figures: Figure[] = [];
  const runs = quick ? 3 : 9;
  const of = (ms: number) => FILE / MEGA / (ms / 1000);
  for (const block of [32768, 512])
    for (const mode of ["w", "r"] as const) {
      board.run(mode, FILE, block);
      const times = Array.from({ length: runs }, () => board.run(mode, FILE, block)).sort(
        (a, b) => a - b,
      );
      figures.push({
        name: `guest: ${mode === "w" ? "write" : "read"}, ${block} bytes a call`,
        value: of(times[runs >> 1]),
        unit: "MiB/s",
        range: [of(times[runs - 1]), of(times[0])],
        how: `16 MiB by a program on the board, loading it included; CPU time, median of ${runs}`,
      });
    }
  board.close();
  const many = new GuestFiles(FILES);
  const how = `${FILES} empty files with long names in one folder, by a program on the board; CPU time, median of ${runs}`;
  const ms = (mode: "l" | "o", times: number): Figure => {
    const all = Array.from(
      { length: runs },
      () => many.directory(mode, times) / Math.max(1, times),
    );
    all.sort((a, b) => a - b);
    const name = mode === "l" ? "guest: list them" : "guest: open and close one of them";
    return { name, value: all[runs >> 1], unit: "ms", range: [all[0], all[runs - 1]], how };
  };
  figures.push(ms("l", 10), ms("o", 1000));
  many.close();
  return figures;
}

async function mounting(quick: boolean): Promise<Figure[]> {
  const device = new RamDevice(2048 * MEGA);
  FatVolume.format(device, { type: 32 }).unmount();
  const mount = (): void => void FatVolume.mount(device);
  const space = (): void => void FatVolume.mount(device).space();
  return [
    await duration("mount a 2 GiB disk", mount, quick, "FAT32 in memory"),
    await duration("mount it and count what is free", space, quick, "FAT32 in memory"),
  ];
}

export const section: Section = {
  question: "How fast is the file system, alone, from a program, and against FatFs?",
  async figures(quick) {
    return [
      ...(await guest(quick)),
      ...(await sequential(32768, quick)),
      ...(await sequential(512, quick)),
      ...(await fatfs(quick)),
      ...(await manyFiles(quick)),
      ...(await mounting(quick)),
    ];
  },
};
