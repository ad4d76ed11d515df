import type { InflateRaw } from "node:zlib";

/** Bytes given to zlib at a time, and taken from it. */
const IN = 1 << 18;
const OUT = 1 << 20;
const Z_NO_FLUSH = 0;
const Z_FINISH = 4;

/** zlib's own step, which Node has under its streams: they cannot be used without waiting for events. */
interface Stepper {
  readonly _handle: {
    onerror: (words: string) => void;
    writeSync(
      flush: number,
      from: Uint8Array,
      start: number,
      length: number,
      into: Uint8Array,
      at: number,
      room: number,
    ): void;
    close(): void;
  };
  /** Room left in `into`, bytes left of `from`. */
  readonly _writeState: Uint32Array;
}

/**
 * Unpacks gzip (all members of it) or bare deflate piece by piece, so that it takes the memory of a piece.
 *
 * @param source fills the array as far as it can; 0 at the end
 * @param sink gets each piece; the array is used again
 * @throws Error with zlib's words when what comes in is damaged or cut off
 */
export function inflate(
  kind: "gzip" | "deflate",
  source: (into: Uint8Array) => number,
  sink: (piece: Uint8Array) => void,
): void {
  // Not imported: only archives need it.
  const zlib = require("node:zlib") as typeof import("node:zlib");
  const stream = kind === "gzip" ? zlib.createGunzip() : zlib.createInflateRaw();
  const { _handle: zlibStep, _writeState: left } = stream as InflateRaw & Stepper;
  let failure: string | undefined;
  zlibStep.onerror = (words) => (failure = words);
  const input = new Uint8Array(IN);
  const output = new Uint8Array(OUT);
  try {
    for (let length = -1; length !== 0;) {
      length = source(input);
      const flush = length === 0 ? Z_FINISH : Z_NO_FLUSH;
      let rest = length;
      do {
        zlibStep.writeSync(flush, input, length - rest, rest, output, 0, OUT);
        if (failure !== undefined) throw new Error(failure);
        if (left[0] < OUT) sink(output.subarray(0, OUT - left[0]));
        rest = left[1];
        // A full buffer: there may be more to come. Input that is left although there is room is not zlib's any more.
      } while (left[0] === 0);
      if (rest > 0) return;
    }
  } finally {
    zlibStep.close();
  }
}
