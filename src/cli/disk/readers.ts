import { closeSync, openSync, readSync } from "node:fs";
import type { FatVolume } from "../../fat/mod.ts";
import { hostError } from "../host-file.ts";
import { isReadable } from "../readable.ts";
import type { Reader } from "./image-target.ts";
import type { Item } from "./sources.ts";

const PIECE = 1 << 20;
let shared: Uint8Array | undefined;

/** For what is copied: one for all files, which can be many and small. */
export function buffer(): Uint8Array {
  return (shared ??= new Uint8Array(PIECE));
}

type Facts = Pick<Item, "from" | "size" | "mtime">;

/** A host file, or for "-" standard input. */
export function hostReader({ from, size, mtime }: Facts): Reader {
  let fd = 0;
  if (from !== "-") {
    try {
      fd = openSync(from, "r");
    } catch (error) {
      throw hostError(from, error);
    }
  }
  return {
    name: from,
    size,
    mtime,
    ready: size === undefined ? () => isReadable(fd, 0) : undefined,
    next() {
      const bytes = buffer();
      const n = readPiece(fd, from, bytes);
      return n > 0 ? bytes.subarray(0, n) : undefined;
    },
    close() {
      if (from !== "-") closeSync(fd);
    },
  };
}

/** A file in an image. */
export function imageReader(volume: FatVolume, { from, size, mtime }: Facts): Reader {
  const file = volume.open(from, { write: false, create: "existing" });
  return {
    name: from,
    size,
    mtime,
    next() {
      const bytes = buffer();
      const n = file.read(bytes);
      return n > 0 ? bytes.subarray(0, n) : undefined;
    },
    probe: () => file.checkClusters(),
    close: () => file.close(),
  };
}

export function readPiece(fd: number, host: string, into: Uint8Array): number {
  for (;;) {
    try {
      return readSync(fd, into, 0, into.length, null);
    } catch (error) {
      const { code } = error as { code?: string };
      if (code === "EOF") return 0;
      if (code !== "EAGAIN") throw hostError(host, error);
      Bun.sleepSync(2);
    }
  }
}
