import { type BlockDevice, BlockError, OverlayDevice } from "../../block/mod.ts";
import { FatError, FatVolume } from "../../fat/mod.ts";
import { ExitCode, UserError } from "../exit-codes.ts";
import { message } from "../outcome.ts";
import { Archive } from "./archive.ts";
import { gunzip } from "./gunzip.ts";
import { fatName, fewWarnings, orderKey, walkHost } from "./host-tree.ts";
import { LazyDisk } from "./lazy-disk.ts";
import { Progress } from "./progress.ts";
import { Need, type Room, roomFor } from "./room.ts";
import { SpillDisk, UnpackedImage } from "./spill.ts";
import { type Member, readZip } from "./zip.ts";

/** What comes out of an archive may be so large. */
const MAX_UNPACKED = 1 << 30;
/** Free space on a disk made from an archive. */
const FREE = 64 << 20;
const SECTOR = 512;
/** A member of that name can be a disk image. */
const IMAGE_NAME = /\.(img|ima|dsk|bin|raw)$/i;

/** A gzipped raw image, unpacked. */
export function gzipDisk(path: string): BlockDevice {
  const refuse = (why: string): never => {
    throw new UserError(ExitCode.BadData, `${path} cannot be unpacked: ${why}`);
  };
  return opened(path, (archive) => {
    const image = new UnpackedImage(MAX_UNPACKED);
    const progress = new Progress(`unpacking ${path}`, archive.size);
    const packed = archive.source(0, archive.size);
    let done = 0;
    const source = (into: Uint8Array): number => {
      const n = packed(into);
      progress.at((done += n));
      return n;
    };
    try {
      const ignored = gunzip(source, (piece) => {
        if (image.size + piece.length > MAX_UNPACKED)
          refuse("it holds more than 1 GiB; unpack it with gunzip and use the raw image");
        image.append(piece);
      });
      if (ignored !== undefined)
        message(
          `${path}: trailing garbage ignored: what follows byte ${ignored} is not gzip, the image before it is complete`,
        );
    } catch (error) {
      image.close();
      if (error instanceof UserError) throw error;
      return refuse(`it is damaged or cut off (${(error as Error).message})`);
    } finally {
      progress.end();
    }
    if (image.size < SECTOR) refuse(`it holds ${image.size} bytes, less than one sector`);
    return image.device();
  });
}

/** A ZIP archive: the disk image that is its only member, or its files on a new disk. */
export function zipDisk(path: string): BlockDevice {
  return opened(path, (archive) => {
    const members = readZip(archive);
    const files = members.filter(({ name }) => !name.endsWith("/"));
    const total = files.reduce((sum, { size }) => sum + size, 0);
    if (total > MAX_UNPACKED)
      throw new UserError(
        ExitCode.BadData,
        `${path} holds more than 1 GiB; unpack it and use the folder`,
      );
    const progress = new Progress(`unpacking ${path}`, total);
    try {
      const [only] = files;
      const image = files.length === 1 && IMAGE_NAME.test(only.name);
      return (image && imageIn(only, progress)) || filesOf(path, members, progress);
    } finally {
      progress.end();
    }
  });
}

function opened<T>(path: string, use: (archive: Archive) => T): T {
  const archive = new Archive(path);
  try {
    return use(archive);
  } finally {
    archive.close();
  }
}

/** What a member holds, as a disk; undefined when it does not begin like one. */
function imageIn(member: Member, progress: Progress): BlockDevice | undefined {
  const image = new UnpackedImage(member.size);
  try {
    member.unpack((piece) => {
      image.append(piece);
      progress.at(image.size);
    });
    const device = image.size >= SECTOR ? image.device() : undefined;
    const boot = new Uint8Array(SECTOR);
    device?.read(0, boot);
    if (boot[510] === 0x55 && boot[511] === 0xaa) return device;
  } catch (error) {
    image.close();
    throw error;
  }
  image.close();
  return undefined;
}

/** The files of an archive on a disk of their own. */
function filesOf(path: string, members: readonly Member[], progress: Progress): BlockDevice {
  const { warn, end } = fewWarnings(message);
  const placed = place(path, members, warn);
  end();
  const room = roomFor(new Need(placed), FREE);
  const device = new SpillDisk(room.size);
  try {
    fillFrom(path, device, room, placed, progress);
  } catch (error) {
    device.close();
    if (error instanceof UserError || !(error instanceof FatError)) throw error;
    throw new UserError(
      error.reason === "device" ? ExitCode.NoOutput : ExitCode.BadData,
      `${path} cannot be shown as a disk: ${error.message}`,
      error.reason === "device" ? "TMPDIR names another folder for what is unpacked" : undefined,
    );
  }
  return device;
}

function fillFrom(
  path: string,
  device: BlockDevice,
  room: Room,
  placed: readonly Placed[],
  progress: Progress,
): void {
  let now: number | undefined;
  const { type, clusterSize } = room;
  const volume = FatVolume.format(device, {
    fats: 2,
    type,
    clusterSize,
    distinctNames: true,
    clock: () => now,
  });
  let done = 0;
  for (const { path: where, directory, member } of placed) {
    now = member?.mtime;
    if (directory) volume.mkdir(where);
    else if (member) {
      const file = volume.open(where, { write: true, create: "new" });
      member.unpack((piece) => {
        if (file.write(piece) < piece.length)
          throw new UserError(ExitCode.BadData, `${path}: ${member.name} does not fit on the disk`);
        progress.at((done += piece.length));
      });
      file.close();
    }
  }
  volume.unmount();
}

/** A folder of the host; what the guest writes stays in memory. */
export function folderDisk(path: string): BlockDevice {
  const { warn, end } = fewWarnings(message);
  const entries = walkHost(path, warn);
  end();
  try {
    return new OverlayDevice(new LazyDisk(entries));
  } catch (error) {
    if (!(error instanceof FatError) && !(error instanceof BlockError)) throw error;
    throw new UserError(ExitCode.BadData, `${path} cannot be shown as a disk: ${error.message}`);
  }
}

interface Placed {
  readonly path: string;
  readonly directory: boolean;
  readonly size: number;
  readonly member?: Member;
}

/** Names as FAT can hold them, every folder before what is in it; no name leads out of the disk. */
function place(
  archivePath: string,
  members: readonly Member[],
  warn: (text: string) => void,
): Placed[] {
  const folders = new Map<string, { readonly path: string; readonly taken: Set<string> }>();
  folders.set("", { path: "", taken: new Set() });
  const placed: Placed[] = [];
  const named = (full: string, name: string, taken: Set<string>): string => {
    const own = fatName(name, taken);
    if (own !== name.normalize("NFC")) warn(`${archivePath}: ${full} is called ${own} on the disk`);
    return own;
  };
  const enter = (parent: string, name: string): string => {
    const full = `${parent}/${name}`;
    const above = folders.get(parent)!;
    if (!folders.has(full)) {
      const path = `${above.path}/${named(full.slice(1), name, above.taken)}`;
      folders.set(full, { path, taken: new Set() });
      placed.push({ path, directory: true, size: 0 });
    }
    return full;
  };
  const sorted = members
    .map((member) => ({ member, key: orderKey(member.name) }))
    .sort((a, b) => (a.key < b.key ? -1 : 1));
  for (const { member } of sorted) {
    const names = member.name.split(/[/\\]/).filter((name) => name !== "" && name !== ".");
    if (names.includes("..")) {
      warn(
        `${archivePath}: ${JSON.stringify(member.name)} is left out, it leads out of the archive`,
      );
      continue;
    }
    if (names.length === 0) continue;
    const directory = /[/\\]$/.test(member.name);
    let parent = "";
    for (const name of directory ? names : names.slice(0, -1)) parent = enter(parent, name);
    if (directory) continue;
    const { path, taken } = folders.get(parent)!;
    const name = names[names.length - 1];
    placed.push({
      path: `${path}/${named(member.name, name, taken)}`,
      directory: false,
      size: member.size,
      member,
    });
  }
  return placed;
}
