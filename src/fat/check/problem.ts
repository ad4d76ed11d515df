/** Everything the checker can find, and what it does about it. The table is printed in docs/disks.md. */
export const PROBLEMS = {
  "boot sector":
    "the boot sector is unusable or has lost a signature: restored from its backup (FAT32)",
  "cut off":
    "the image ends before its file system does: nothing is repaired until the file is as long again",
  "backup boot sector": "the backup of the boot sector differs: written again",
  "dirty flag": "the volume was not closed properly: the flag is cleared when all else is in order",
  "FAT copies": "the copies of the FAT differ: the one with fewer impossible entries is kept",
  "reserved entries": "the first two entries of the FAT are wrong: written again",
  "root chain": "the chain of the root directory is broken: cut there",
  "no directory": "a directory entry leads to no directory: made a file, or removed",
  "lost directory": "a file is in truth a directory: made one again",
  "end mark":
    "entries behind the end of a directory, which Linux shows and a board does not: shown when they are sound, else cleared",
  "bad entry": "an entry makes no sense: removed; its clusters count as lost",
  "bad name": "a name no system accepts: replaced by FSCKnnnn",
  "twin name": "a name occurs twice in a directory: the second is replaced by FSCKnnnn",
  "dot entries": "`.` or `..` is missing or leads elsewhere: written again",
  "long name": "parts of a long name that belong to no entry: removed",
  label:
    "a volume label where none belongs, or one in the boot sector that is not the root directory's: removed, written again",
  "directory size": "a directory with a size: set to 0",
  "bad start": "an entry begins at a cluster that does not exist: emptied",
  "broken chain":
    "a chain ends at a cluster marked free (kept), or runs into a bad or impossible one or in a circle (cut there)",
  "cross link": "two entries share clusters: the second gets a copy of its own",
  size: "a file is longer than its chain: the size becomes what the chain holds",
  excess: "a chain is longer than its file needs: the rest is freed",
  "lost clusters": "clusters that belong to nothing: saved as files in FOUND.nnn, or freed",
  "free count": "the number of free clusters kept in FSInfo is wrong: written again",
  FSInfo: "the FSInfo sector is unusable: written again",
} as const;

export type ProblemKind = keyof typeof PROBLEMS;

/** What a process killed in the middle of its work may leave behind; nothing is damaged by it. */
export const HARMLESS: ReadonlySet<ProblemKind> = new Set<ProblemKind>([
  "dirty flag",
  "FAT copies",
  "excess",
  "lost clusters",
  "free count",
]);

export interface Problem {
  readonly kind: ProblemKind;
  /** Of the file or directory; absent when it concerns the volume. */
  readonly path?: string;
  /** A sentence: what is wrong, and with which numbers. */
  readonly message: string;
}

/** Problems kept with their words; the others are only counted. */
const KEPT = 1000;

/** Collects what is found. */
export class Findings {
  readonly problems: Problem[] = [];
  total = 0;
  harmless = 0;

  add(kind: ProblemKind, message: string, path?: string): void {
    this.total++;
    if (HARMLESS.has(kind)) this.harmless++;
    if (this.problems.length < KEPT) this.problems.push({ kind, path, message });
  }
}
