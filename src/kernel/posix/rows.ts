import type { ExportRow } from "../call.ts";
import type { PosixContext } from "./context.ts";
import { directoryRows } from "./directory.ts";
import { fileRows } from "./files.ts";
import { ioRows } from "./io.ts";
import { moreIoRows } from "./more-io.ts";
import { pipeRows } from "./pipe.ts";
import { selectRows } from "./select.ts";
import { terminalRows } from "./terminal.ts";

/** Every function of the POSIX file interface. */
export const posixRows: readonly ExportRow<PosixContext>[] = [
  ...ioRows,
  ...fileRows,
  ...directoryRows,
  ...moreIoRows,
  ...pipeRows,
  ...selectRows,
  ...terminalRows,
];
