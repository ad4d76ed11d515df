import type { State } from "./flags-state.ts";

/**
 * Opcodes of WebAssembly that translated code uses (WebAssembly Core Specification 2.0, 5.4). Memory accesses carry the log2 of
 * their size, which is the alignment hint.
 */
export const W = {
  unreachable: 0x00,
  block: 0x02,
  loop: 0x03,
  if: 0x04,
  else: 0x05,
  end: 0x0b,
  br: 0x0c,
  brIf: 0x0d,
  brTable: 0x0e,
  return: 0x0f,
  call: 0x10,
  callIndirect: 0x11,
  returnCallIndirect: 0x13,
  drop: 0x1a,
  select: 0x1b,
  get: 0x20,
  set: 0x21,
  tee: 0x22,
  load: 0x28,
  load64: 0x29,
  load8s: 0x2c,
  load8u: 0x2d,
  load16s: 0x2e,
  load16u: 0x2f,
  store: 0x36,
  store64: 0x37,
  store8: 0x3a,
  store16: 0x3b,
  i32: 0x41,
  i64: 0x42,
  f32: 0x43,
  f64: 0x44,
  eqz: 0x45,
  eq: 0x46,
  ne: 0x47,
  ltS: 0x48,
  ltU: 0x49,
  gtS: 0x4a,
  gtU: 0x4b,
  leS: 0x4c,
  leU: 0x4d,
  geS: 0x4e,
  geU: 0x4f,
  clz: 0x67,
  add: 0x6a,
  sub: 0x6b,
  mul: 0x6c,
  divS: 0x6d,
  divU: 0x6e,
  and: 0x71,
  or: 0x72,
  xor: 0x73,
  shl: 0x74,
  shrS: 0x75,
  shrU: 0x76,
  rotl: 0x77,
  rotr: 0x78,
  ne64: 0x52,
  ltS64: 0x53,
  geU64: 0x5a,
  add64: 0x7c,
  sub64: 0x7d,
  mul64: 0x7e,
  and64: 0x83,
  or64: 0x84,
  shl64: 0x86,
  shrS64: 0x87,
  shrU64: 0x88,
  ctz64: 0x7a,
  wrap: 0xa7,
  extendS: 0xac,
  extendU: 0xad,
  extend8: 0xc0,
  extend16: 0xc1,
  /** With the index of the memory, the only one. */
  memoryCopy: [0xfc, 0x0a, 0, 0],
  memoryFill: [0xfc, 0x0b, 0],
} as const;

/** Opcodes of floating point; the number is the size. */
export const F = {
  load32: 0x2a,
  load64: 0x2b,
  store32: 0x38,
  store64: 0x39,
  eq32: 0x5b,
  ne32: 0x5c,
  lt32: 0x5d,
  gt32: 0x5e,
  eq64: 0x61,
  ne64: 0x62,
  lt64: 0x63,
  gt64: 0x64,
  abs32: 0x8b,
  neg32: 0x8c,
  sqrt32: 0x91,
  add32: 0x92,
  sub32: 0x93,
  mul32: 0x94,
  div32: 0x95,
  abs64: 0x99,
  neg64: 0x9a,
  trunc64: 0x9d,
  sqrt64: 0x9f,
  add64: 0xa0,
  sub64: 0xa1,
  mul64: 0xa2,
  div64: 0xa3,
  toSigned64: 0xaa,
  toUnsigned64: 0xab,
  fromSigned32: 0xb2,
  fromUnsigned32: 0xb3,
  demote: 0xb6,
  fromSigned64: 0xb7,
  fromUnsigned64: 0xb8,
  promote: 0xbb,
  bits32: 0xbc,
  bits64: 0xbd,
  fromBits32: 0xbe,
  fromBits64: 0xbf,
} as const;

export const I32 = 0x7f;
export const I64 = 0x7e;
export const F32 = 0x7d;
export const F64 = 0x7c;
export const VOID = 0x40;

/** The largest module that is ever written. */
const CAPACITY = 1 << 20;

/** Bytes of a constant that is patched: a signed LEB128 of 20 bits. */
const PATCH_BYTES = 3;

/** Where in code the number of a state of the flags is. */
export type StateAt = readonly [at: number, state: State];

/** Writes bytes of a module into one buffer that is used again for every module. */
export class Writer {
  private readonly bytes = new Uint8Array(CAPACITY);
  at = 0;
  /** Where the unlikely ifs are. */
  unlikely: number[] = [];
  /** Words that are another number in another process, as pairs: where, and the guest address whose slot it is. */
  slots: number[] = [];
  /** The same: where, and the state of the flags whose number it is. */
  states: StateAt[] = [];
  /** Numbers of supervisor calls that are imports of their own. */
  directs: number[] = [];

  /** A copy of what has been written. */
  take(): Uint8Array<ArrayBuffer> {
    return this.bytes.slice(0, this.at);
  }
  get full(): boolean {
    return this.at > CAPACITY / 2;
  }

  append(bytes: Uint8Array): void {
    // As `byte` does, for whoever looks at `full` in the end.
    if (this.at + bytes.length <= CAPACITY) this.bytes.set(bytes, this.at);
    this.at += bytes.length;
  }
  byte(b: number): void {
    this.bytes[this.at++] = b;
  }
  unsigned(n: number): void {
    n >>>= 0;
    while (n > 127) {
      this.bytes[this.at++] = (n & 127) | 128;
      n >>>= 7;
    }
    this.bytes[this.at++] = n;
  }
  signed(n: number): void {
    while (n < -64 || n > 63) {
      this.bytes[this.at++] = (n & 127) | 128;
      n >>= 7;
    }
    this.bytes[this.at++] = n & 127;
  }
  name(text: string): void {
    this.unsigned(text.length);
    for (let k = 0; k < text.length; k++) this.byte(text.charCodeAt(k));
  }
  /** Bytes preceded by their number, which `write` produces. */
  sized(write: () => void): void {
    // A number of fixed width: five bytes, the most significant ones may be zero.
    const at = this.at;
    this.at += 5;
    write();
    let n = this.at - at - 5;
    for (let k = 0; k < 5; k++, n >>>= 7) this.bytes[at + k] = (n & 127) | (k < 4 ? 128 : 0);
  }
  section(id: number, write: () => void): void {
    this.byte(id);
    this.sized(write);
  }

  op(...codes: number[]): void {
    for (let k = 0; k < codes.length; k++) this.bytes[this.at++] = codes[k];
  }
  const(value: number): void {
    this.byte(W.i32);
    this.signed(value | 0);
  }
  /** The index into the table of regions for a guest address: to be patched once it is known. */
  slot(key: number): void {
    this.byte(W.i32);
    this.slots.push(this.at, key);
    this.patch(this.at, 0);
    this.at += PATCH_BYTES;
  }
  /** The number of a state of the flags: the same. */
  state(state: State): void {
    this.byte(W.i32);
    this.states.push([this.at, state]);
    this.patch(this.at, 0);
    this.at += PATCH_BYTES;
  }
  /** Writes a constant of at most 20 bits in the same number of bytes whatever it is. */
  patch(at: number, value: number): void {
    this.bytes[at] = (value & 127) | 128;
    this.bytes[at + 1] = ((value >>> 7) & 127) | 128;
    this.bytes[at + 2] = value >>> 14;
  }
  /** Forgets where things are. */
  forget(): void {
    this.unlikely = [];
    this.slots = [];
    this.states = [];
    this.directs = [];
  }
  /** A 64-bit constant that fits into 32 bits. */
  const64(value: number): void {
    this.byte(W.i64);
    // What has more than 32 bits ends with what is left of it.
    for (; value !== (value | 0); value = Math.floor(value / 128)) this.byte(0x80 | (value & 0x7f));
    this.signed(value);
  }
  double(value: number): void {
    const bytes = new Uint8Array(new Float64Array([value]).buffer);
    this.byte(W.f64);
    this.append(bytes);
  }
  single(value: number): void {
    const bytes = new Uint8Array(new Float32Array([value]).buffer);
    this.byte(W.f32);
    this.append(bytes);
  }
  get(local: number): void {
    this.byte(W.get);
    this.unsigned(local);
  }
  set(local: number): void {
    this.byte(W.set);
    this.unsigned(local);
  }
  tee(local: number): void {
    this.byte(W.tee);
    this.unsigned(local);
  }
  /** Load or store at the address on the stack plus `offset`, without a promise about its alignment. */
  memory(op: number, offset: number): void {
    this.byte(op);
    this.byte(0);
    this.unsigned(offset);
  }
  /** An if that is hardly ever taken. */
  openUnlikely(): void {
    this.unlikely.push(this.at);
    this.open(W.if);
  }
  /** block, loop or if without a result. */
  open(op: number): void {
    this.byte(op);
    this.byte(VOID);
  }
  end(): void {
    this.byte(W.end);
  }
  br(depth: number): void {
    this.byte(W.br);
    this.unsigned(depth);
  }
  brIf(depth: number): void {
    this.byte(W.brIf);
    this.unsigned(depth);
  }
  call(index: number): void {
    this.byte(W.call);
    this.unsigned(index);
  }
  /** Calls the function that serves a supervisor call. */
  callDirect(number: number): void {
    const { directs } = this;
    if (!directs.includes(number)) directs.push(number);
    this.call(Import.Count + directs.indexOf(number));
  }
}

/** The common beginning of every module: magic, version, types. */
export const Type = {
  /** (work, depth) -> (next pc | Thumb, work): a region. */
  Region: 0,
  /** (a, b) -> r: the imports svc and step, and the runtime's loop. */
  Binary: 1,
  /** () -> (). */
  Nothing: 2,
  /** (r0, r1, r2, r3) -> r0: a supervisor call. */
  Direct: 3,
} as const;

/** Index of the imported functions. */
export const Import = {
  /** svc(immediate, next pc | Thumb): 0 to go on there, else unwind. */
  Svc: 0,
  /** step(pc, next pc | Thumb): the interpreter executes one instruction; the same result. */
  Step: 1,
  /** Computes pending flags in the register file. */
  Flags: 2,
  /** behind(units, next pc | Thumb): as svc, of a call that another import served and that left something to do. */
  Behind: 3,
  /** So many, and then the functions of supervisor calls. */
  Count: 4,
} as const;

/**
 * Magic, version, types and imports: those of all modules, and functions of supervisor calls. `pages` is the size of the memory, which
 * never grows.
 */
export function writeHead(w: Writer, pages: number, directs: readonly number[] = []): void {
  w.at = 0;
  w.op(0x00, 0x61, 0x73, 0x6d, 1, 0, 0, 0);
  w.section(1, () => {
    w.unsigned(4);
    w.op(0x60, 2, I64, I32, 2, I32, I64);
    w.op(0x60, 2, I32, I32, 1, I32);
    w.op(0x60, 0, 0);
    w.op(0x60, 4, I32, I32, I32, I32, 1, I32);
  });
  w.section(2, () => {
    w.unsigned(Import.Count + 2 + directs.length);
    const item = (name: string, ...bytes: number[]): void => {
      w.name("e");
      w.name(name);
      w.op(...bytes);
    };
    item("svc", 0, Type.Binary);
    item("step", 0, Type.Binary);
    item("flags", 0, Type.Nothing);
    item("behind", 0, Type.Binary);
    for (const number of directs) item(`d${number}`, 0, Type.Direct);
    item("memory", 2, 1);
    w.unsigned(pages);
    w.unsigned(pages);
    item("table", 1, 0x70, 0, 0);
  });
}
