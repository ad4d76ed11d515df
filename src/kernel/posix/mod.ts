/** The POSIX file interface of DFS (dfs_posix.h) as exported functions, and what they need of devices. */
import type { ExportRow } from "../call.ts";
import type { PosixContext } from "./context.ts";
import { directoryRows } from "./directory.ts";
import { fileRows } from "./files.ts";
import { ioRows } from "./io.ts";

export type { DeviceIo, PosixContext } from "./context.ts";
export { cardDriver, deviceIo } from "./devices.ts";

export const posixRows: readonly ExportRow<PosixContext>[] = [
  ...ioRows,
  ...fileRows,
  ...directoryRows,
];
