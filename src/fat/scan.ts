import { Attribute, DELETED, ENTRY, Field, shortOf } from "./entry.ts";
import { longEntries, LongNameReader } from "./long-name.ts";
import { type ParsedName, searchKeys } from "./names.ts";
import { fold } from "./codepage.ts";

/** Where a name was found: its short entry, the first slot of its long name, and that name. */
export interface Hit {
  readonly slot: number;
  readonly first: number;
  readonly long: string | undefined;
}

/** Characters of a long name in one entry, and where they are. */
const PER_ENTRY = 13;
const PLACES = [1, 3, 5, 7, 9, 14, 16, 18, 20, 22, 24, 28, 30];

/**
 * Looks for a name in the bytes of a directory without an index of it: for the first few look-ups in a large one. What is found is
 * right; what is not may still be there under a damaged or an odd short name.
 */
export function scan(bytes: Uint8Array, slots: number, name: ParsedName): Hit | undefined {
  const keys = searchKeys(name);
  const short = keys.short;
  const parts = longEntries(name.long);
  // Parts of long names in a row before the slot.
  let run = 0;
  for (let slot = 0; slot < slots; slot++) {
    const at = slot * ENTRY;
    const lead = bytes[at];
    if (lead === 0) return undefined;
    if (lead === DELETED) {
      run = 0;
      continue;
    }
    const attributes = bytes[at + Field.Attributes] & Attribute.Mask;
    if (attributes === Attribute.LongName) {
      run++;
      continue;
    }
    const before = run;
    run = 0;
    if (attributes & Attribute.Volume || lead === 0x2e) continue;
    const same = short !== undefined && equalShort(bytes, at, short);
    const first = slot - before;
    const alike = before === parts && ends(bytes, first * ENTRY, name.long);
    if (!same && !alike) continue;
    const found = before > 0 ? longName(bytes, first, slot) : undefined;
    if (same || (found && fold(found.name) === keys.long))
      return { slot, first: slot - (found?.entries ?? 0), long: found?.name };
  }
  return undefined;
}

function equalShort(bytes: Uint8Array, at: number, short: string): boolean {
  for (let i = 0; i < 11; i++) if (bytes[at + i] !== short.charCodeAt(i)) return false;
  return true;
}

/** The last part of a long name, which comes first, could be the end of `long`: equal but for the case of letters. */
function ends(bytes: Uint8Array, at: number, long: string): boolean {
  const start = Math.floor((long.length - 1) / PER_ENTRY) * PER_ENTRY;
  for (let i = long.length - 1; i >= start; i--) {
    const place = at + PLACES[i - start];
    const unit = bytes[place] | (bytes[place + 1] << 8);
    const wanted = long.charCodeAt(i);
    if (unit < 0x80 && wanted < 0x80 && (unit | 0x20) !== (wanted | 0x20)) return false;
  }
  return true;
}

function longName(bytes: Uint8Array, first: number, slot: number) {
  const reader = new LongNameReader();
  for (let i = first; i < slot; i++) reader.take(bytes, i * ENTRY);
  return reader.finish(shortOf(bytes, slot * ENTRY));
}
