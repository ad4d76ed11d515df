import { type OpenFile, type VfsApi, VfsError } from "../../vfs/mod.ts";
import type { Task } from "../call.ts";
import type { KernelApi } from "../types.ts";
import type { Waiting } from "./waiting.ts";

/**
 * Devices behind descriptors in /dev, other than the console: rt_device_open and so on. Addresses are the guest's. Results are
 * those of the rt_device functions: a count, or a negative errno.
 */
export interface DeviceIo {
  open(name: string): number | Task<number>;
  close(name: string): number | Task<number>;
  read(name: string, position: number, address: number, size: number): number | Task<number>;
  write(name: string, position: number, address: number, size: number): number | Task<number>;
  control(name: string, command: number, argument: number): number | Task<number>;
}

/** What the POSIX calls work on. */
export interface PosixContext {
  readonly kernel: KernelApi;
  readonly vfs: VfsApi;
  readonly devices?: DeviceIo;
  /** Absent: nothing blocks, and there are no pipes. */
  readonly waiting?: Waiting;
  /** Called after write() sent the bytes at `address` to the console. */
  readonly consoleWritten?: (address: number) => void;
}

/** Runs a call of the VFS: gives its result, or sets errno and gives -1. */
export function posix({ kernel }: PosixContext, call: () => number | void): number {
  try {
    return call() ?? 0;
  } catch (error) {
    if (error instanceof VfsError) return kernel.fail(error.errno);
    throw error;
  }
}

/** What a descriptor stands for; undefined when it is not open. */
export function findFile({ vfs }: PosixContext, fd: number): OpenFile | undefined {
  try {
    return vfs.file(fd);
  } catch {
    return undefined;
  }
}

/** Whether the file is the device that descriptors 0 to 2 stand for at first. */
export function isConsole({ vfs }: PosixContext, file: OpenFile | undefined): boolean {
  const console = vfs.console?.device?.name;
  return console !== undefined && file?.device?.name === console;
}
