/** An image of floating-point cases for float-driver.s. */
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { elfFile } from "./image.ts";
import { tool } from "./tools.ts";

/** Cases of one image. */
export const FLOAT_CAPACITY = 1024;
const BASE = 0x60010000;
const SLOTS = BASE + 0x800;
const RECORD = 64 + 13; // words: d0-d31, FPSCR, flags, r0-r7, window, window, entry
export const FLOAT_RESULT = 64 + 13; // words: d0-d31, r0-r9, FPSCR, flags, sp
const RECORDS = BASE + 0x2000;
const RESULTS = RECORDS + FLOAT_CAPACITY * RECORD * 4;
export const FLOAT_WINDOW = 1280;
const WINDOWS = RESULTS + FLOAT_CAPACITY * FLOAT_RESULT * 4;
const CODE = WINDOWS + FLOAT_CAPACITY * FLOAT_WINDOW + 0x1000;
const CODE_SIZE = 64;
const END = CODE + FLOAT_CAPACITY * CODE_SIZE;

export interface FloatCase {
  readonly thumb: boolean;
  readonly code: Uint8Array;
  /** d0-d31 as words. */
  readonly words: Uint32Array;
  readonly fpscr: number;
  readonly flags: number;
  /** r0-r7. */
  readonly core: Uint32Array;
  readonly window: Uint8Array;
}

let driver: Uint8Array | undefined;
function sharedDriver(): Uint8Array {
  if (driver) return driver;
  const folder = mkdtempSync(join(tmpdir(), "rtt-sim-float-"));
  try {
    const file = (name: string) => join(folder, name);
    tool("as", join(import.meta.dir, "float-driver.s"), "-o", file("driver.o"));
    tool("ld", `-Ttext=0x${BASE.toString(16)}`, file("driver.o"), "-o", file("driver.elf"));
    tool("objcopy", "-O", "binary", file("driver.elf"), file("driver.bin"));
    return (driver = new Uint8Array(readFileSync(file("driver.bin"))));
  } finally {
    rmSync(folder, { recursive: true });
  }
}

export interface FloatImage {
  readonly elf: Uint8Array;
  readonly size: number;
}

/** Result words and window of one case in the output. */
export interface FloatResult {
  readonly words: Uint32Array;
  readonly window: Uint8Array;
}

export function floatImage(cases: readonly FloatCase[]): FloatImage {
  const memory = new Uint8Array(END - BASE);
  const view = new DataView(memory.buffer);
  memory.set(sharedDriver());
  const outputEnd = WINDOWS + cases.length * FLOAT_WINDOW;
  [RECORDS, RECORDS + cases.length * RECORD * 4, RESULTS, RESULTS, outputEnd].forEach((value, i) =>
    view.setUint32(SLOTS - BASE + 4 * i, value, true),
  );
  cases.forEach((test, k) => {
    const window = WINDOWS + k * FLOAT_WINDOW;
    const middle = window + FLOAT_WINDOW / 2;
    const code = CODE + k * CODE_SIZE;
    const entry = code + (test.thumb ? 1 : 0);
    const record = [...test.words, test.fpscr, test.flags, ...test.core, middle, middle, entry];
    record.forEach((value, i) =>
      view.setUint32(RECORDS - BASE + (k * RECORD + i) * 4, value, true),
    );
    memory.set(test.window, window - BASE);
    memory.set(test.code, code - BASE);
    // bx lr
    const end = code - BASE + test.code.length;
    if (test.thumb) view.setUint16(end, 0x4770, true);
    else view.setUint32(end, 0xe12fff1e, true);
  });
  return { elf: elfFile(memory), size: outputEnd - RESULTS };
}

export function floatResults(
  count: number,
  { size }: FloatImage,
  output: Uint8Array,
): FloatResult[] {
  if (output.length !== size) throw new Error(`the image wrote ${output.length} bytes of ${size}`);
  const view = new DataView(output.buffer, output.byteOffset, output.length);
  return Array.from({ length: count }, (_, k) => {
    const words = new Uint32Array(FLOAT_RESULT);
    words.forEach((_, i) => (words[i] = view.getUint32((k * FLOAT_RESULT + i) * 4, true)));
    const window = WINDOWS - RESULTS + k * FLOAT_WINDOW;
    return { words, window: output.slice(window, window + FLOAT_WINDOW) };
  });
}
