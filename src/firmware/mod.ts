/** The guest C library: its image in memory, the symbols it exports, and its state as the kernel sees it. */
export { FirmwareError } from "./error.ts";
export { Firmware } from "./firmware.ts";
export { floatEntries } from "./float-entries.ts";
export type { LibraryState } from "./library-state.ts";
