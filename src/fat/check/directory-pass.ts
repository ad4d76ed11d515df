import { Attribute, Field, read32, write32 } from "../entry.ts";
import { clusterSector } from "../geometry.ts";
import { EntryPass } from "./entry-pass.ts";
import { erase, type Found } from "./entries.ts";
import { Plausible } from "./plausible.ts";
import { MAX_DIRECTORY, RawDirectory } from "./raw-directory.ts";
import type { Walked, Work } from "./work.ts";

/** A directory on the list. */
interface Listed {
  readonly path: string;
  readonly start: number;
  /** What its `..` says. */
  readonly parent: number;
  readonly clusters?: readonly number[];
}

/** Walks the tree of directories, each once: they own their clusters before any file can claim them. */
export class DirectoryPass {
  readonly walked: Walked[] = [];
  readonly entries: EntryPass;
  private readonly plausible: Plausible;
  /** Steps that `lengthOf` may still take: entries can lead by thousands into one long chain. */
  private steps: number;

  constructor(private readonly work: Work) {
    this.steps = 4 * work.geometry.clusters;
    this.entries = new EntryPass(work);
    this.plausible = new Plausible(work);
  }

  run(): void {
    const { geometry, findings, chains } = this.work;
    const queue: { path: string; start: number; parent: number; clusters?: readonly number[] }[] =
      [];
    if (geometry.type === 32) {
      const { last, count, end } = chains.claim(geometry.rootCluster, this.mostClusters);
      const clusters = chains.listed(geometry.rootCluster, count);
      if (end.kind === "broken") {
        findings.add("root chain", `the chain of the root directory ${end.why}`);
        if (count > 0) chains.terminate(last);
        else {
          // Nothing to go by but the cluster itself.
          chains.used.add(geometry.rootCluster);
          chains.table.terminate(geometry.rootCluster);
        }
      }
      queue.push({
        path: "",
        start: geometry.rootCluster,
        parent: 0,
        clusters: clusters.length > 0 ? clusters : [geometry.rootCluster],
      });
    } else queue.push({ path: "", start: 0, parent: 0 });

    for (let i = 0; i < queue.length; i++) {
      const { path, start, parent } = queue[i];
      const clusters = this.own(queue[i]);
      const directory = new RawDirectory(this.work.sectors, geometry, clusters);
      this.walked.push({ path, clusters });
      this.work.counts.directories++;
      const children = this.entries.check(directory, path, start, parent, i > 0);
      // What `..` of a child says: 0 when this is the root.
      const above = i === 0 ? 0 : start;
      for (const child of children) {
        const own = `${path}/${child.name}`;
        const claimed = this.claimDirectory(directory, child, own);
        if (claimed) queue.push({ path: own, start: claimed[0], parent: above, clusters: claimed });
      }
      directory.store();
    }
  }

  /** The clusters of a subdirectory; undefined: it is none, or was removed. */
  private claimDirectory(parent: RawDirectory, entry: Found, path: string): number[] | undefined {
    const { chains, findings, geometry } = this.work;
    const gone = (message: string) => {
      findings.add("no directory", message, path);
      erase(parent, entry);
      return undefined;
    };
    if (!chains.exists(entry.start))
      return gone(`begins at cluster ${entry.start}, which does not exist`);
    const value = chains.table.get(entry.start);
    if (!chains.used.has(entry.start) && !this.plausible.couldBegin(entry.start)) {
      if (value === 0)
        return gone(`leads to cluster ${entry.start}, which is free and no directory`);
      findings.add("no directory", "what it leads to is not a directory: a file now", path);
      parent.edit(entry.slot)[Field.Attributes] &= ~Attribute.Directory;
      write32(
        parent.edit(entry.slot),
        Field.Size,
        this.lengthOf(entry.start) * geometry.clusterSize,
      );
      return undefined;
    }
    const { last, count, end } = chains.claim(entry.start, this.mostClusters);
    if (count === 0) {
      return gone(
        end.kind === "shared"
          ? `begins at cluster ${entry.start}, which belongs to another entry`
          : `its chain ${end.kind === "broken" ? end.why : "is empty"}`,
      );
    }
    const clusters = chains.listed(entry.start, count);
    if (end.kind === "broken") findings.add("broken chain", `its chain ${end.why}`, path);
    else if (end.kind === "shared")
      findings.add(
        "cross link",
        `its chain runs into cluster ${end.cluster} of another entry`,
        path,
      );
    else if (!chains.isEnd(chains.table.get(last)))
      findings.add("excess", "the directory has more than 65536 entries", path);
    if (!chains.isEnd(chains.table.get(last))) {
      if (end.kind === "end") chains.behind(last);
      chains.terminate(last);
    }
    const size = read32(parent.at(entry.slot), Field.Size);
    if (size !== 0) {
      findings.add("directory size", `the directory has a size of ${size}`, path);
      write32(parent.edit(entry.slot), Field.Size, 0);
    }
    return clusters;
  }

  /** Clusters of a chain that nobody has claimed yet; more than there are when counting took too long: the files tell then. */
  private lengthOf(start: number): number {
    const { chains, geometry } = this.work;
    const most = Math.floor(0xffffffff / geometry.clusterSize);
    let count = 0;
    for (let cluster = start; chains.exists(cluster) && count < most; count++) {
      if (this.steps-- <= 0) return most;
      const next = chains.table.get(cluster);
      if (next === 0 || chains.isBad(next)) break;
      cluster = next;
      if (chains.used.has(cluster)) return count + 1;
    }
    return count;
  }

  private get mostClusters(): number {
    return Math.max(1, Math.floor(MAX_DIRECTORY / this.work.geometry.clusterSize));
  }

  /** The clusters of a directory up to the first that cannot be part of one: that was another's. */
  private own({ path, clusters }: Listed): readonly number[] | undefined {
    if (!clusters) return undefined;
    const { chains, findings, geometry, sectors } = this.work;
    const bytes = new Uint8Array(geometry.clusterSize);
    const foreign = clusters.findIndex((cluster, i) => {
      if (i === 0) return false;
      sectors.read(clusterSector(geometry, cluster), bytes);
      return !this.plausible.couldBelong(bytes);
    });
    if (foreign < 0) return clusters;
    findings.add(
      "broken chain",
      `its chain runs into cluster ${clusters[foreign]}, which holds something else`,
      path || "/",
    );
    for (const cluster of clusters.slice(foreign)) chains.used.remove(cluster);
    chains.terminate(clusters[foreign - 1]);
    return clusters.slice(0, foreign);
  }
}
