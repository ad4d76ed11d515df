import { RamDevice } from "../block/mod.ts";
import type { FormatOptions } from "./mkfs.ts";
import { FatVolume } from "./volume.ts";

/** A file for a new disk; without `bytes` a directory. Missing directories above are made. */
export interface DiskEntry {
  readonly path: string;
  readonly bytes?: Uint8Array;
  /** Seconds since 1970. */
  readonly mtime?: number;
  /** Attribute bits to set. */
  readonly attributes?: number;
}

export interface DiskOptions extends FormatOptions {
  /** In bytes; 64 MiB when absent. */
  readonly size?: number;
  readonly sectorSize?: number;
  /** As in MountOptions. */
  readonly packed?: boolean;
  /** Time of entries without one of their own, seconds since 1970; absent: none. */
  readonly mtime?: number;
}

const DEFAULT_SIZE = 64 << 20;

/** A formatted disk with the given files, in their order. The same input gives the same bytes. */
export function makeDisk(entries: readonly DiskEntry[], options: DiskOptions = {}): RamDevice {
  const device = new RamDevice(options.size ?? DEFAULT_SIZE, undefined, options.sectorSize ?? 512);
  let now = options.mtime;
  const volume = FatVolume.format(device, { fats: 2, ...options, clock: () => now });
  for (const { path, bytes, mtime, attributes } of entries) {
    now = mtime ?? options.mtime;
    const names = path.split("/").filter((name) => name !== "");
    for (let i = 1; i <= names.length - (bytes ? 1 : 0); i++) {
      const directory = names.slice(0, i).join("/");
      if (!volume.exists(directory)) volume.mkdir(directory);
    }
    if (bytes) volume.writeFile(path, bytes);
    if (attributes !== undefined) volume.setAttributes(path, attributes);
  }
  volume.unmount();
  return device;
}
