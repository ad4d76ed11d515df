import { Attribute, DELETED, Field, firstCluster, read32, REAL_E5, shortOf } from "../entry.ts";
import { checksum, LongNameReader } from "../long-name.ts";
import { isUsable, shortText } from "../names.ts";
import type { RawDirectory } from "./raw-directory.ts";

/** What a slot of a directory holds, as far as it matters. */
export interface Found {
  readonly slot: number;
  /** First slot of its long name; `slot` when there is none. */
  readonly first: number;
  readonly kind: "file" | "directory" | "label" | "dot";
  /** As people see it. */
  readonly name: string;
  /** 11 bytes, one per character. */
  readonly short: string;
  readonly start: number;
  readonly size: number;
}

/** The entries of a directory in order; parts of long names that belong to none are given to `orphan`. */
export function* entriesOf(
  directory: RawDirectory,
  fat32: boolean,
  orphan: (slots: readonly number[]) => void = () => {},
): Iterable<Found> {
  const reader = new LongNameReader();
  let parts: number[] = [];
  const drop = () => {
    if (parts.length > 0) orphan(parts);
    parts = [];
    reader.reset();
  };
  for (let slot = 0; slot < directory.count; slot++) {
    const view = directory.at(slot);
    if (view[0] === 0) break;
    if (view[0] === DELETED) {
      drop();
      continue;
    }
    const attributes = view[Field.Attributes];
    // Exactly: with other bits beside it Linux takes it for a file, FatFs does not.
    if (attributes === Attribute.LongName) {
      // The first part of another name: what came before has no end.
      if (view[0] & 0x40) drop();
      reader.take(view);
      parts.push(slot);
      continue;
    }
    const short = shortOf(view);
    const long = reader.finish(short);
    if (!long || long.entries !== parts.length) drop();
    const first = parts[0] ?? slot;
    const usable = long && parts.length > 0 && isUsable(long.name);
    parts = [];
    yield {
      slot,
      first,
      kind: kindOf(view, attributes),
      name: usable ? long.name : shortText(short, view[Field.NtFlags]),
      short,
      start: firstCluster(view, fat32),
      size: read32(view, Field.Size),
    };
  }
  drop();
}

function kindOf(view: Uint8Array, attributes: number): Found["kind"] {
  if (attributes & Attribute.Volume) return "label";
  if (view[0] === 0x2e) return "dot";
  return attributes & Attribute.Directory ? "directory" : "file";
}

/** The 11 bytes are a name that DOS, Windows and Linux take: no forbidden, lower-case or control characters, no leading blank. */
export function isGoodShortName(short: string): boolean {
  const real = short.charCodeAt(0) === REAL_E5 ? `\xe5${short.slice(1)}` : short;
  if (/[\x00-\x1f"*+,./:;<=>?[\\\]|\x7fa-z]/.test(real)) return false;
  // Blanks only at the end of either part.
  return real[0] !== " " && !/ [^ ]/.test(real.slice(0, 8)) && !/ [^ ]/.test(real.slice(8));
}

/** Gives an entry another short name; its long name, whose checksum follows, stays. */
export function rename(directory: RawDirectory, found: Found, short: string): void {
  const view = directory.edit(found.slot);
  for (let i = 0; i < 11; i++) view[i] = short.charCodeAt(i);
  const sum = checksum(short);
  for (let slot = found.first; slot < found.slot; slot++) directory.edit(slot)[13] = sum;
}

/** Marks an entry, and the parts of its long name, as deleted. */
export function erase(directory: RawDirectory, found: Pick<Found, "first" | "slot">): void {
  for (let slot = found.first; slot <= found.slot; slot++) directory.edit(slot)[0] = DELETED;
}

/** An entry that cannot be one: attributes that do not exist, or a label that is a directory. */
export function isNonsense(view: Uint8Array): boolean {
  const attributes = view[Field.Attributes];
  const both = Attribute.Volume | Attribute.Directory;
  return (attributes & ~Attribute.Mask) !== 0 || (attributes & both) === both;
}
