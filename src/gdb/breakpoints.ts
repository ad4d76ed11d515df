import type { GuestMemory } from "../memory/mod.ts";
import type { Inserted } from "./types.ts";

/** BKPT #0: A32 encoding A1 and Thumb encoding T1 (ARM ARM A8.8.24), little-endian. */
const BKPT_A32 = Uint8Array.of(0x70, 0x00, 0x20, 0xe1);
const BKPT_THUMB = Uint8Array.of(0x00, 0xbe);

/** Whose a breakpoint is: the debugger's, which calls it software or hardware, or our own. */
type BreakUser = "code" | "hardware" | "arrival";

interface Patch {
  original: Uint8Array;
  readonly users: Set<BreakUser>;
}

/**
 * Breakpoints are BKPT instructions in guest memory, so that any engine stops there and none has to look for them. Reads and writes by
 * the debugger see the code as it was.
 */
export class Breakpoints {
  private readonly patches = new Map<number, Patch>();

  constructor(private readonly memory: GuestMemory) {}

  has(address: number, user?: BreakUser): boolean {
    const patch = this.patches.get(address >>> 0);
    return patch !== undefined && (user === undefined || patch.users.has(user));
  }

  /** False where there is no memory. `thumb`: the kind of instruction there. Asked twice for the same it does nothing more. */
  insert(address: number, thumb: boolean, user: BreakUser): boolean {
    address >>>= 0;
    const known = this.patches.get(address);
    if (known) {
      known.users.add(user);
      this.plant(address, known);
      return true;
    }
    const code = thumb ? BKPT_THUMB : BKPT_A32;
    if (!this.memory.contains(address, code.length) || address % code.length !== 0) return false;
    const patch: Patch = {
      original: this.memory.read(address, code.length).slice(),
      users: new Set([user]),
    };
    this.patches.set(address, patch);
    this.plant(address, patch);
    return true;
  }

  remove(address: number, user: BreakUser): boolean {
    address >>>= 0;
    const patch = this.patches.get(address);
    if (!patch) return false;
    patch.users.delete(user);
    if (patch.users.size === 0) this.restore(address, patch);
    return true;
  }

  /** Code was loaded to [start, end): breakpoints that were inserted before it was there are made again. */
  again(start: number, end: number): void {
    for (const [address, patch] of this.patches)
      if (address >= start && address < end) this.plant(address, patch);
  }

  /** Those of the debugger's, each as it was inserted. */
  *inserted(): Generator<Inserted> {
    for (const [address, { original, users }] of this.patches)
      for (const kind of users)
        if (kind !== "arrival") yield { kind, address, size: original.length };
  }

  /** Makes the instruction a BKPT; what is there is the program's. */
  private plant(address: number, patch: Patch): void {
    const { code, there } = this.look(address, patch);
    if (same(code, there)) return;
    patch.original = there.slice();
    this.memory.poke(address, code);
  }

  private look(address: number, { original }: Patch): { code: Uint8Array; there: Uint8Array } {
    const code = original.length === 2 ? BKPT_THUMB : BKPT_A32;
    return { code, there: this.memory.read(address, code.length) };
  }

  /** Removes those in [start, end): whose they were is gone. */
  clear(start = 0, end = 2 ** 32): void {
    for (const [address, patch] of this.patches)
      if (address >= start && address < end) this.restore(address, patch);
  }

  private restore(address: number, patch: Patch): void {
    this.patches.delete(address);
    // What is no breakpoint any more was overwritten by the guest.
    const { code, there } = this.look(address, patch);
    if (same(code, there)) this.memory.poke(address, patch.original);
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

const same = (a: Uint8Array, b: Uint8Array): boolean => a.every((byte, i) => byte === b[i]);
