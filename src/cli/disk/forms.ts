import { readFileSync, statSync } from "node:fs";
import { type BlockDevice, BlockError, OverlayDevice, RamDevice } from "../../block/mod.ts";
import { FatError, FatVolume } from "../../fat/mod.ts";
import { ExitCode, UserError } from "../exit-codes.ts";
import { hostError } from "../host-file.ts";
import { message } from "../outcome.ts";
import { fatName, fewWarnings, walkHost } from "./host-tree.ts";
import { LazyDisk } from "./lazy-disk.ts";
import { roomFor } from "./room.ts";
import { type Member, readZip } from "./zip.ts";

/** What a disk is kept in. */
export type Form = "raw" | "gzip" | "zip" | "folder";

/** An archive larger than this is not read. */
const MAX_ARCHIVE = 1 << 30;
/** What comes out of one may be so large; empty space does not count. */
const MAX_UNPACKED = 1 << 30;
/** Free space on a disk made from an archive. */
const FREE = 64 << 20;
const SECTOR = 512;

/** A gzipped raw image, unpacked in memory. */
export function gzipDisk(path: string): RamDevice {
  const packed = archive(path);
  const refuse = (why: string): never => {
    throw new UserError(ExitCode.BadData, `${path} cannot be unpacked: ${why}`);
  };
  const { gunzipSync } = require("node:zlib") as typeof import("node:zlib");
  let bytes: Uint8Array;
  try {
    bytes = gunzipSync(packed, { maxOutputLength: MAX_UNPACKED });
  } catch (error) {
    const { code, message: why } = error as { code?: string; message: string };
    if (code === "ERR_BUFFER_TOO_LARGE")
      return refuse("it holds more than 1 GiB; unpack it with gunzip and use the raw image");
    return refuse(`it is damaged or cut off (${why})`);
  }
  if (bytes.length < SECTOR) refuse(`it holds ${bytes.length} bytes, less than one sector`);
  return new RamDevice(bytes.length, bytes.subarray(0, bytes.length - (bytes.length % SECTOR)));
}

/** A ZIP archive: the disk image that is its only member, or its files on a new disk. */
export function zipDisk(path: string): RamDevice {
  const members = readZip(path, archive(path));
  const files = members.filter(({ name }) => !name.endsWith("/"));
  const total = files.reduce((sum, { size }) => sum + size, 0);
  if (total > MAX_UNPACKED)
    throw new UserError(
      ExitCode.BadData,
      `${path} holds more than 1 GiB; unpack it and use the folder`,
    );
  const [only] = files;
  if (files.length === 1 && /\.(img|ima|dsk|bin|raw)$/i.test(only.name)) {
    const bytes = only.bytes();
    if (bytes.length >= SECTOR && bytes[510] === 0x55 && bytes[511] === 0xaa)
      return new RamDevice(bytes.length, bytes.subarray(0, bytes.length - (bytes.length % SECTOR)));
  }
  const { warn, end } = fewWarnings(message);
  const placed = place(path, members, warn);
  const room = roomFor(placed, FREE);
  const device = new RamDevice(room.size);
  let now: number | undefined;
  const volume = FatVolume.format(device, { fats: 2, type: room.type, clock: () => now });
  for (const { path: where, directory, member } of placed) {
    now = member?.mtime;
    if (directory) volume.mkdir(where);
    else if (member) volume.writeFile(where, member.bytes());
  }
  volume.unmount();
  end();
  return device;
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
  const enter = (parent: string, name: string): string => {
    const full = `${parent}/${name}`;
    const above = folders.get(parent)!;
    if (!folders.has(full)) {
      const path = `${above.path}/${fatName(name, above.taken)}`;
      folders.set(full, { path, taken: new Set() });
      placed.push({ path, directory: true, size: 0 });
    }
    return full;
  };
  for (const member of [...members].sort((a, b) => (a.name < b.name ? -1 : 1))) {
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
    const own = fatName(name, taken);
    if (own !== name) warn(`${archivePath}: ${member.name} is called ${own} on the disk`);
    placed.push({ path: `${path}/${own}`, directory: false, size: member.size, member });
  }
  return placed;
}

function archive(path: string): Uint8Array {
  try {
    if (statSync(path).size > MAX_ARCHIVE)
      throw new UserError(ExitCode.BadData, `${path} is larger than 1 GiB; unpack it first`);
    return readFileSync(path);
  } catch (error) {
    throw error instanceof UserError ? error : hostError(path, error);
  }
}
