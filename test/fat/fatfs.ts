import * as lib from "js-fatfs";
import type { BlockDevice } from "../../src/block/mod.ts";

/** Results of FatFs by number. */
export const RESULT = [
  "ok",
  "disk",
  "internal",
  "not ready",
  "no file",
  "no path",
  "invalid name",
  "denied",
  "exists",
  "invalid object",
  "write protected",
  "invalid drive",
  "not enabled",
  "no file system",
  "cannot format",
] as const;

export interface Listed {
  readonly path: string;
  readonly alias: string;
  readonly attributes: number;
  readonly size: number;
}

/** ChaN's FatFs, compiled to WebAssembly, on one of our devices: the second opinion. */
export class FatFs {
  private readonly fs: number;
  private readonly file: number;
  private readonly dir: number;
  private readonly info: number;
  private readonly word: number;
  private constructor(
    private readonly ff: lib.FatFs,
    private readonly holder: { device: BlockDevice },
  ) {
    this.fs = ff.malloc(lib.sizeof_FATFS);
    this.file = ff.malloc(lib.sizeof_FIL);
    this.dir = ff.malloc(lib.sizeof_DIR);
    this.info = ff.malloc(lib.sizeof_FILINFO);
    this.word = ff.malloc(8);
  }

  static async create(device: BlockDevice): Promise<FatFs> {
    const holder = { device };
    const ff = await lib.create({
      codepage: 437,
      diskio: {
        initialize: () => 0,
        status: () => 0,
        read(ff, _drive, buffer, sector, count) {
          const into = ff.HEAPU8.subarray(buffer, buffer + count * holder.device.sectorSize);
          holder.device.read(sector >>> 0, into);
          return lib.RES_OK;
        },
        write(ff, _drive, buffer, sector, count) {
          const from = ff.HEAPU8.slice(buffer, buffer + count * holder.device.sectorSize);
          holder.device.write(sector >>> 0, from);
          return lib.RES_OK;
        },
        ioctl(ff, _drive, command, buffer) {
          if (command === lib.GET_SECTOR_COUNT) ff.setValue(buffer, holder.device.sectors, "i32");
          if (command === lib.GET_SECTOR_SIZE) ff.setValue(buffer, holder.device.sectorSize, "i16");
          if (command === lib.GET_BLOCK_SIZE) ff.setValue(buffer, 1, "i32");
          return lib.RES_OK;
        },
      },
    });
    return new FatFs(ff, holder);
  }

  /** Goes on with another device: mounts it. */
  mount(device: BlockDevice): string {
    this.holder.device = device;
    this.ff.f_mount(0, "", 0);
    return RESULT[this.ff.f_mount(this.fs, "", 1)];
  }

  format(device: BlockDevice, type: 12 | 16 | 32 | 0, clusterSize: number, fats: number): string {
    this.holder.device = device;
    const fmt = lib.FM_SFD | (type === 0 ? lib.FM_ANY : type === 32 ? lib.FM_FAT32 : lib.FM_FAT);
    const work = this.ff.malloc(0x8000);
    const options = { fmt, n_fat: fats, align: 1, n_root: 0, au_size: clusterSize };
    const result = this.ff.f_mkfs("", options, work, 0x8000);
    this.ff.free(work);
    return RESULT[result];
  }

  mkdir = (path: string): string => RESULT[this.ff.f_mkdir(path)];
  unlink = (path: string): string => RESULT[this.ff.f_unlink(path)];
  rename = (from: string, to: string): string => RESULT[this.ff.f_rename(from, to)];

  /** Opens, does something, closes; the first failure counts. */
  withFile(path: string, mode: number, use: (file: number) => number): string {
    const opened = this.ff.f_open(this.file, path, mode);
    if (opened !== 0) return RESULT[opened];
    const used = use(this.file);
    const closed = this.ff.f_close(this.file);
    return RESULT[used || closed];
  }

  /** Seeks and writes; the result carries how much was written. */
  write(path: string, mode: number, offset: (size: number) => number, bytes: Uint8Array): string {
    const { ff, word } = this;
    let written = 0;
    const result = this.withFile(path, mode | lib.FA_WRITE, (file) => {
      const sought = ff.f_lseek(file, offset(ff.f_size(file)));
      if (sought !== 0) return sought;
      const buffer = ff.malloc(bytes.length || 1);
      ff.HEAPU8.set(bytes, buffer);
      const result = ff.f_write(file, buffer, bytes.length, word);
      written = ff.getValue(word, "i32");
      ff.free(buffer);
      return result;
    });
    return `${result} ${written}`;
  }

  /** The same bytes again and again, until the file has `size` bytes. */
  writeBlocks(path: string, mode: number, size: number, bytes: Uint8Array): string {
    const { ff, word } = this;
    return this.withFile(path, mode | lib.FA_WRITE, (file) => {
      const buffer = ff.malloc(bytes.length);
      ff.HEAPU8.set(bytes, buffer);
      let result = 0;
      for (let done = 0; done < size && result === 0; done += bytes.length)
        result = ff.f_write(file, buffer, bytes.length, word);
      ff.free(buffer);
      return result;
    });
  }

  /** Reads a file to its end in pieces; gives the number of bytes. */
  readBlocks(path: string, block: number): number {
    const { ff, word } = this;
    let done = 0;
    this.withFile(path, lib.FA_READ, (file) => {
      const buffer = ff.malloc(block);
      let result: number;
      let n: number;
      do {
        result = ff.f_read(file, buffer, block, word);
        n = ff.getValue(word, "i32");
        done += n;
      } while (result === 0 && n > 0);
      ff.free(buffer);
      return result;
    });
    return done;
  }

  truncate(path: string, size: number): string {
    return this.withFile(path, lib.FA_WRITE | lib.FA_OPEN_EXISTING, (file) => {
      if (size >= this.ff.f_size(file)) return 0;
      return this.ff.f_lseek(file, size) || this.ff.f_truncate(file);
    });
  }

  read(path: string): Uint8Array {
    const { ff, word } = this;
    let bytes = new Uint8Array(0);
    const result = this.withFile(path, lib.FA_READ, (file) => {
      const size = ff.f_size(file);
      const buffer = ff.malloc(size || 1);
      const result = ff.f_read(file, buffer, size, word);
      bytes = ff.HEAPU8.slice(buffer, buffer + ff.getValue(word, "i32"));
      ff.free(buffer);
      return result;
    });
    if (result !== "ok") throw new Error(`FatFs cannot read ${path}: ${result}`);
    return bytes;
  }

  /** Everything below a directory, in the order of the disk, directories before what is in them. */
  tree(path = ""): Listed[] {
    const { ff, dir, info } = this;
    const found: Listed[] = [];
    const opened = ff.f_opendir(dir, path || "/");
    if (opened !== 0) throw new Error(`FatFs cannot list ${path}: ${RESULT[opened]}`);
    for (;;) {
      const result = ff.f_readdir(dir, info);
      if (result !== 0) throw new Error(`FatFs cannot list ${path}: ${RESULT[result]}`);
      const name = ff.FILINFO_fname(info);
      if (name === "") break;
      found.push({
        path: `${path}/${name}`,
        alias: ff.FILINFO_altname(info) || name.toUpperCase(),
        attributes: ff.FILINFO_fattrib(info),
        size: ff.FILINFO_fsize(info) >>> 0,
      });
    }
    ff.f_closedir(dir);
    return found.flatMap((entry) => [
      entry,
      ...(entry.attributes & lib.AM_DIR ? this.tree(entry.path) : []),
    ]);
  }

  free(): number {
    const pointer = this.ff.malloc(4);
    this.ff.f_getfree("", this.word, pointer);
    this.ff.free(pointer);
    return this.ff.getValue(this.word, "i32");
  }
}

export const MODE = {
  existing: lib.FA_OPEN_EXISTING,
  always: lib.FA_OPEN_ALWAYS,
  truncate: lib.FA_CREATE_ALWAYS,
  new: lib.FA_CREATE_NEW,
} as const;
