import {
  Attribute,
  type DirectoryEntry,
  ENTRY,
  Field,
  read16,
  read32,
  setFirstCluster,
  write16,
  write32,
} from "./entry.ts";
import { fromStamp, type Stamp } from "./stamp.ts";

/** Where the contents of a file begin, as a cluster, and their bytes. */
export interface Contents {
  readonly first: number;
  readonly size: number;
}

/** What a directory says about a file. */
export interface FatInfo {
  readonly name: string;
  /** The 8.3 name. */
  readonly alias: string;
  readonly directory: boolean;
  /** In bytes; 0 for a directory. */
  readonly size: number;
  /** Attribute bits of the entry. */
  readonly attributes: number;
  readonly readOnly: boolean;
  /** Seconds since 1970, the stamp taken as UTC. */
  readonly modified: number;
}

export const ROOT_INFO: FatInfo = {
  name: "",
  alias: "",
  directory: true,
  size: 0,
  attributes: Attribute.Directory,
  readOnly: false,
  modified: 0,
};

/** The fields of the 32-byte entry at `at` in words. */
export function infoOf({ name, alias }: DirectoryEntry, entries: Uint8Array, at: number): FatInfo {
  const attributes = entries[at + Field.Attributes] & Attribute.Mask;
  const directory = (attributes & Attribute.Directory) !== 0;
  return {
    name,
    alias,
    directory,
    size: directory ? 0 : read32(entries, at + Field.Size),
    attributes,
    readOnly: (attributes & Attribute.ReadOnly) !== 0,
    modified: fromStamp({
      date: read16(entries, at + Field.ModifiedDate),
      time: read16(entries, at + Field.ModifiedTime),
    }),
  };
}

/** The 32 bytes of a new entry, without its name. */
export function newFields(
  attributes: number,
  cluster: number,
  stamp: Stamp,
  fat32: boolean,
): Uint8Array {
  const fields = new Uint8Array(ENTRY);
  fields[Field.Attributes] = attributes;
  setCreated(fields, stamp);
  setModified(fields, stamp);
  setFirstCluster(fields, cluster, fat32);
  return fields;
}

export function setCreated(view: Uint8Array, { date, time }: Stamp): void {
  write16(view, Field.CreatedTime, time);
  write16(view, Field.CreatedDate, date);
}

export function setModified(view: Uint8Array, { date, time }: Stamp): void {
  write16(view, Field.ModifiedTime, time);
  write16(view, Field.ModifiedDate, date);
}

/** Bits that a user may set; the others say what the entry is. */
const SETTABLE = Attribute.ReadOnly | Attribute.Hidden | Attribute.System | Attribute.Archive;

export function setAttributes(view: Uint8Array, attributes: number): void {
  view[Field.Attributes] = (view[Field.Attributes] & ~SETTABLE) | (attributes & SETTABLE);
}

/** What an entry says of a file that was written; the date of access is cleared, as FatFs does. */
export function setContents(
  view: Uint8Array,
  { first, size }: Contents,
  fat32: boolean,
  stamp: Stamp,
): void {
  view[Field.Attributes] |= Attribute.Archive;
  setFirstCluster(view, first, fat32);
  write32(view, Field.Size, size);
  setModified(view, stamp);
  write16(view, Field.AccessedDate, 0);
}

/** The entry `.` or `..` of a directory, from the fields of the directory itself. */
export function dotEntry(
  fields: Uint8Array,
  name: "." | "..",
  cluster: number,
  fat32: boolean,
): Uint8Array {
  const entry = fields.slice();
  for (let i = 0; i < 11; i++) entry[i] = i < name.length ? 0x2e : 0x20;
  setFirstCluster(entry, cluster, fat32);
  return entry;
}
