/** What budgets limit of the file system: time against FatFs on the same bytes, and sectors moved, which are exact. */
import { RamDevice } from "../../src/block/mod.ts";
import { FatVolume, makeDisk } from "../../src/fat/mod.ts";
import { CountedDisk } from "../../src/machine/counted-disk.ts";
import { FatFs } from "../../test/fat/fatfs.ts";
import { ratio } from "../ratios.ts";
import { Comparison } from "./compare.ts";
import { GuestFiles } from "./guest.ts";

const MEGA = 1 << 20;

/** Our time over that of FatFs in WebAssembly. */
export async function fsRatio(what: "write" | "read", block: number): Promise<number> {
  const compared = await Comparison.create(block);
  const [ours, theirs] =
    what === "write"
      ? [() => compared.ourWrite(), () => compared.theirWrite()]
      : [() => compared.ourRead(), () => compared.theirRead()];
  const repeat = (run: () => void) => (n: number) => {
    while (n--) run();
  };
  return ratio(repeat(ours), repeat(theirs));
}

/** Listing a folder of 10,000 files with long names, mounted anew: our time over that of FatFs. */
export async function listRatio(): Promise<number> {
  const device = new RamDevice(64 * MEGA);
  const entries = Array.from({ length: 10_000 }, (_, i) => ({
    path: `/d/a long file name, number ${i}.text`,
    bytes: new Uint8Array(0),
  }));
  const many = makeDisk(entries, { size: 64 * MEGA, type: 32, clusterSize: 512 });
  const theirs = await FatFs.create(device);
  const repeat = (run: () => number) => (n: number) => {
    while (n--) if (run() !== entries.length) throw new Error("files are missing");
  };
  return ratio(
    repeat(() => FatVolume.mount(many).list("/d").length),
    repeat(() => {
      theirs.mount(many);
      return theirs.tree("/d").length;
    }),
  );
}

const RUNS = 7;

/** 16 MiB by a program on the board, loading it included: the least CPU time of some runs, in milliseconds. */
export function guestTime(mode: "w" | "r", block: number): number {
  const board = new GuestFiles();
  board.run("w", 16 * MEGA, block);
  const best = Math.min(...Array.from({ length: RUNS }, () => board.run(mode, 16 * MEGA, block)));
  board.close();
  return best;
}

/** Listing a folder of 10,000 files, or opening one of them, the same way. */
export function guestFolder(mode: "l" | "o"): number {
  const board = new GuestFiles(10_000);
  const times = mode === "l" ? 10 : 1000;
  const best = Math.min(
    ...Array.from({ length: RUNS }, () => board.directory(mode, times) / times),
  );
  board.close();
  return best;
}

/** Sectors that a piece of work reads or writes; the same on every machine. */
export function fsCounters(): [string, number][] {
  const mounted = new CountedDisk(new RamDevice(2048 * MEGA));
  FatVolume.format(mounted, { type: 32 }).unmount();
  const before = mounted.sectorsRead;
  FatVolume.mount(mounted).list("/");
  const mounting = mounted.sectorsRead - before;

  const disk = new CountedDisk(new RamDevice(64 * MEGA));
  const volume = FatVolume.format(disk, { type: 16 });
  const block = new Uint8Array(512);
  let written = disk.sectorsWritten;
  const file = volume.open("big.bin", { write: true, create: "new" });
  for (let i = 0; i < 32768; i++) file.write(block);
  file.close();
  const streaming = disk.sectorsWritten - written;

  const many = makeDisk(
    Array.from({ length: 1000 }, (_, i) => ({ path: `/d/file number ${i}.text`, bytes: block })),
    // The folder as FatFs, Windows and Linux lay it out.
    { size: 64 * MEGA, type: 32, packed: true },
  );
  const counted = new CountedDisk(many);
  const full = FatVolume.mount(counted);
  for (let i = 0; i < 1000; i++) full.stat(`/d/file number ${i}.text`);
  const looking = counted.sectorsRead;
  written = counted.sectorsWritten;
  full.open("/d/one more", { write: true, create: "new" }).close();
  full.unlink("/d/one more");
  return [
    ["fs: sectors read, mounting 2 GiB and listing its root", mounting],
    ["fs: sectors written, 16 MiB in calls of 512 bytes", streaming],
    ["fs: sectors read, looking up 1,000 files", looking],
    ["fs: sectors written, an empty file made and removed", counted.sectorsWritten - written],
  ];
}

if (import.meta.main) {
  console.log(fsCounters());
  for (const block of [32768, 512])
    for (const what of ["write", "read"] as const)
      console.log(what, block, await fsRatio(what, block));
  console.log("list", await listRatio());
}
