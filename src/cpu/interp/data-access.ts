import { GuestFault, type GuestMemory } from "../../memory/mod.ts";
import type { CpuFault } from "../types.ts";
import { Arena } from "./arena.ts";
import { Code } from "./loop.ts";
import { Slot } from "./state.ts";

interface Access {
  readonly size: number;
  readonly store: boolean;
  readonly signed: boolean;
  /** What becomes of the base. */
  readonly writeback: "post" | "pre" | undefined;
}

/** What the slow path has to know of a memory op. */
const accesses: (Access | undefined)[] = [];
function describe(
  code: Code,
  size: number,
  kind: "store" | "signed" | "load",
  writeback?: "post" | "pre",
): void {
  accesses[code] = { size, store: kind === "store", signed: kind === "signed", writeback };
}
describe(Code.LdrI, 4, "load");
describe(Code.LdrbI, 1, "load");
describe(Code.LdrhI, 2, "load");
describe(Code.LdrsbI, 1, "signed");
describe(Code.LdrshI, 2, "signed");
describe(Code.LdrX, 4, "load");
describe(Code.LdrbX, 1, "load");
describe(Code.LdrhX, 2, "load");
describe(Code.LdrsbX, 1, "signed");
describe(Code.LdrshX, 2, "signed");
describe(Code.LdrAbs, 4, "load");
describe(Code.StrI, 4, "store");
describe(Code.StrbI, 1, "store");
describe(Code.StrhI, 2, "store");
describe(Code.StrX, 4, "store");
describe(Code.StrbX, 1, "store");
describe(Code.StrhX, 2, "store");
describe(Code.LdrPost, 4, "load", "post");
describe(Code.LdrbPost, 1, "load", "post");
describe(Code.StrPost, 4, "store", "post");
describe(Code.StrbPost, 1, "store", "post");
describe(Code.LdrPre, 4, "load", "pre");
describe(Code.LdrbPre, 1, "load", "pre");
describe(Code.StrPre, 4, "store", "pre");
describe(Code.StrbPre, 1, "store", "pre");

/** The slow paths of loads and stores: what the loop's own check of rights and alignment refuses, and exclusive access. */
export abstract class DataAccess {
  /** The register file (state.ts), in wasm memory, where translated code keeps it too. */
  readonly file: Int32Array;
  readonly arena = new Arena();
  fault: CpuFault | undefined;

  /** Arena index of the store that is being made, while memory calls back. */
  protected storing = 0;
  /** Exclusive monitor: address and log2 of the size, size -1: open (A3.4.1). */
  private readonly monitor = { address: 0, size: -1 };

  constructor(readonly memory: GuestMemory) {
    this.file = memory.engine.subarray(0, Slot.Count);
  }

  clearExclusive(): void {
    this.monitor.size = -1;
  }

  dataAbort(address: number, access: "read" | "write", why: string): void {
    address >>>= 0;
    const guard = this.memory.guardAt(address);
    this.fault = { kind: "data abort", pc: 0, address, access, why, guard };
  }

  /**
   * The load or store at `ip`, of `address`, when the fast path refused it. Returns the arena index behind it, or -ip when it
   * faults.
   */
  access(ip: number, address: number): number {
    const { file } = this;
    const word = this.arena.words[ip];
    const code: Code = word & 255;
    const d = (word >>> 8) & 255;
    const { size, store, signed, writeback } = accesses[code]!;
    if (store) this.store(ip, address, size, file[d]);
    else {
      const value = this.load(address, size);
      if (this.fault === undefined) {
        const unused = 32 - size * 8;
        file[d] = signed ? (value << unused) >> unused : value;
      }
    }
    if (this.fault !== undefined) return -ip;
    if (writeback) {
      const moved = writeback === "pre" ? 0 : this.arena.words[ip + 1];
      file[(word >>> 16) & 255] = address + moved;
    }
    return ip + 2;
  }

  /** Slow path of a load of 1, 2 or 4 bytes, any alignment; zero extended. Sets `fault` when it is refused. */
  load(address: number, size: number): number {
    if (!this.allowed(address, size, "read")) return 0;
    const { u8 } = this.memory;
    let value = 0;
    for (let k = 0; k < size; k++) value |= u8[(address >>> 0) + k] << (k * 8);
    return value;
  }

  /** Slow path of a store by the op at `ip`. */
  store(ip: number, address: number, size: number, value: number): void {
    this.storing = ip;
    const allowed = this.allowed(address, size, "write");
    this.storing = 0;
    if (!allowed) return;
    const { u8 } = this.memory;
    for (let k = 0; k < size; k++) u8[(address >>> 0) + k] = value >>> (k * 8);
  }

  /** Slow path of n words, aligned to 4: true when all of them may be accessed. */
  multiple(ip: number, address: number, n: number, store: boolean): boolean {
    if (address & 3) {
      this.dataAbort(address, store ? "write" : "read", "alignment");
      return false;
    }
    this.storing = ip;
    const allowed = this.allowed(address, n * 4, store ? "write" : "read");
    this.storing = 0;
    return allowed;
  }

  loadExclusive(ip: number, d: number, e: number, address: number, size: number): void {
    const bytes = 1 << size;
    if (address & (bytes - 1)) return this.dataAbort(address, "read", "alignment");
    if (size === 3) {
      if (!this.multiple(ip, address, 2, false)) return;
      this.file[d] = this.memory.i32[address >>> 2];
      this.file[e] = this.memory.i32[(address >>> 2) + 1];
    } else {
      const value = this.load(address, bytes);
      if (this.fault !== undefined) return;
      this.file[d] = value;
    }
    this.monitor.address = address;
    this.monitor.size = size;
  }

  /** True when the store was made: the monitor still covers the address. */
  storeExclusive(ip: number, s: number, t: number, address: number, size: number): boolean {
    const { monitor } = this;
    const passes = monitor.size === size && monitor.address === address;
    monitor.size = -1;
    if (!passes) return false;
    if (size === 3) {
      if (!this.multiple(ip, address, 2, true)) return false;
      this.memory.i32[address >>> 2] = s;
      this.memory.i32[(address >>> 2) + 1] = t;
    } else {
      this.store(ip, address, 1 << size, s);
      if (this.fault !== undefined) return false;
    }
    return true;
  }

  private allowed(address: number, size: number, access: "read" | "write"): boolean {
    try {
      this.memory.checkAccess(address, size, access);
      return true;
    } catch (error) {
      if (!(error instanceof GuestFault)) throw error;
      this.dataAbort(error.address, access, error.why);
      return false;
    }
  }
}
