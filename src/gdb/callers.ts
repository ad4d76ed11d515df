import { CALLERS, CALLERS_OFFSET, callsOf, collectWaits } from "../debug/mod.ts";
import type { Kernel } from "../kernel/mod.ts";

/** Bytes of the registers r0-r15 of one caller. */
const FRAME = 64;

/**
 * Registers of code that called the kernel, where the table of call frames that a debugger is given says that they are: addresses from
 * CALLERS on, which no memory has. Undefined where there are none.
 */
export function readCallers(
  kernel: Kernel,
  address: number,
  length: number,
): Uint8Array | undefined {
  if (address < CALLERS) return undefined;
  const callers = collectWaits(kernel).threads.flatMap((tcb) =>
    callsOf(kernel, tcb).flatMap(({ caller }) => (caller ? [caller.registers] : [])),
  );
  const word = (at: number): number | undefined => {
    const index = Math.floor((at - CALLERS) / FRAME);
    if (index < callers.length) return callers[index][((at - CALLERS) % FRAME) >>> 2];
    // The kernel aligns the stack of what it calls (AAPCS, 5.2.1.2).
    const sp = at - CALLERS_OFFSET;
    const found = callers.findIndex((registers) => (registers[13] & ~7) >>> 0 === sp);
    return found < 0 ? undefined : CALLERS + FRAME * found;
  };
  const from = (address & ~3) >>> 0;
  const count = Math.min(Math.ceil((address - from + length) / 4), 16);
  const words = Array.from({ length: count }, (_, n) => word(from + 4 * n));
  if (words[0] === undefined) return undefined;
  const known = words.map((value) => value ?? 0);
  const bytes = new Uint8Array(Uint32Array.from(known).buffer);
  return bytes.subarray(address - from, Math.min(bytes.length, address - from + length));
}
