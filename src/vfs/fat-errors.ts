import { FatError, type FatReason } from "../fat/mod.ts";
import { Errno } from "./constants.ts";
import { VfsError } from "./types.ts";

/** How the results of FatFs become errno in RT-Thread (elm_result_to_dfs). */
const ERRNO: Record<FatReason, number> = {
  "no file": Errno.ENOENT,
  "no path": Errno.ENOENT,
  "invalid name": Errno.EINVAL,
  exists: Errno.EEXIST,
  denied: Errno.EROFS,
  full: Errno.ENOSPC,
  busy: Errno.EBUSY,
  "write protected": Errno.EROFS,
  "no file system": Errno.ENOENT,
  damaged: Errno.EIO,
  device: Errno.EIO,
  "cannot format": Errno.EINVAL,
};

/** Runs a call of the FAT layer; its failures become VfsError. */
export function asVfs<T>(call: () => T): T {
  try {
    return call();
  } catch (error) {
    if (error instanceof FatError) throw new VfsError(ERRNO[error.reason], error.message);
    throw error;
  }
}

/** The same as RT-Thread 4.0.4 has it: FatFs calls a full disk "denied". */
export function asVfs404<T>(call: () => T): T {
  try {
    return call();
  } catch (error) {
    if (error instanceof FatError && error.reason === "full")
      throw new VfsError(ERRNO.denied, error.message);
    return asVfs(() => {
      throw error;
    });
  }
}
