import { Attribute, ENTRY, Field } from "./entry.ts";

/** Long names in a directory: entries of 13 characters each in front of the short one (Microsoft FAT specification, section 7). */

export const MAX_NAME = 255;
/** The first byte of the last part, which comes first, has this bit. */
const LAST_PART = 0x40;
/** Characters of a long name in one entry, and where they are. */
const PER_ENTRY = 13;
const PLACES = [1, 3, 5, 7, 9, 14, 16, 18, 20, 22, 24, 28, 30];
const MAX_PARTS = Math.ceil(MAX_NAME / PER_ENTRY);

/** Of the 11 bytes of a short name; ties the entries of a long name to it. */
export function checksum(short: string): number {
  let sum = 0;
  for (let i = 0; i < 11; i++) sum = (((sum & 1) << 7) + (sum >> 1) + short.charCodeAt(i)) & 0xff;
  return sum;
}

/** Directory entries that a long name takes, without the short one. */
export function longEntries(long: string): number {
  return Math.ceil(long.length / PER_ENTRY);
}

/** Writes the entries of a long name, last part first, to the beginning of `into`. */
export function writeLongName(into: Uint8Array, long: string, short: string): void {
  const count = longEntries(long);
  const sum = checksum(short);
  for (let i = 0; i < count; i++) {
    const part = count - i;
    const entry = into.subarray(i * ENTRY, (i + 1) * ENTRY);
    entry.fill(0);
    entry[0] = part | (i === 0 ? LAST_PART : 0);
    entry[Field.Attributes] = Attribute.LongName;
    entry[13] = sum;
    PLACES.forEach((place, k) => {
      const at = (part - 1) * PER_ENTRY + k;
      const unit = at < long.length ? long.charCodeAt(at) : at === long.length ? 0 : 0xffff;
      entry[place] = unit;
      entry[place + 1] = unit >>> 8;
    });
  }
}

/** Collects the parts of a long name while a directory is read in order. */
export class LongNameReader {
  private expected = 0;
  private sum = -1;
  private total = 0;
  private length = 0;
  /** All units together: below 0x100 the name has one byte per character. */
  private union = 0;
  private readonly bytes = Buffer.alloc(MAX_PARTS * PER_ENTRY);
  private units: Uint16Array | undefined;

  reset(): void {
    this.expected = 0;
    this.total = 0;
  }

  /** Takes the entry at `at`, which has the attributes of a long name. */
  take(entries: Uint8Array, at = 0): void {
    const lead = entries[at];
    const first = (lead & LAST_PART) !== 0;
    const part = lead & 0x3f;
    if (first) {
      this.reset();
      if (part === 0 || part > MAX_PARTS) return;
      this.sum = entries[at + 13];
      this.expected = part;
      this.total = part;
      this.length = part * PER_ENTRY;
      this.union = 0;
    }
    const valid = part === this.expected && part > 0 && entries[at + 13] === this.sum;
    if (!valid || (entries[at + 26] | entries[at + 27]) !== 0 || !this.store(entries, at, part)) {
      this.reset();
      return;
    }
    this.expected--;
  }

  /** The long name that belongs to a short one and the number of its entries; undefined when there is none. */
  finish(short: string): { name: string; entries: number } | undefined {
    const entries = this.total;
    const complete = entries > 0 && this.expected === 0 && checksum(short) === this.sum;
    this.reset();
    if (!complete || this.length > MAX_NAME) return undefined;
    return { name: this.text(), entries };
  }

  /** False when there is something behind the terminating 0. Only the last part may end early. */
  private store(entries: Uint8Array, at: number, part: number): boolean {
    const start = (part - 1) * PER_ENTRY;
    let ended = false;
    for (let i = 0; i < PER_ENTRY; i++) {
      const place = at + PLACES[i];
      const unit = entries[place] | (entries[place + 1] << 8);
      if (ended) {
        if (unit !== 0xffff) return false;
      } else if (unit === 0) {
        if (part !== this.total) return false;
        ended = true;
        this.length = start + i;
      } else {
        this.union |= unit;
        this.bytes[start + i] = unit;
        if (unit > 0xff) this.units ??= Uint16Array.from(this.bytes);
        if (this.units) this.units[start + i] = unit;
      }
    }
    return true;
  }

  private text(): string {
    if (this.union <= 0xff) return this.bytes.toString("latin1", 0, this.length);
    return String.fromCharCode(...this.units!.subarray(0, this.length));
  }
}
