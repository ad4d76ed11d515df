import type { GuestMemory } from "../memory/mod.ts";

/** BKPT #0: A32 encoding A1 and Thumb encoding T1 (ARM ARM A8.8.24), little-endian. */
const BKPT_A32 = Uint8Array.of(0x70, 0x00, 0x20, 0xe1);
const BKPT_THUMB = Uint8Array.of(0x00, 0xbe);

interface Patch {
  readonly original: Uint8Array;
  /** How many breakpoints are there. */
  users: number;
}

/**
 * Breakpoints are BKPT instructions in guest memory, so that any engine stops there and none has to look for them. Reads and writes by
 * the debugger see the code as it was.
 */
export class Breakpoints {
  private readonly patches = new Map<number, Patch>();

  constructor(private readonly memory: GuestMemory) {}

  has(address: number): boolean {
    return this.patches.has(address >>> 0);
  }

  /** False where there is no memory. `thumb`: the kind of instruction there. */
  insert(address: number, thumb: boolean): boolean {
    address >>>= 0;
    const known = this.patches.get(address);
    if (known) {
      known.users++;
      return true;
    }
    const code = thumb ? BKPT_THUMB : BKPT_A32;
    if (!this.memory.contains(address, code.length) || address % code.length !== 0) return false;
    this.patches.set(address, {
      original: this.memory.read(address, code.length).slice(),
      users: 1,
    });
    this.memory.poke(address, code);
    return true;
  }

  remove(address: number): boolean {
    address >>>= 0;
    const patch = this.patches.get(address);
    if (!patch) return false;
    if (--patch.users === 0) this.restore(address, patch);
    return true;
  }

  /** Removes those in [start, end): whose they were is gone. */
  clear(start = 0, end = 2 ** 32): void {
    for (const [address, patch] of this.patches)
      if (address >= start && address < end) this.restore(address, patch);
  }

  private restore(address: number, { original }: Patch): void {
    this.patches.delete(address);
    // What is no breakpoint any more was overwritten by the guest.
    const code = original.length === 2 ? BKPT_THUMB : BKPT_A32;
    const now = this.memory.read(address, code.length);
    if (code.every((byte, i) => now[i] === byte)) this.memory.poke(address, original);
  }

  /** A copy of memory without the breakpoints. */
  read(address: number, length: number): Uint8Array {
    const bytes = this.memory.read(address, length).slice();
    this.overlap(address, length, (patch, from, to) =>
      bytes.set(patch.subarray(from, to.end), to.at),
    );
    return bytes;
  }

  /** Writes behind the breakpoints, which stay. */
  write(address: number, bytes: Uint8Array): void {
    const copy = bytes.slice();
    this.overlap(address, bytes.length, (patch, from, to) => {
      const count = to.end - from;
      const code = patch.length === 2 ? BKPT_THUMB : BKPT_A32;
      patch.set(bytes.subarray(to.at, to.at + count), from);
      copy.set(code.subarray(from, to.end), to.at);
    });
    this.memory.poke(address, copy);
  }

  /** Calls with each patch in the range: its bytes [from, to.end) are those at `to.at` of the range. */
  private overlap(
    address: number,
    length: number,
    visit: (original: Uint8Array, from: number, to: { at: number; end: number }) => void,
  ): void {
    for (const [at, { original }] of this.patches) {
      const from = Math.max(0, address - at);
      const end = Math.min(original.length, address + length - at);
      if (from < end) visit(original, from, { at: at + from - address, end });
    }
  }
}
