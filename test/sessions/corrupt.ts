/**
 * Damaged modules of the recordings, made from an intact hello.mo.
 */

const PHOFF = 28;
const SEGMENT_SIZE = 32;
const P_VADDR = 8;
const P_MEMSZ = 20;

/** File name -> its bytes. */
export function corruptModules(hello: Uint8Array): Record<string, Uint8Array> {
  const segment = (n: number) => word(hello, PHOFF) + n * SEGMENT_SIZE;
  return {
    "c_magic.mo": patch(hello, [[1, 0x58]]),
    "c_class.mo": patch(hello, [[4, 7]]),
    "c_exec.mo": patch(hello, [[16, 2]]),
    "c_mach.mo": patch(hello, [[18, 62]]),
    "c_empty.mo": new Uint8Array(0),
    "c_short.mo": hello.slice(0, 40),
    "c_trunc.mo": hello.slice(0, 400),
    "c_rand.mo": noise(500),
    "c_memsz.mo": patch(hello, bytesOf(segment(0) + P_MEMSZ, 1)),
    // The second segment into the first one, and 64 bytes behind the place it was linked for.
    "c_ovl.mo": patch(hello, bytesOf(segment(1) + P_VADDR, 0x100)),
    "c_gap.mo": patch(
      hello,
      bytesOf(segment(1) + P_VADDR, word(hello, segment(1) + P_VADDR) + 0x40),
    ),
    // PT_NULL instead of PT_LOAD.
    "c_nold.mo": patch(hello, [
      [segment(0), 0],
      [segment(1), 0],
    ]),
  };
}

function word(bytes: Uint8Array, at: number): number {
  return new DataView(bytes.buffer, bytes.byteOffset).getUint32(at, true);
}

function bytesOf(at: number, value: number): [number, number][] {
  return [0, 8, 16, 24].map((shift, i) => [at + i, (value >>> shift) & 0xff]);
}

function patch(bytes: Uint8Array, changes: readonly (readonly [number, number])[]): Uint8Array {
  const copy = Uint8Array.from(bytes);
  for (const [at, value] of changes) copy[at] = value;
  return copy;
}

/** The same bytes every time; they do not begin like an ELF file. */
export function noise(length: number): Uint8Array {
  let state = 1;
  return Uint8Array.from({ length }, () => {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
    return state >>> 24;
  });
}
