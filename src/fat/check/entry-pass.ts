import { fold } from "../codepage.ts";
import { Attribute, DELETED, Field, firstCluster, setFirstCluster } from "../entry.ts";
import { dotEntry } from "../info.ts";
import { entriesOf, erase, type Found, isGoodShortName, isNonsense, rename } from "./entries.ts";
import { isGoodLabel } from "./labels.ts";
import { Plausible } from "./plausible.ts";
import type { RawDirectory } from "./raw-directory.ts";
import type { Work } from "./work.ts";

/** Of the case flags, as Linux has it: the entry has no short name, only a long one. */
const NO_SHORT_NAME = 0x20;

/** The entries of single directories: dots, labels, names, long names, the end mark. */
export class EntryPass {
  /** The volume label in the root directory. */
  label: string | undefined;
  private readonly plausible: Plausible;
  private renamed = 0;

  constructor(private readonly work: Work) {
    this.plausible = new Plausible(work);
  }

  /** Labels, names, dots and long names of one directory; gives its subdirectories. */
  check(
    directory: RawDirectory,
    path: string,
    start: number,
    parent: number,
    nested: boolean,
  ): Found[] {
    const { findings } = this.work;
    const where = path === "" ? "/" : path;
    const children: Found[] = [];
    const shorts = new Set<string>();
    const longs = new Set<string>();
    if (nested) this.checkDots(directory, path, start, parent);
    this.checkEnd(directory, where);
    const orphan = (slots: readonly number[]) => {
      findings.add("long name", `${slots.length} part(s) of a long name belong to no entry`, where);
      erase(directory, { first: slots[0], slot: slots[slots.length - 1] });
    };
    const found = [...entriesOf(directory, this.fat32, orphan)];
    // Known before the first name is made up.
    for (const { short } of found) if (isGoodShortName(short)) shorts.add(short);
    const seen = new Set<string>();
    for (const entry of found) {
      const { kind, slot, short } = entry;
      const own = `${path}/${entry.name}`;
      if (kind === "dot" && nested && slot < 2) continue;
      if (kind === "dot" || isNonsense(directory.at(slot))) {
        findings.add("bad entry", "the entry makes no sense", own);
        erase(directory, entry);
        continue;
      }
      if (kind === "label") {
        const good = isGoodLabel(short);
        if (!nested && good && this.label === undefined) {
          this.label = short;
          continue;
        }
        findings.add(
          "label",
          nested
            ? "a label in a directory that is not the root"
            : good
              ? "a second label"
              : "a label with bytes that none may have",
          own,
        );
        erase(directory, entry);
        continue;
      }
      const flags = directory.at(slot)[Field.NtFlags];
      if (!isGoodShortName(short) || (entry.first === slot && flags & NO_SHORT_NAME)) {
        findings.add("bad name", `the name has bytes no name may have`, own);
        this.giveName(directory, entry, shorts);
      } else if (seen.has(short)) {
        findings.add("twin name", "two entries have this name", own);
        this.giveName(directory, entry, shorts);
      } else if (entry.first < slot && longs.has(fold(entry.name))) {
        findings.add("twin name", "two entries have this long name", own);
        erase(directory, { first: entry.first, slot: slot - 1 });
      }
      seen.add(short);
      longs.add(fold(entry.name));
      if (kind === "directory" || this.isLostDirectory(directory, entry, own)) children.push(entry);
    }
    return children;
  }

  /** Behind the first slot that was never used there is nothing. */
  private checkEnd(directory: RawDirectory, path: string): void {
    let end = 0;
    while (end < directory.count && directory.at(end)[0] !== 0) end++;
    const behind: number[] = [];
    let last = end;
    for (let slot = end; slot < directory.count; slot++) {
      const lead = directory.at(slot)[0];
      if (lead === 0) continue;
      last = slot;
      if (lead !== DELETED) behind.push(slot);
    }
    if (behind.length === 0) return;
    const sound = behind.every((slot) => this.plausible.isSound(directory.at(slot)));
    this.work.findings.add(
      "end mark",
      `${behind.length} entries behind the end of the directory, ${sound ? "sound" : "not all of them sound"}`,
      path,
    );
    for (let slot = end; slot <= last; slot++) {
      if (!sound) directory.edit(slot).fill(0);
      else if (directory.at(slot)[0] === 0) directory.edit(slot)[0] = DELETED;
    }
  }

  private giveName(directory: RawDirectory, entry: Found, taken: Set<string>): void {
    let short: string;
    do short = `FSCK${String(this.renamed++).padStart(4, "0")}${"   "}`;
    while (taken.has(short));
    taken.add(short);
    rename(directory, entry, short);
    directory.edit(entry.slot)[Field.NtFlags] = 0;
  }

  private checkDots(directory: RawDirectory, path: string, start: number, parent: number): void {
    const fields = new Uint8Array(32);
    fields[Field.Attributes] = Attribute.Directory;
    ([".", ".."] as const).forEach((name, slot) => {
      const target = slot === 0 ? start : parent;
      const wanted = dotEntry(fields, name, target, this.fat32);
      const view = directory.at(slot);
      const right = wanted.subarray(0, 11).every((byte, i) => byte === view[i]);
      const isDirectory = (view[Field.Attributes] & Attribute.Directory) !== 0;
      if (right && isDirectory && firstCluster(view, this.fat32) === target) return;
      const ended = view[0] === 0;
      this.work.findings.add(
        "dot entries",
        right
          ? `${name} leads to cluster ${firstCluster(view, this.fat32)}, not ${target}`
          : `${name} is missing`,
        path,
      );
      if (right) {
        const edit = directory.edit(slot);
        setFirstCluster(edit, target, this.fat32);
        edit[Field.Attributes] = Attribute.Directory;
      } else {
        directory.edit(slot).set(wanted);
        // What lies behind the end mark was never part of the directory.
        if (ended && slot + 1 < directory.count) directory.edit(slot + 1).fill(0);
      }
    });
  }

  /** A file without a size whose first cluster begins as the directory itself would. */
  private isLostDirectory(directory: RawDirectory, entry: Found, path: string): boolean {
    if (entry.size !== 0 || !this.plausible.isDirectory(entry.start)) return false;
    this.work.findings.add(
      "lost directory",
      "the entry says file, its cluster is a directory",
      path,
    );
    directory.edit(entry.slot)[Field.Attributes] |= Attribute.Directory;
    return true;
  }

  private get fat32(): boolean {
    return this.work.geometry.type === 32;
  }
}
