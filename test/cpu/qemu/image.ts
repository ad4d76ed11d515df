/**
 * An image of test cases: a static ARM executable that runs every case from given registers and writes what became of
 * registers and memory to its standard output. See driver.s.
 */
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { Random } from "./random.ts";
import { tool } from "./tools.ts";

/** Cases one image can hold. */
export const CAPACITY = 4096;
/** Bytes of private memory of a case, within which its pointers point. */
export const WINDOW = 240;
/** Between the windows of two cases lies a gap that nothing accesses. */
const WINDOW_STRIDE = 256;

/** Where the driver lies, which is entered there; its pointers to what it works on; bytes that it needs. */
export const BASE = 0x60010000;
export const SLOTS = BASE + 0x1000;
export const DRIVER_SIZE = 0x4000;
const RECORD = 17; // words: r0-r12, sp, lr, flags, entry
export const RESULT = 18; // words: r0-r12, sp, lr, flags, pc of the fault, signal
const RECORDS = BASE + DRIVER_SIZE;
const RESULTS = RECORDS + CAPACITY * RECORD * 4;
const WINDOWS = RESULTS + CAPACITY * RESULT * 4;
/** Loads relative to pc reach this far in front of and behind the code. */
const MARGIN = 0x2000;
const CODE = WINDOWS + CAPACITY * WINDOW_STRIDE + MARGIN;
/** Bytes for the code of one case, its end included. What it does not use holds random words for loads to find. */
export const CODE_SIZE = 256;

/** One test: code without its end, what it starts from, and its place in the image (which fixes its addresses). */
export interface Case {
  readonly place: number;
  /** The state at the first instruction, and behind the last. */
  readonly thumb: boolean;
  readonly endsInThumb: boolean;
  /** A Thumb case may start at an address that is 2 modulo 4. */
  readonly skew: 0 | 2;
  readonly code: Uint8Array;
  /** r0-r12, sp, lr, flags. */
  readonly registers: Uint32Array;
  readonly window: Uint8Array;
}

export interface Image {
  readonly elf: Uint8Array;
  readonly cases: readonly Case[];
  readonly outputSize: number;
}

export function codeAddress(place: number): number {
  return CODE + place * CODE_SIZE;
}

/** What a window holds before a case puts something there. */
export function freshWindow(place: number): Uint8Array {
  const random = new Random(~place);
  return Uint8Array.from({ length: WINDOW }, () => random.u32() & 255);
}

export function windowAddress(place: number): number {
  return WINDOWS + place * WINDOW_STRIDE;
}

interface Driver {
  readonly bytes: Uint8Array;
  readonly next: number;
  readonly done: number;
}
let driver: Driver | undefined;

/** The code all cases share, assembled once per process. */
export function sharedDriver(): Driver {
  if (driver) return driver;
  const folder = mkdtempSync(join(tmpdir(), "rtt-sim-driver-"));
  try {
    const file = (name: string) => join(folder, name);
    tool("as", join(import.meta.dir, "driver.s"), "-o", file("driver.o"));
    tool("ld", `-Ttext=0x${BASE.toString(16)}`, file("driver.o"), "-o", file("driver.elf"));
    tool("objcopy", "-O", "binary", file("driver.elf"), file("driver.bin"));
    const symbols = tool("nm", file("driver.elf"));
    const symbol = (name: string) =>
      parseInt(symbols.match(new RegExp(`^(\\w+) \\w ${name}$`, "m"))![1], 16);
    driver = {
      bytes: new Uint8Array(readFileSync(file("driver.bin"))),
      next: symbol("next"),
      done: symbol("done"),
    };
    return driver;
  } finally {
    rmSync(folder, { recursive: true });
  }
}

/** Builds the executable for at most CAPACITY cases with different places. */
export function buildImage(cases: readonly Case[]): Image {
  const { bytes, done } = sharedDriver();
  const last = Math.max(...cases.map((c) => c.place));
  const end = codeAddress(last + 1) + MARGIN;
  const outputEnd = windowAddress(last + 1);

  const memory = new Uint8Array(end - BASE);
  const view = new DataView(memory.buffer);
  const word = (address: number, value: number) => view.setUint32(address - BASE, value, true);
  memory.set(bytes);
  const slots = [RECORDS, RECORDS + cases.length * RECORD * 4, RESULTS, RESULTS, outputEnd];
  slots.forEach((value, i) => word(SLOTS + 4 * i, value));
  cases.forEach((test, i) => {
    const { place, thumb, skew, registers, window } = test;
    const record = RECORDS + i * RECORD * 4;
    registers.forEach((value, k) => word(record + 4 * k, value));
    word(record + 64, codeAddress(place) + skew + (thumb ? 1 : 0));
    memory.set(window, windowAddress(place) - BASE);
    memory.set(codeOf(test, done), codeAddress(place) - BASE);
  });
  return { elf: elfFile(memory), cases, outputSize: outputEnd - RESULTS };
}

/** All bytes at a case's place: its code, the jump to `end` in A32 state, and random words for loads to find. */
export function codeOf({ place, endsInThumb, skew, code }: Case, end: number): Uint8Array {
  const bytes = new Uint8Array(CODE_SIZE);
  const view = new DataView(bytes.buffer);
  const filler = new Random(place);
  for (let k = 0; k < CODE_SIZE; k += 4) view.setUint32(k, filler.u32(), true);
  if (skew + code.length + 12 > CODE_SIZE) throw new Error(`case ${place} is too long`);
  bytes.set(code, skew);
  let at = skew + code.length;
  if (endsInThumb && at & 2) {
    view.setUint16(at, 0xbf00, true); // nop
    at += 2;
  }
  view.setUint32(at, endsInThumb ? 0xf000f8df : 0xe51ff004, true); // ldr.w pc, [pc, #0]; ldr pc, [pc, #-4]
  view.setUint32(at + 4, end, true);
  return bytes;
}

/** One readable, writable, executable segment from `start` on, entered at BASE in A32 state. */
export function elfFile(memory: Uint8Array, start = BASE): Uint8Array {
  const OFFSET = 0x1000;
  const file = new Uint8Array(OFFSET + memory.length);
  const view = new DataView(file.buffer);
  file.set([0x7f, 0x45, 0x4c, 0x46, 1, 1, 1]);
  view.setUint16(16, 2, true); // ET_EXEC
  view.setUint16(18, 40, true); // EM_ARM
  view.setUint32(20, 1, true);
  view.setUint32(24, BASE, true);
  view.setUint32(28, 52, true); // program headers
  view.setUint32(36, 0x05000200, true); // EABI 5, soft float
  view.setUint16(40, 52, true);
  view.setUint16(42, 32, true);
  view.setUint16(44, 1, true);
  view.setUint16(46, 40, true);
  [1, OFFSET, start, start, memory.length, memory.length, 7, 0x1000].forEach((value, i) =>
    view.setUint32(52 + 4 * i, value, true),
  );
  file.set(memory, OFFSET);
  return file;
}

/** What became of one case. */
export interface Result {
  /** r0-r12, sp, lr, flags, pc of the fault (0: none), Linux signal of the fault (0: none). */
  readonly registers: Uint32Array;
  readonly window: Uint8Array;
}

/** Takes an image's output apart; one result per case, in the order of `image.cases`. */
export function parseOutput(image: Image, output: Uint8Array): Result[] {
  if (output.length !== image.outputSize)
    throw new Error(`the image wrote ${output.length} bytes of ${image.outputSize}`);
  const view = new DataView(output.buffer, output.byteOffset, output.length);
  return image.cases.map(({ place }, i) => {
    const registers = new Uint32Array(RESULT);
    for (let k = 0; k < RESULT; k++) registers[k] = view.getUint32((i * RESULT + k) * 4, true);
    const window = windowAddress(place) - RESULTS;
    return { registers, window: output.slice(window, window + WINDOW) };
  });
}

/** Address of the driver's pointer to the next result, for a harness that records faults itself. */
export const RESULT_POINTER = SLOTS + 8;
