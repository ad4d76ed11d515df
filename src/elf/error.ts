/** What kind of defect a file has; loaders map it to their own messages. */
export type ElfDefect =
  /** Not an ELF file at all. */
  | "magic"
  /** Not 32-bit. */
  | "class"
  /** Not little-endian. */
  | "encoding"
  /** A header promises bytes that the file does not have. */
  | "truncated"
  /** A field contradicts the format or another field. */
  | "malformed";

/** A defect of an ELF file. The message is one sentence that names the place and both numbers that disagree. */
export class ElfError extends Error {
  override readonly name = "ElfError";
  constructor(
    readonly defect: ElfDefect,
    message: string,
  ) {
    super(message);
  }
}

export function hex(value: number): string {
  return `0x${(value >>> 0).toString(16)}`;
}

/** A number of things: `1 byte`, `2 bytes`. */
export function amount(count: number, unit: string): string {
  return `${count} ${unit}${count === 1 ? "" : "s"}`;
}
