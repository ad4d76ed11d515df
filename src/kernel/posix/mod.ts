/** The POSIX file interface of DFS (dfs_posix.h) as exported functions, and what they need of devices. */
import type { ExportRow } from "../call.ts";
import type { PosixContext } from "./context.ts";
import { directoryRows } from "./directory.ts";
import { fileRows } from "./files.ts";
import { ioRows } from "./io.ts";

import { moreIoRows } from "./more-io.ts";
import { pipeRows } from "./pipe.ts";
import { selectRows } from "./select.ts";
import { terminalRows } from "./terminal.ts";

export type { DeviceIo, PosixContext } from "./context.ts";
export { cardDriver, deviceIo } from "./devices.ts";
export { waiting } from "./waiting.ts";

export const posixRows: readonly ExportRow<PosixContext>[] = [
  ...ioRows,
  ...fileRows,
  ...directoryRows,
  ...moreIoRows,
  ...pipeRows,
  ...selectRows,
  ...terminalRows,
];
