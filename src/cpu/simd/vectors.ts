import { FPSCR } from "../float/format.ts";
import type { FloatUnit } from "../float/mod.ts";

/** Elements of 8, 16, 32 bits. */
export type Elements = Int8Array | Uint8Array | Int16Array | Uint16Array | Int32Array | Uint32Array;
/** Elements of 64 bits. */
export type WideElements = BigInt64Array | BigUint64Array;

/** Some registers as arrays of elements: by log2 of the bytes of one. */
export class Views {
  readonly signed: readonly Elements[];
  readonly unsigned: readonly Elements[];
  readonly signedWide: BigInt64Array;
  readonly unsignedWide: BigUint64Array;

  constructor(buffer: ArrayBufferLike, offset: number, bytes: number) {
    this.signed = [
      new Int8Array(buffer, offset, bytes),
      new Int16Array(buffer, offset, bytes >> 1),
      new Int32Array(buffer, offset, bytes >> 2),
    ];
    this.unsigned = [
      new Uint8Array(buffer, offset, bytes),
      new Uint16Array(buffer, offset, bytes >> 1),
      new Uint32Array(buffer, offset, bytes >> 2),
    ];
    this.signedWide = new BigInt64Array(buffer, offset, bytes >> 3);
    this.unsignedWide = new BigUint64Array(buffer, offset, bytes >> 3);
  }

  narrow(z: number, u: number): Elements {
    return (u ? this.unsigned : this.signed)[z];
  }
  wide(u: number): WideElements {
    return u ? this.unsignedWide : this.signedWide;
  }
}

/** What an operation works on: registers d, n, m are numbers of d registers. */
export interface Operands {
  readonly d: number;
  readonly n: number;
  readonly m: number;
  /** 1: of q registers. */
  readonly q: number;
  /** Bytes of an element: log2. Of operations of two sizes, the smaller one's. */
  readonly z: number;
  /** 1: without sign. */
  readonly u: number;
  /** A shift, an index, a constant. */
  readonly i: number;
}

/** Cumulative saturation (ARM ARM B4.1.58). */
const QC = 1 << 27;
/** d0-d31, and what lies between two steps of an operation. */
const REGISTERS = 272;

/** The register file and a place for the result, which may overlap the operands only when all of them have been read. */
export class Vectors {
  readonly file: Views;
  readonly result: Views;

  constructor(readonly unit: FloatUnit) {
    const { buffer, byteOffset } = unit.words;
    this.file = new Views(buffer, byteOffset, REGISTERS);
    this.result = new Views(new ArrayBuffer(16), 0, 16);
  }

  /** The result becomes register d, or d and d + 1. */
  put(d: number, q: number): void {
    const { file, result } = this;
    file.signed[2][2 * d] = result.signed[2][0];
    file.signed[2][2 * d + 1] = result.signed[2][1];
    if (q === 0) return;
    file.signed[2][2 * d + 2] = result.signed[2][2];
    file.signed[2][2 * d + 3] = result.signed[2][3];
  }

  /** The nearest number of so many bits; QC when that is another. */
  saturate(x: number, bits: number, u: number): number {
    const most = u ? 2 ** bits - 1 : 2 ** (bits - 1) - 1;
    const least = u ? 0 : -most - 1;
    if (x >= least && x <= most) return x;
    this.unit.fpscr |= QC;
    return x > most ? most : least;
  }
  saturateWide(x: bigint, bits: number, u: number): bigint {
    const most = u ? (1n << BigInt(bits)) - 1n : (1n << BigInt(bits - 1)) - 1n;
    const least = u ? 0n : -most - 1n;
    if (x >= least && x <= most) return x;
    this.unit.fpscr |= QC;
    return x > most ? most : least;
  }
}

export type Operation = (v: Vectors, o: Operands) => void;

/** The standard values of the FPSCR, which Advanced SIMD works with (A2.7): to nearest, default NaN, flush to zero. */
export const STANDARD = FPSCR.FZ | FPSCR.DN;
