import type { Loader } from "../dlmodule/mod.ts";
import type { Firmware } from "../firmware/mod.ts";
import type { Kernel } from "../kernel/mod.ts";
import type { VfsApi } from "../vfs/types.ts";
import type { DebugCore } from "./debug-core.ts";

/** The parts of a machine that are debugged. */
export interface SystemParts {
  readonly kernel: Kernel;
  readonly loader: Loader;
  readonly firmware: Firmware;
  readonly vfs: VfsApi;
  /** The firmware's ELF file. */
  readonly image: Uint8Array;
  readonly core: DebugCore;
  /** A file of the host with the symbols of the module at a path of the guest's disk; undefined when there is none. */
  readonly symbols?: (path: string) => Uint8Array | undefined;
}
