import { existsSync, readSync, writeSync } from "node:fs";
import {
  ALIGNMENT,
  type BlockDevice,
  FileDevice,
  PartitionDevice,
  partitionTable,
  partitionType,
  RamDevice,
} from "../../block/mod.ts";
import { DISK_FULL, FatError, type FatType, FatVolume, format } from "../../fat/mod.ts";
import { ExitCode, UserError } from "../exit-codes.ts";
import { message } from "../outcome.ts";
import { copyIn, Tally } from "./copy-in.ts";
import { fewWarnings, type TreeEntry, walkHost } from "./host-tree.ts";
import type { Signals } from "../signals.ts";
import { checkFits, type Plan, tooSmall } from "./fits.ts";
import { toldOf } from "./image.ts";
import { inGoodOrder } from "./in-good-order.ts";
import type { DiskArguments } from "./arguments.ts";
import { readable } from "./progress.ts";
import { Need, ROOT_ENTRIES, type Room, roomFor, typeFor, type Wish } from "./room.ts";
import { isZero, NewImage, PIECE } from "./save-image.ts";
import { tell } from "./visible.ts";

const MIB = 1 << 20;
const SMALLEST = 64 << 10;
const LARGEST = 2 ** 41;
const SECTORS = ["512", "1024", "2048", "4096"];
const FATS = ["12", "16", "32"];
const DEFAULT_SIZE = 64 * MIB;
/** Free space beside the files of --from, when no size was given. */
const SPARE = 16 * MIB;

export async function create(args: DiskArguments): Promise<number> {
  const [image] = args.operands;
  if (existsSync(image) && !args.flag("force"))
    throw new UserError(ExitCode.Usage, `${image} exists already`, "--force replaces it");
  const { warn, end } = fewWarnings(tell);
  const from = args.value("from");
  const entries = from === undefined ? [] : walkHost(from, warn);
  end();
  const need = new Need(entries);
  const { room, wish } = roomOf(args, need);
  const before = args.flag("mbr") ? ALIGNMENT : 0;
  const total = room.size + before;
  const sized = args.value("size") !== undefined;
  const plan: Plan = { image, from, need, size: room.size, before, sized, wish };
  checkFits(plan);
  const replaces = existsSync(image);
  let complete = false;
  const make = async (signals: Signals): Promise<number> => {
    const target = new NewImage(image);
    try {
      const gzip = /\.gz$/i.test(image);
      const device = gzip ? new RamDevice(total) : fileDevice(target, total);
      for (const _ of fill(device, args, entries, room, need.rooted)) await signals.check();
      if (gzip) for (const _ of target.packing(device)) await signals.check();
      target.finish();
      complete = true;
    } catch (error) {
      target.discard();
      const full = error instanceof FatError && error.message === DISK_FULL;
      throw full ? tooSmall(plan) : toldOf(image, error);
    }
    return ExitCode.Ok;
  };
  return inGoodOrder(
    make,
    () => `${image} ${complete ? "is complete" : replaces ? "is as it was" : "was not made"}`,
  );
}

interface Volume extends Room {
  readonly fats: 1 | 2;
}

/** The volume that options and files call for. */
function roomOf(args: DiskArguments, need: Need): { room: Volume; wish: Wish } {
  const sectorSize = Number(choice("sector", args.value("sector") ?? "512", SECTORS));
  const type = args.value("fat");
  const cluster = args.value("cluster");
  const rootEntries = args.value("root-entries");
  if (rootEntries !== undefined && !/^\d{1,5}$/.test(rootEntries))
    throw new UserError(ExitCode.Usage, `--root-entries: '${rootEntries}' is not a number`);
  const wish = {
    sectorSize,
    type: type === undefined ? undefined : (Number(choice("fat", type, FATS)) as FatType),
    fats: Number(choice("fats", args.value("fats") ?? "2", ["1", "2"])) as 1 | 2,
    clusterSize:
      cluster === undefined ? undefined : sizeOf("cluster", cluster, 512, 128 * sectorSize),
    rootEntries: rootEntries === undefined ? undefined : Number(rootEntries),
  };
  const { fats } = wish;
  const given = args.value("size");
  const mbr = args.flag("mbr") ? ALIGNMENT : 0;
  if (given === undefined) {
    const room = { ...roomFor(need, SPARE, { ...wish, least: DEFAULT_SIZE - mbr }), fats };
    return { room, wish: { ...wish, type: room.type, clusterSize: room.clusterSize } };
  }
  const size = sizeOf("size", given, SMALLEST, LARGEST) - mbr;
  const { clusterSize } = wish;
  const fat = typeFor(need, size, wish);
  return { room: { size, type: fat, clusterSize, fats }, wish: { ...wish, type: fat } };
}

/** Gives control back now and then. */
function* fill(
  disk: BlockDevice,
  args: DiskArguments,
  entries: readonly TreeEntry[],
  { type, clusterSize, fats }: Volume,
  rooted: number,
): Generator<void> {
  const sectorSize = Number(args.value("sector") ?? "512");
  const rootEntries = args.value("root-entries");
  const serial = args.value("serial");
  if (serial !== undefined && !/^[0-9a-f]{1,4}-?[0-9a-f]{1,4}$/i.test(serial))
    throw new UserError(
      ExitCode.Usage,
      `--serial: '${serial}' is not a serial number`,
      "write for instance 1A2B-3C4D",
    );
  const mbr = args.flag("mbr");
  const start = mbr ? ALIGNMENT / 512 : 0;
  if (mbr && disk.sectors * disk.sectorSize < ALIGNMENT + SMALLEST)
    throw new UserError(
      ExitCode.Usage,
      `--mbr: the partition begins at ${readable(ALIGNMENT)}, behind which ${readable(disk.sectors * disk.sectorSize)} leave no room for a file system`,
      `give --size ${(ALIGNMENT + SMALLEST) / 1024}K or more`,
    );
  const area = new LargeSectors(
    mbr ? new PartitionDevice(disk, start, disk.sectors - start) : disk,
    sectorSize,
  );
  const now = Math.floor(Date.now() / 1000);
  let clock = now;
  // More files than the root directory of FAT16 has room for: FAT32 was chosen, or a larger one is made.
  const crowded = rooted > ROOT_ENTRIES && rootEntries === undefined;
  const label = args.value("label")?.normalize("NFC");
  format(area, {
    type,
    clusterSize,
    fats,
    rootEntries: crowded
      ? rooted + 64
      : rootEntries === undefined
        ? undefined
        : Number(rootEntries),
    label,
    serial: serial === undefined ? now >>> 0 : Number.parseInt(serial.replace("-", ""), 16),
    hidden: start,
  });
  if (label && /[^\x00-\x7f]/.test(label))
    message(
      "--label: fsck.fat of dosfstools 4.2 takes a label with letters outside ASCII for a fault; Windows, mtools and fatlabel read it",
    );
  const volume = FatVolume.mount(area, { distinctNames: true, clock: () => clock });
  const { rootEntries: made } = volume.geometry;
  if (rootEntries !== undefined && made !== Number(rootEntries))
    message(
      volume.type === 32
        ? `--root-entries ${rootEntries} does nothing: the root directory of FAT32 grows`
        : `--root-entries ${rootEntries} became ${made}: whole sectors`,
    );
  const tally = new Tally(entries.map(({ size }) => size));
  try {
    for (const { path, host, directory, mtime } of entries) {
      clock = mtime;
      if (directory) volume.mkdir(path);
      else yield* copyIn(volume, host, path, mtime, tally);
      tally.file();
      yield;
    }
  } finally {
    tally.end();
  }
  volume.unmount();
  if (mbr) {
    const bytes = area.sectors * area.sectorSize;
    disk.write(0, partitionTable(partitionType(volume.type, bytes), start, bytes / 512));
  }
}

/** A file system with sectors larger than 512 bytes is made on a device that has such. */
class LargeSectors implements BlockDevice {
  readonly sectors: number;
  readonly readOnly = false;
  private readonly scale: number;

  constructor(
    private readonly device: BlockDevice,
    readonly sectorSize: number,
  ) {
    this.scale = sectorSize / device.sectorSize;
    // The most that FAT can number; of 2 TiB it is one less than there are.
    this.sectors = Math.min(Math.floor(device.sectors / this.scale), 0xffffffff);
  }

  read(sector: number, into: Uint8Array): void {
    this.device.read(sector * this.scale, into);
  }
  write(sector: number, from: Uint8Array): void {
    this.device.write(sector * this.scale, from);
  }
  flush(): void {
    this.device.flush();
  }
  close(): void {
    this.device.close();
  }
}

function fileDevice(target: NewImage, size: number): BlockDevice {
  target.resize(size);
  const fd = target.descriptor;
  // Behind it the file is a hole.
  let end = 0;
  return new FileDevice({
    size,
    readAt(offset, into) {
      for (let done = 0; done < into.length;) {
        const n = readSync(fd, into, done, into.length - done, offset + done);
        if (n === 0) return void into.fill(0, done);
        done += n;
      }
    },
    writeAt(offset, from) {
      if (offset >= end && from.length <= PIECE && isZero(from)) return;
      end = Math.max(end, offset + from.length);
      for (let done = 0; done < from.length;)
        done += writeSync(fd, from, done, from.length - done, offset + done);
    },
    flush() {},
    close() {},
  });
}

const UNITS: Record<string, number> = {
  "": 1,
  K: 1024,
  M: MIB,
  G: 1024 * MIB,
  T: MIB * MIB,
};

/** `512`, `64K`, `64M`, `4G`, `1T`. */
export function sizeOf(option: string, text: string, least: number, most: number): number {
  const match = /^(\d+(?:\.\d+)?)([kmgt])?(?:i?b)?$/i.exec(text);
  const bytes = match ? Number(match[1]) * UNITS[(match[2] ?? "").toUpperCase()] : NaN;
  if (!Number.isInteger(bytes) || bytes < least || bytes > most)
    throw new UserError(
      ExitCode.Usage,
      `--${option}: '${text}' is not a size from ${readable(least)} to ${readable(most)}`,
      "write for instance 64K, 64M or 4G",
    );
  return bytes;
}

function choice(option: string, text: string, words: readonly string[]): string {
  if (words.includes(text)) return text;
  throw new UserError(
    ExitCode.Usage,
    `--${option}: '${text}' is not known`,
    `choose one of: ${words.join(", ")}`,
  );
}
