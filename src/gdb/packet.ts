/**
 * Framing of the remote serial protocol (GDB manual, appendix E.1): `$payload#checksum`, acknowledged with + or - until both sides agree
 * to do without. Payloads are strings with one character per byte.
 */

/** What arrived: a packet, one that is longer than was agreed, the interrupt byte, or that the other side wants the last packet again. */
export type Arrival =
  | { readonly kind: "packet"; readonly payload: string }
  | { readonly kind: "too long" }
  | { readonly kind: "interrupt" }
  | { readonly kind: "again" };

/** The longest packet that is taken, in bytes; told to the debugger as PacketSize. */
export const PACKET_MAX = 0x4000;

const DOLLAR = 0x24;
const HASH = 0x23;
const ESCAPE = 0x7d;
const PLUS = 0x2b;
const MINUS = 0x2d;
const INTERRUPT = 0x03;

/** Takes bytes as they come and hands out what they mean. A packet that is broken is refused with `-`. */
export class PacketReader {
  /** Bytes of the packet under way, undefined between packets. */
  private body: number[] | undefined;
  private tooLong = false;
  private escaped = false;
  private sum = 0;
  /** The first digit of the checksum; undefined while there is none. */
  private digits: number[] | undefined;

  constructor(
    /** Sends `+` or `-`; not called in no-ack mode. */
    private readonly acknowledge: (good: boolean) => void,
  ) {}

  noAck = false;

  *feed(bytes: Uint8Array): Generator<Arrival> {
    for (const byte of bytes) {
      const arrival = this.byte(byte);
      if (arrival) yield arrival;
    }
  }

  private byte(byte: number): Arrival | undefined {
    if (this.digits) return this.checksum(byte);
    if (this.body === undefined) {
      if (byte === DOLLAR) this.begin();
      else if (byte === INTERRUPT) return { kind: "interrupt" };
      else if (byte === MINUS) return { kind: "again" };
      else if (byte !== PLUS) return undefined;
      return undefined;
    }
    if (byte === HASH) {
      this.digits = [];
      return undefined;
    }
    // A new packet begins where the old one lost its end.
    if (byte === DOLLAR) {
      this.begin();
      return undefined;
    }
    this.sum = (this.sum + byte) & 255;
    if (this.escaped) {
      this.push(byte ^ 0x20);
      this.escaped = false;
    } else if (byte === ESCAPE) this.escaped = true;
    else this.push(byte);
    return undefined;
  }

  private begin(): void {
    this.body = [];
    this.tooLong = false;
    this.escaped = false;
    this.sum = 0;
    this.digits = undefined;
  }

  private push(byte: number): void {
    if ((this.body as number[]).length < PACKET_MAX) (this.body as number[]).push(byte);
    else this.tooLong = true;
  }

  private checksum(byte: number): Arrival | undefined {
    const digits = this.digits as number[];
    digits.push(parseInt(String.fromCharCode(byte), 16));
    if (digits.length < 2) return undefined;
    const good = digits[0] * 16 + digits[1] === this.sum;
    const payload = text(this.body as number[]);
    this.body = undefined;
    this.digits = undefined;
    if (!this.noAck) this.acknowledge(good);
    // Without acknowledgements the transport answers for the bytes.
    if (!good) return undefined;
    return this.tooLong ? { kind: "too long" } : { kind: "packet", payload };
  }
}

/** The bytes of a packet on the wire. */
export function encodePacket(payload: string): Uint8Array {
  const body: number[] = [];
  for (let i = 0; i < payload.length; i++) {
    const byte = payload.charCodeAt(i) & 255;
    // `*` would begin a run length.
    if (byte === DOLLAR || byte === HASH || byte === ESCAPE || byte === 0x2a)
      body.push(ESCAPE, byte ^ 0x20);
    else body.push(byte);
  }
  const sum = body.reduce((total, byte) => (total + byte) & 255, 0);
  const tail = hex8(sum);
  return Uint8Array.from([DOLLAR, ...body, HASH, tail.charCodeAt(0), tail.charCodeAt(1)]);
}

export const hex8 = (byte: number): string => (byte & 255).toString(16).padStart(2, "0");

/** Bytes as pairs of hexadecimal digits. */
export function toHex(bytes: ArrayLike<number>): string {
  let out = "";
  for (let i = 0; i < bytes.length; i++) out += hex8(bytes[i]);
  return out;
}

/** The bytes that pairs of digits stand for; undefined when the text is something else. */
export function fromHex(digits: string): Uint8Array | undefined {
  if (digits.length % 2 !== 0 || !/^[0-9a-fA-F]*$/.test(digits)) return undefined;
  const bytes = new Uint8Array(digits.length / 2);
  for (let i = 0; i < bytes.length; i++) bytes[i] = parseInt(digits.slice(2 * i, 2 * i + 2), 16);
  return bytes;
}

/** A hexadecimal number of at most 8 digits; undefined when the text is something else. */
export function number(digits: string | undefined): number | undefined {
  return digits !== undefined && /^[0-9a-fA-F]{1,8}$/.test(digits)
    ? parseInt(digits, 16)
    : undefined;
}

/** One character per byte. */
export function text(bytes: ArrayLike<number>): string {
  let out = "";
  for (let i = 0; i < bytes.length; i++) out += String.fromCharCode(bytes[i]);
  return out;
}

export function bytesOf(latin1: string): Uint8Array {
  return Uint8Array.from(latin1, (c) => c.charCodeAt(0));
}

/** What the guest has as bytes, one character each, as text: UTF-8, if it is that. */
export function utf8(latin1: string): string {
  try {
    return new TextDecoder("utf-8", { fatal: true }).decode(bytesOf(latin1));
  } catch {
    return latin1;
  }
}

/** Text of ours as hexadecimal digits of its UTF-8 bytes. */
export function hexText(message: string): string {
  return toHex(new TextEncoder().encode(message));
}

export function xml(value: string): string {
  return value
    .replace(/[&<>"']/g, (c) => `&#${c.charCodeAt(0)};`)
    .replace(/[\x00-\x08\x0b-\x1f]/g, "?");
}
