import type { InflateRaw } from "node:zlib";

/** Bytes taken from zlib at a time. */
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

/** What is to be unpacked, a piece at a time. */
export class PackedInput {
  readonly bytes = new Uint8Array(1 << 18);
  /** For what comes out: one for all streams of the input, which can be many. */
  readonly unpacked = new Uint8Array(OUT);
  /** The first byte that nobody has taken, and the first that is not there. */
  at = 0;
  end = 0;
  /** Bytes of earlier pieces. */
  private before = 0;

  /** `source` fills the array as far as it can; 0 at the end. */
  constructor(private readonly source: (into: Uint8Array) => number) {}

  /** Bytes taken so far. */
  get position(): number {
    return this.before + this.at;
  }

  /** False when all was taken and there is no more. */
  fill(): boolean {
    if (this.at < this.end) return true;
    this.before += this.end;
    this.at = 0;
    this.end = this.source(this.bytes);
    return this.end > 0;
  }
}

/**
 * Unpacks one stream of bare deflate piece by piece, so that it takes the memory of a piece; what follows stays in `input`.
 *
 * @param sink gets each piece; the array is used again
 * @throws Error with zlib's words when what comes in is damaged or cut off
 */
export function inflate(input: PackedInput, sink: (piece: Uint8Array) => void): void {
  // Not imported: only archives need it.
  const zlib = require("node:zlib") as typeof import("node:zlib");
  const stream = zlib.createInflateRaw();
  const { _handle: zlibStep, _writeState: left } = stream as InflateRaw & Stepper;
  let failure: string | undefined;
  zlibStep.onerror = (words) => (failure = words);
  const output = input.unpacked;
  try {
    for (let more = true; more;) {
      more = input.fill();
      const flush = more ? Z_NO_FLUSH : Z_FINISH;
      do {
        const length = input.end - input.at;
        zlibStep.writeSync(flush, input.bytes, input.at, length, output, 0, OUT);
        if (failure !== undefined) throw new Error(failure);
        input.at = input.end - left[1];
        if (left[0] < OUT) sink(output.subarray(0, OUT - left[0]));
        // A full buffer: there may be more to come. Input that is left although there is room is not zlib's any more.
      } while (left[0] === 0);
      if (input.at < input.end) return;
    }
  } finally {
    zlibStep.close();
  }
}
