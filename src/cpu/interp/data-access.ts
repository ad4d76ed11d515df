import { GuestFault, type GuestMemory } from "../../memory/mod.ts";
import { FloatUnit } from "../float/mod.ts";
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

/** Words of a memory op. */
export function sizeOf(word: number): number {
  const code: Code = word & 255;
  return code === Code.Ldm || code === Code.Stm ? 3 + (word >>> 24) : 2;
}

/** The slow paths of loads and stores: what the loop's own check of rights and alignment refuses, and exclusive access. */
export abstract class DataAccess {
  /** The register file (state.ts), in wasm memory, where translated code keeps it too. */
  readonly file: Int32Array;
  readonly float: FloatUnit;
  fault: CpuFault | undefined;

  /** Arena index of the store that is being made, while memory calls back. */
  protected storing = 0;
  /** Exclusive monitor: address and log2 of the size, size -1: open (A3.4.1). */
  private readonly monitor = { address: 0, size: -1 };

  constructor(
    readonly memory: GuestMemory,
    readonly arena = new Arena(memory),
  ) {
    this.file = memory.engine.subarray(0, Slot.Count);
    this.float = new FloatUnit(memory.engine);
  }

  clearExclusive(): void {
    this.monitor.size = -1;
  }

  dataAbort(address: number, size: number, access: "read" | "write", why: string): void {
    address >>>= 0;
    let guard: unknown;
    for (let k = 0; k < size && guard === undefined; k++) guard = this.memory.guardAt(address + k);
    this.fault = { kind: "data abort", pc: 0, address, access, why, guard };
  }

  /** The memory op at `ip`, whose fast path refused it. False when it faults: nothing has changed then. */
  protected access(ip: number, address: number): boolean {
    const { file } = this;
    const { words } = this.arena;
    const word = words[ip];
    const code: Code = word & 255;
    const d = (word >>> 8) & 255;
    const a = (word >>> 16) & 255;
    const b = word >>> 24;
    if (code === Code.Ldm || code === Code.Stm) {
      const base = file[a];
      const list = words.subarray(ip + 3, ip + 3 + b);
      if (!this.transfer(ip, (base + words[ip + 1]) | 0, list, code === Code.Stm)) return false;
      if (code === Code.Stm || !list.includes(a)) file[a] = base + words[ip + 2];
      return true;
    }
    if (code === Code.LdrdI || code === Code.StrdI)
      return this.transfer(ip, address, [d, b], code === Code.StrdI);
    const access = accesses[code];
    if (!access) throw new Error(`interpreter: no code ${code} at ${ip}`);
    const { size, store, signed, writeback } = access;
    if (store) this.store(ip, address, size, file[d]);
    else {
      const value = this.load(address, size);
      const unused = 32 - size * 8;
      if (this.fault === undefined) file[d] = signed ? (value << unused) >> unused : value;
    }
    if (this.fault !== undefined) return false;
    if (writeback) file[a] = address + (writeback === "pre" ? 0 : words[ip + 1]);
    return true;
  }

  /** True when the op at `ip` may access so many words from `address` on, which must be aligned to 4; a fault when not. */
  reaches(ip: number, address: number, words: number, store: boolean): boolean {
    return this.reachesBytes(ip, address, words * 4, 4, store);
  }
  /** The same for bytes from an address that must be a multiple of `align`, a power of two. */
  reachesBytes(ip: number, address: number, size: number, align: number, store: boolean): boolean {
    const access = store ? "write" : "read";
    if (address & (align - 1)) {
      this.dataAbort(address, size, access, "alignment");
      return false;
    }
    this.storing = store ? ip : 0;
    const allowed = this.allowed(address, size, access);
    this.storing = 0;
    return allowed;
  }

  /** Loads or stores registers of the file from `address` on, aligned to 4: all of them, or none and a fault. */
  transfer(ip: number, address: number, registers: ArrayLike<number>, store: boolean): boolean {
    if (!this.reaches(ip, address, registers.length, store)) return false;
    const { file } = this;
    const { i32 } = this.memory;
    const first = address >>> 2;
    for (let k = 0; k < registers.length; k++) {
      if (store) i32[first + k] = file[registers[k]];
      else file[registers[k]] = i32[first + k];
    }
    return true;
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

  /** LDREX of 1 << size bytes into register d, of 8 into d and e. */
  loadExclusive(ip: number, d: number, e: number, address: number, size: number): void {
    const bytes = 1 << size;
    if (address & (bytes - 1)) return this.dataAbort(address, bytes, "read", "alignment");
    if (size === 3) {
      if (!this.transfer(ip, address, [d, e], false)) return;
    } else {
      const value = this.load(address, bytes);
      if (this.fault !== undefined) return;
      this.file[d] = value;
    }
    this.monitor.address = address;
    this.monitor.size = size;
  }

  /** STREX of register s, or s and t. True when the store was made: the monitor covers the address. */
  storeExclusive(ip: number, s: number, t: number, address: number, size: number): boolean {
    const { monitor } = this;
    const passes = monitor.size === size && monitor.address === address;
    monitor.size = -1;
    if (!passes) return false;
    if (size === 3) return this.transfer(ip, address, [s, t], true);
    this.store(ip, address, 1 << size, this.file[s]);
    return this.fault === undefined;
  }

  private allowed(address: number, size: number, access: "read" | "write"): boolean {
    try {
      this.memory.checkAccess(address, size, access);
      return true;
    } catch (error) {
      if (!(error instanceof GuestFault)) throw error;
      this.dataAbort(error.address, size, access, error.why);
      return false;
    }
  }
}
