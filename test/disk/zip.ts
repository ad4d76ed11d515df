import { zipSync } from "fflate/browser";

/** An archive by fflate's writer, which our reader has no part in. */
export function zip(files: Record<string, Uint8Array>): Uint8Array {
  return zipSync(files, { mtime: new Date("2021-05-06T07:08:10") });
}
