/**
 * How fast is the file system? Our FAT, and ChaN's FatFs compiled to WebAssembly as the comparison, on disks in memory; the
 * sequential figures also on an image file of the host.
 *
 * bun bench/fs/fs.ts
 */
import { closeSync, openSync, readSync, rmSync, writeSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { type BlockDevice, FileDevice, RamDevice } from "../../src/block/mod.ts";
import { FatVolume } from "../../src/fat/mod.ts";
import { FatFs, MODE } from "../../test/fat/fatfs.ts";

const MEGA = 1 << 20;
const FILE = 16 * MEGA;
const FILES = 10_000;

/** Milliseconds: the best of some runs. */
function time(run: () => void, runs = 5): number {
  let best = Infinity;
  for (let i = 0; i < runs; i++) {
    const start = performance.now();
    run();
    best = Math.min(best, performance.now() - start);
  }
  return best;
}

function report(what: string, milliseconds: number, note = ""): void {
  console.log(`${what.padEnd(52)} ${milliseconds.toFixed(2).padStart(10)} ms  ${note}`);
}

const rate = (milliseconds: number) => `${(FILE / MEGA / (milliseconds / 1000)).toFixed(0)} MiB/s`;

function sequential(name: string, device: () => BlockDevice): void {
  for (const block of [32 << 10, 512]) {
    const bytes = new Uint8Array(block).fill(0x5a);
    const volume = FatVolume.format(device());
    const write = time(() => {
      const file = volume.open("big.bin", { write: true, create: "truncate" });
      for (let done = 0; done < FILE; done += block) file.write(bytes);
      file.close();
    });
    report(`${name}: write 16 MiB, blocks of ${block}`, write, rate(write));
    const read = time(() => {
      const file = volume.open("big.bin", { write: false, create: "existing" });
      while (file.read(bytes) > 0);
      file.close();
    });
    report(`${name}: read 16 MiB, blocks of ${block}`, read, rate(read));
  }
}

function hostImage(): { device: BlockDevice; close: () => void } {
  const path = join(tmpdir(), `bench-fs-${process.pid}.img`);
  const fd = openSync(path, "w+");
  const size = 64 * MEGA;
  writeSync(fd, new Uint8Array(1), 0, 1, size - 1);
  const device = new FileDevice({
    size,
    readAt: (offset, into) => void readSync(fd, into, 0, into.length, offset),
    writeAt: (offset, from) => void writeSync(fd, from, 0, from.length, offset),
    flush() {},
    close() {},
  });
  const close = () => {
    closeSync(fd);
    rmSync(path);
  };
  return { device, close };
}

sequential("memory", () => new RamDevice(64 * MEGA));
const image = hostImage();
sequential("host file", () => image.device);
image.close();

{
  const bytes = new Uint8Array(FILE);
  const device = new RamDevice(64 * MEGA);
  const fatfs = await FatFs.create(device);
  fatfs.format(device, 0, 0, 1);
  fatfs.mount(device);
  const write = time(() => void fatfs.write("big.bin", MODE.truncate, () => 0, bytes));
  report("FatFs (wasm): write 16 MiB in one call", write, rate(write));
  const read = time(() => void fatfs.read("big.bin"));
  report("FatFs (wasm): read 16 MiB in one call", read, rate(read));
}

function manyFiles(name: (i: number) => string, label: string): void {
  const device = new RamDevice(256 * MEGA);
  const volume = FatVolume.format(device, { type: 32 });
  volume.mkdir("d");
  const create = time(() => {
    for (let i = 0; i < FILES; i++)
      volume.open(`d/${name(i)}`, { write: true, create: "new" }).close();
  }, 1);
  report(`${label}: create ${FILES} files`, create);
  const cold = time(() => void FatVolume.mount(device).list("d").length);
  report(`${label}: list them after mounting`, cold);
  const warm = time(() => void volume.list("d").length);
  report(`${label}: list them again`, warm);
  const look = time(() => {
    for (let i = 0; i < FILES; i++) volume.stat(`d/${name(i)}`);
  });
  report(`${label}: stat each`, look);
  const remove = time(() => {
    for (let i = 0; i < FILES; i++) volume.unlink(`d/${name(i)}`);
  }, 1);
  report(`${label}: remove each`, remove);
}

manyFiles((i) => `F${i}.TXT`, "8.3 names");
manyFiles((i) => `a long file name, number ${i}.text`, "long names");

{
  const files = 2000;
  const device = new RamDevice(256 * MEGA);
  const fatfs = await FatFs.create(device);
  fatfs.format(device, 32, 0, 1);
  fatfs.mount(device);
  fatfs.mkdir("d");
  const create = time(() => {
    for (let i = 0; i < files; i++)
      fatfs.withFile(`d/a long file name, number ${i}.text`, MODE.new | 2, () => 0);
  }, 1);
  report(`FatFs (wasm): create ${files} files with long names`, create);
}

{
  const device = new RamDevice(2048 * MEGA);
  FatVolume.format(device, { type: 32 }).unmount();
  report(
    "mount of a 2 GiB disk",
    time(() => void FatVolume.mount(device), 50),
  );
  report(
    "mount and free space",
    time(() => void FatVolume.mount(device).space(), 10),
  );
  report(
    "format of a 2 GiB disk",
    time(() => void FatVolume.format(device, { type: 32 }), 5),
  );
}
