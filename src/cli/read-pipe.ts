import { closeSync, constants, openSync, readSync } from "node:fs";
import { ExitCode, UserError } from "./exit-codes.ts";
import { isReadable } from "./readable.ts";

const PIECE = 65536;

/**
 * All that comes out of a pipe, as from `<(command)` of a shell; waits for a writer that is there, but not for one that may never come.
 * @throws UserError, also for more than `max` bytes
 */
export function readPipe(path: string, max: number): Uint8Array {
  const fd = openSync(path, constants.O_RDONLY | constants.O_NONBLOCK);
  const pieces: Uint8Array[] = [];
  let length = 0;
  try {
    for (;;) {
      const piece = new Uint8Array(PIECE);
      const n = read(fd, piece);
      if (n === 0) break;
      length += n ?? 0;
      if (length > max)
        throw new UserError(ExitCode.BadData, `${path}: more than ${max} bytes come out of it`);
      if (n === undefined) isReadable(fd, 100);
      else pieces.push(piece.subarray(0, n));
    }
  } finally {
    closeSync(fd);
  }
  if (length === 0)
    throw new UserError(
      ExitCode.NoInput,
      `${path} is a pipe that nobody writes to`,
      "start what writes to it first, or give a file",
    );
  return Buffer.concat(pieces);
}

/** Undefined: nothing yet. */
function read(fd: number, into: Uint8Array): number | undefined {
  try {
    return readSync(fd, into);
  } catch (error) {
    if ((error as { code?: string }).code === "EAGAIN") return undefined;
    throw error;
  }
}
