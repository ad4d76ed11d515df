import { GRANULE, GRANULE_SHIFT, READ, WRITE } from "./access.ts";
import { AddressSpace } from "./address-space.ts";
import { GuestFault } from "./fault.ts";

/** Bytes of a short piece of memory. */
const SHORT = 256;

/**
 * Guest memory as the host reads and writes it, by accessors that are checked (`ld8`..`st32`, `read`, `write`, `cstring`) and throw
 * GuestFault. Where the rights allow an access no more is to be asked; what they hold back may still be the host's to read or write.
 */
export class GuestMemory extends AddressSpace {
  ld8(address: number): number {
    const fast = address >>> 0;
    if (this.rights[fast >>> GRANULE_SHIFT] & READ) return this.u8[fast];
    return this.u8[this.host(address, 1, "read")];
  }

  ld16(address: number): number {
    const fast = address >>> 0;
    if ((fast & 1) === 0 && this.rights[fast >>> GRANULE_SHIFT] & READ) return this.u16[fast >>> 1];
    return this.load16(address);
  }
  private load16(address: number): number {
    const a = this.host(address, 2, "read");
    return this.u8[a] | (this.u8[a + 1] << 8);
  }

  /** Signed 32-bit word; any alignment. */
  ld32(address: number): number {
    const fast = address >>> 0;
    if ((fast & 3) === 0 && this.rights[fast >>> GRANULE_SHIFT] & READ) return this.i32[fast >>> 2];
    return this.load32(address);
  }
  private load32(address: number): number {
    const a = this.host(address, 4, "read");
    if ((a & 3) === 0) return this.i32[a >>> 2];
    return this.u8[a] | (this.u8[a + 1] << 8) | (this.u8[a + 2] << 16) | (this.u8[a + 3] << 24);
  }

  /** Unsigned 32-bit word; any alignment. */
  ldu32(address: number): number {
    const fast = address >>> 0;
    if ((fast & 3) === 0 && this.rights[fast >>> GRANULE_SHIFT] & READ) return this.u32[fast >>> 2];
    return this.load32(address) >>> 0;
  }

  st8(address: number, value: number): void {
    const fast = address >>> 0;
    if (this.rights[fast >>> GRANULE_SHIFT] & WRITE) {
      this.u8[fast] = value;
      return;
    }
    this.u8[this.host(address, 1, "write")] = value;
  }

  st16(address: number, value: number): void {
    const fast = address >>> 0;
    if ((fast & 1) === 0 && this.rights[fast >>> GRANULE_SHIFT] & WRITE) {
      this.u16[fast >>> 1] = value;
      return;
    }
    this.store16(address, value);
  }
  private store16(address: number, value: number): void {
    const a = this.host(address, 2, "write");
    this.u8[a] = value;
    this.u8[a + 1] = value >>> 8;
  }

  st32(address: number, value: number): void {
    const fast = address >>> 0;
    if ((fast & 3) === 0 && this.rights[fast >>> GRANULE_SHIFT] & WRITE) {
      this.i32[fast >>> 2] = value;
      return;
    }
    this.store32(address, value);
  }
  private store32(address: number, value: number): void {
    const a = this.host(address, 4, "write");
    if ((a & 3) === 0) {
      this.i32[a >>> 2] = value;
      return;
    }
    this.u8[a] = value;
    this.u8[a + 1] = value >>> 8;
    this.u8[a + 2] = value >>> 16;
    this.u8[a + 3] = value >>> 24;
  }

  /** A few words lie at their alignment in granules that have the right: `i32` may be used. */
  allows(at: number, words: number, right: number): boolean {
    const { rights } = this;
    const last = at + 4 * words - 1;
    return (
      (at & 3) === 0 &&
      4 * words <= GRANULE &&
      (rights[at >>> GRANULE_SHIFT] & rights[last >>> GRANULE_SHIFT] & right) !== 0
    );
  }

  /** A view (not a copy) of guest bytes. */
  read(address: number, length: number): Uint8Array {
    const a = this.host(address, length, "read");
    return this.u8.subarray(a, a + length);
  }

  /** Where guest bytes begin in `u8`, for who reads them at once: a view costs more than a short piece. */
  place(address: number, length: number): number {
    return this.host(address, length, "read");
  }

  /** A copy of guest bytes. */
  copy(address: number, length: number): Uint8Array {
    return this.copied(this.host(address, length, "read"), length);
  }

  write(address: number, bytes: Uint8Array): void {
    if (bytes.length === 0) return;
    this.u8.set(bytes, this.host(address, bytes.length, "write"));
  }

  /** The same for loaders and debuggers, also to what the guest cannot write. */
  poke(address: number, bytes: Uint8Array): void {
    if (bytes.length === 0) return;
    const a = this.host(address, bytes.length, "read");
    this.touch(a, bytes.length);
    this.dropCode(a, bytes.length);
    this.u8.set(bytes, a);
  }

  /** Faults as a store of `length` bytes would; one of none does nothing. */
  checkStore(address: number, length: number): void {
    if (length > 0) this.checkWritable(this.inRam(address, length, "write"), length);
  }

  fill(address: number, length: number, value: number): void {
    const a = this.host(address, length, "write");
    this.u8.fill(value, a, a + length);
  }

  /** Bytes of a NUL-terminated string (a view or a copy), without the NUL, at most `max`; faults when it runs out of RAM. */
  cbytes(address: number, max = 0x7fffffff): Uint8Array {
    if (max === 0) return new Uint8Array(0);
    const start = this.host(address, 1, "read");
    const limit = Math.min(this.end, start + max);
    const near = Math.min(limit, start + SHORT);
    for (let at = start; at < near; at++)
      if (this.u8[at] === 0) return this.copied(start, at - start);
    const nul = this.u8.subarray(start, limit).indexOf(0);
    if (nul >= 0) return this.u8.subarray(start, start + nul);
    if (limit === this.end && start + max > this.end)
      throw new GuestFault("read", this.end, "unmapped");
    return this.u8.subarray(start, limit);
  }

  /** Where a NUL-terminated string lies, without a view or a copy; faults when it runs out of RAM. */
  stringAt(address: number): {
    readonly bytes: Uint8Array;
    readonly at: number;
    readonly length: number;
  } {
    const at = this.host(address, 1, "read");
    const nul = this.u8.indexOf(0, at);
    if (nul < 0 || nul >= this.end) throw new GuestFault("read", this.end, "unmapped");
    return { bytes: this.u8, at, length: nul - at };
  }

  /** Views of so large a memory are dear to the host's garbage collector: a short piece is copied byte by byte. */
  private copied(start: number, length: number): Uint8Array {
    if (length > SHORT) return this.u8.slice(start, start + length);
    const bytes = new Uint8Array(length);
    for (let n = 0; n < length; n++) bytes[n] = this.u8[start + n];
    return bytes;
  }

  /** The same as text, one character per byte (latin-1), so that nothing is lost. */
  cstring(address: number, max = 0x7fffffff): string {
    if (max === 0) return "";
    const start = this.host(address, 1, "read");
    const limit = Math.min(this.end, start + max);
    let text = "";
    for (let at = start; at < limit; at++) {
      const byte = this.u8[at];
      if (byte === 0) return text;
      text += String.fromCharCode(byte);
    }
    if (start + max > this.end) throw new GuestFault("read", this.end, "unmapped");
    return text;
  }
}
