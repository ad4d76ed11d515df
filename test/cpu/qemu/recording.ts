/**
 * Cases with the results qemu-arm gave, in a file: what a machine without qemu-arm and toolchain can still test.
 * recorded.bin is made by `bun test/cpu/qemu/record.ts`.
 *
 * Per case: place (2 bytes), state bits (1), length of the code (1), the code, 16 initial words; then bytes that differ:
 * initial window against the fresh window, final window against the initial one (count, then offset and value of
 * each); then a mask of the 18 result words that differ from the initial ones, and those words.
 */
import { type Case, RESULT, type Result, WINDOW, freshWindow } from "./image.ts";

/** Where the recorded cases jump at their end. */
export const END = 0x60010074;

export interface Recorded {
  readonly test: Case;
  readonly result: Result;
}

const THUMB = 1;
const ENDS_IN_THUMB = 2;
const SKEWED = 4;

export function writeRecording(recorded: readonly Recorded[]): Uint8Array {
  const out: number[] = [];
  const half = (v: number) => out.push(v & 255, (v >>> 8) & 255);
  const word = (v: number) => (half(v), half(v >>> 16));
  const bytes = (from: Uint8Array, to: Uint8Array) => {
    const changed = [...to.keys()].filter((i) => from[i] !== to[i]);
    out.push(changed.length);
    for (const i of changed) out.push(i, to[i]);
  };
  for (const { test, result } of recorded) {
    const state =
      (test.thumb ? THUMB : 0) | (test.endsInThumb ? ENDS_IN_THUMB : 0) | (test.skew ? SKEWED : 0);
    half(test.place);
    out.push(state, test.code.length, ...test.code);
    test.registers.forEach(word);
    bytes(freshWindow(test.place), test.window);
    bytes(test.window, result.window);
    const before = (i: number) => test.registers[i] ?? 0;
    const changed = [...result.registers.keys()].filter((i) => result.registers[i] !== before(i));
    word(changed.reduce((mask, i) => mask | (1 << i), 0));
    for (const i of changed) word(result.registers[i]);
  }
  return Uint8Array.from(out);
}

export function readRecording(file: Uint8Array): Recorded[] {
  const recorded: Recorded[] = [];
  let at = 0;
  const byte = () => file[at++];
  const half = () => byte() | (byte() << 8);
  const word = () => (half() | (half() << 16)) >>> 0;
  const changes = (from: Uint8Array) => {
    const to = from.slice();
    for (let n = byte(); n > 0; n--) to[byte()] = byte();
    return to;
  };
  while (at < file.length) {
    const place = half();
    const state = byte();
    const length = byte();
    const code = file.slice(at, (at += length));
    const registers = Uint32Array.from({ length: 16 }, word);
    const window = changes(freshWindow(place));
    const after = changes(window);
    const results = new Uint32Array(RESULT);
    results.set(registers);
    const mask = word();
    for (let i = 0; i < RESULT; i++) if ((mask >>> i) & 1) results[i] = word();
    recorded.push({
      test: {
        place,
        thumb: (state & THUMB) !== 0,
        endsInThumb: (state & ENDS_IN_THUMB) !== 0,
        skew: state & SKEWED ? 2 : 0,
        code,
        registers,
        window,
      },
      result: { registers: results, window: after },
    });
  }
  if (at !== file.length || recorded.some(({ test }) => test.window.length !== WINDOW))
    throw new Error("recorded.bin is damaged");
  return recorded;
}
