import type { Task } from "../../kernel/call.ts";
import type { PortReader } from "../port.ts";

/** Control bytes of XMODEM and YMODEM (Forsberg, "XMODEM/YMODEM Protocol Reference", 1988). */
export const Code = {
  SOH: 0x01,
  STX: 0x02,
  EOT: 0x04,
  ACK: 0x06,
  NAK: 0x15,
  CAN: 0x18,
  C: 0x43,
} as const;

export const SMALL = 128;
export const LARGE = 1024;
/** What fills the last block. */
export const FILLER = 0x1a;
/** Code, number and its complement before the data, CRC behind it. */
export const HEAD = 3;
const TAIL = 2;
export const LARGEST = HEAD + LARGE + TAIL;

/** CRC-16 of XMODEM: polynomial 0x1021, start 0. */
function crc16(bytes: Uint8Array): number {
  let crc = 0;
  for (const byte of bytes) {
    crc ^= byte << 8;
    for (let bit = 0; bit < 8; bit++) crc = crc & 0x8000 ? (crc << 1) ^ 0x1021 : crc << 1;
    crc &= 0xffff;
  }
  return crc;
}

/** A block for the line; the data has SMALL or LARGE bytes. */
export function packet(number: number, data: Uint8Array): Uint8Array {
  const bytes = new Uint8Array(HEAD + data.length + TAIL);
  bytes[0] = data.length === SMALL ? Code.SOH : Code.STX;
  bytes[1] = number;
  bytes[2] = ~number;
  bytes.set(data, HEAD);
  const crc = crc16(data);
  bytes[HEAD + data.length] = crc >> 8;
  bytes[HEAD + data.length + 1] = crc;
  return bytes;
}

/** What came instead of a sound block. */
export type Defect = "short" | "number" | "crc";
export type Block =
  { readonly number: number; readonly data: Uint8Array } | { readonly defect: Defect };

/** The rest of a block whose first byte was read. */
export function* readBlock(line: PortReader, code: number, ticks: number): Task<Block> {
  const size = code === Code.SOH ? SMALL : LARGE;
  const rest = new Uint8Array(HEAD - 1 + size + TAIL);
  if (!(yield* line.fill(rest, ticks))) return { defect: "short" };
  if (rest[0] !== (~rest[1] & 0xff)) return { defect: "number" };
  const data = rest.subarray(HEAD - 1, HEAD - 1 + size);
  const crc = (rest[rest.length - 2] << 8) | rest[rest.length - 1];
  return crc16(data) === crc ? { number: rest[0], data } : { defect: "crc" };
}

/** The header of a file, as block 0 carries it. */
export interface FileHeader {
  readonly name: string;
  /** Bytes; undefined when the sender does not say. */
  readonly size: number | undefined;
}

/** Reads block 0: name, NUL, decimal size and more; undefined for the empty one that ends a batch. */
export function parseHeader(data: Uint8Array): FileHeader | undefined {
  const end = data.indexOf(0);
  const text = (bytes: Uint8Array): string => String.fromCharCode(...bytes);
  const name = text(data.subarray(0, end < 0 ? data.length : end));
  if (name === "") return undefined;
  const size = /^\d+/.exec(end < 0 ? "" : text(data.subarray(end + 1)))?.[0];
  return { name, size: size === undefined ? undefined : Number(size) };
}

/** A regular file that everybody may read. */
const MODE = "100644";

/**
 * Block 0 of a file, without padding to spare: name, size, time in octal seconds since 1970, mode. Empty data for the end of a batch.
 */
export function headerData(
  header: (FileHeader & { readonly time: number }) | undefined,
): Uint8Array {
  const text = header
    ? `${header.name}\0${header.size ?? ""} ${header.time.toString(8)} ${MODE}`
    : "";
  const data = new Uint8Array(text.length < SMALL ? SMALL : LARGE);
  for (let i = 0; i < Math.min(text.length, LARGE - 1); i++) data[i] = text.charCodeAt(i);
  return data;
}
