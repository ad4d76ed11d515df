import { dlmoduleRows } from "./dlmodule/mod.ts";
import type { ExportRow } from "./kernel/call.ts";
import { kernelRows } from "./kernel/mod.ts";
import { posixRows } from "./kernel/posix/mod.ts";
import { pthreadRows } from "./kernel/pthread/mod.ts";
import { YMODEM_ROWS } from "./serial/mod.ts";
import { SHELL_ROWS } from "./shell/mod.ts";

/**
 * The one table of functions that the simulator provides to guest code, collected from the folders that implement them. The
 * firmware build makes a stub of each row; names that begin with `_rtt_` are for the firmware's own use and not exported to
 * modules.
 */
export const exportRows: readonly Pick<ExportRow<never>, "name" | "proto" | "header">[] = [
  ...kernelRows,
  ...posixRows,
  ...pthreadRows,
  ...dlmoduleRows,
  ...SHELL_ROWS,
  ...YMODEM_ROWS,
];
