import type { KernelApi } from "../kernel/types.ts";
import { tryVfs } from "./commands/paths.ts";
import { latin1 } from "./keys.ts";
import type { VfsApi } from "../vfs/types.ts";

/** RT_CONSOLEBUF_SIZE: what a script's line buffer holds; the rest of a longer line is a line of its own. */
export const SCRIPT_LINE = 256;

/**
 * What follows a line that fills the whole buffer: the original ends it with no NUL, so that its last word goes on into the
 * heap block behind the buffer.
 */
export function behindBuffer({ heap, memory }: KernelApi): string {
  const buffer = heap.alloc(SCRIPT_LINE);
  if (buffer === 0) return "";
  const text = memory.cstring(buffer + SCRIPT_LINE);
  heap.free(buffer);
  return text;
}

const LF = 0x0a;
const CR = 0x0d;

/** The non-empty lines of a script, cut at CR or LF. The file stays open while its lines run, as on the board. */
export function* scriptLines(vfs: VfsApi, fd: number): Generator<string, void> {
  const line = new Uint8Array(SCRIPT_LINE);
  const byte = new Uint8Array(1);
  let length = 0;
  while ((tryVfs(() => vfs.read(fd, byte)) ?? 0) > 0) {
    const end = byte[0] === LF || byte[0] === CR;
    if (!end) line[length++] = byte[0];
    if (length === SCRIPT_LINE || (end && length > 0)) {
      yield latin1(line.subarray(0, length));
      length = 0;
    }
  }
  if (length > 0) yield latin1(line.subarray(0, length));
}
