import { Field, setFirstCluster, write32 } from "../entry.ts";
import { entriesOf, type Found } from "./entries.ts";
import { RawDirectory } from "./raw-directory.ts";
import type { Walked, Work } from "./work.ts";

/** A file whose chain runs into another's: it gets copies when every file has been looked at, so that free is free. */
interface Shared {
  readonly slot: number;
  readonly path: string;
  /** The first cluster that is another's, and how many are missing. */
  readonly from: number;
  readonly missing: number;
  /** Its own clusters before that. */
  readonly held: number;
  readonly last: number;
}

/** Bytes of shared clusters that one repair copies. */
const MOST_COPIED = 1 << 30;

/** The files of the directories that were walked: their chains and sizes. */
export class FilePass {
  private readonly shared = new Map<Walked, Shared[]>();
  /** Last clusters of files whose chains go on; cut when no other file needs what follows. */
  private readonly cuts: number[] = [];

  private copied = 0;

  constructor(private readonly work: Work) {}

  /** `progress` is called now and then with a share of this directory. */
  check(walked: Walked, progress: (done: number) => void = () => {}): void {
    const { path, clusters } = walked;
    const directory = new RawDirectory(this.work.sectors, this.work.geometry, clusters);
    for (const entry of entriesOf(directory, this.fat32)) {
      if (entry.kind !== "file") continue;
      if (this.work.counts.files % 256 === 0) progress(entry.slot / directory.count);
      this.work.counts.files++;
      this.checkFile(walked, directory, entry, `${path}/${entry.name}`);
    }
    directory.store();
  }

  /** Called when every file was looked at: those that share clusters get their own. */
  finish(): void {
    for (const [directory, files] of this.shared) this.separate(directory, files);
    for (const last of this.cuts) this.work.chains.terminate(last);
  }

  private checkFile(walked: Walked, directory: RawDirectory, entry: Found, path: string): void {
    const { chains, findings, geometry } = this.work;
    const { clusterSize } = geometry;
    const { start, size } = entry;
    const needed = Math.ceil(size / clusterSize);
    const resize = (bytes: number) => write32(directory.edit(entry.slot), Field.Size, bytes);
    const empty = () => setFirstCluster(directory.edit(entry.slot), 0, this.fat32);
    if (start === 0) {
      if (size === 0) return;
      findings.add("size", `${size} bytes, but no clusters`, path);
      resize(0);
      return;
    }
    if (!chains.exists(start)) {
      findings.add("bad start", `begins at cluster ${start}, which does not exist`, path);
      empty();
      resize(0);
      return;
    }
    if (needed === 0) {
      findings.add("excess", `0 bytes, but a chain from cluster ${start}`, path);
      if (!chains.used.has(start) && chains.table.get(start) !== 0) {
        if (!chains.isBad(chains.table.get(start))) {
          chains.behind(start);
          chains.spare.add(start);
        }
      }
      empty();
      return;
    }
    const { last, count: held, end } = chains.claim(start, needed);
    if (end.kind === "shared") {
      findings.add(
        "cross link",
        `shares cluster ${end.cluster} and what follows with another entry`,
        path,
      );
      const list = this.shared.get(walked) ?? [];
      const { cluster: from } = end;
      list.push({ slot: entry.slot, path, from, missing: needed - held, held, last });
      this.shared.set(walked, list);
      return;
    } else if (end.kind === "broken") {
      findings.add("broken chain", `its chain ${end.why}`, path);
      if (held > 0) chains.terminate(last);
    } else if (!chains.isEnd(chains.table.get(last))) {
      const next = chains.table.get(last);
      const count = chains.behind(last);
      this.cuts.push(last);
      if (count > 0)
        findings.add("excess", `${count} cluster(s) behind the ${size} bytes of the file`, path);
      else
        findings.add(
          "broken chain",
          `its chain goes on to cluster ${next} behind the end of the file`,
          path,
        );
    }
    if (held === 0) empty();
    if (held < needed) {
      if (end.kind === "end")
        findings.add("size", `${size} bytes, but its chain holds ${held * clusterSize}`, path);
      resize(held * clusterSize);
    }
  }

  private separate({ clusters }: Walked, files: readonly Shared[]): void {
    const { chains, geometry } = this.work;
    const directory = new RawDirectory(this.work.sectors, geometry, clusters);
    for (const { slot, from, missing, held, last } of files) {
      // The repair is made in memory first. What is left stays as it is, and is found again.
      if (this.copied + missing * geometry.clusterSize > MOST_COPIED) continue;
      this.copied += missing * geometry.clusterSize;
      const copies = chains.copy(from, missing, last);
      if (held === 0) setFirstCluster(directory.edit(slot), copies.first, this.fat32);
      else if (copies.count === 0) chains.terminate(last);
      if (copies.count < missing)
        write32(directory.edit(slot), Field.Size, (held + copies.count) * geometry.clusterSize);
    }
    directory.store();
  }

  private get fat32(): boolean {
    return this.work.geometry.type === 32;
  }
}
