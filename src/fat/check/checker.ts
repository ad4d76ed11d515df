import type { BlockDevice } from "../../block/mod.ts";
import type { Geometry } from "../geometry.ts";
import { Sectors } from "../sectors.ts";
import { FatTable } from "../table.ts";
import { checkBoot } from "./boot.ts";
import { Chains } from "./chains.ts";
import { checkCopies, OneFat } from "./copies.ts";
import { DirectoryPass } from "./directory-pass.ts";
import { FilePass } from "./file-pass.ts";
import { checkBootLabel } from "./labels.ts";
import { saveLost } from "./lost.ts";
import { Findings } from "./problem.ts";
import { checkFsInfo, checkReserved } from "./reserved.ts";
import type { Counts } from "./work.ts";

export interface CheckOptions {
  /** What happens to clusters that belong to nothing: saved as files in a folder FOUND.nnn (the default), or freed. */
  readonly lost?: "save" | "free";
  /** Called now and then with a share of the work, 0 to 1. */
  readonly progress?: (done: number) => void;
}

/** One check of a volume. */
export interface Checked {
  readonly geometry: Geometry;
  readonly findings: Findings;
  readonly counts: Counts;
  /** The copies of the FAT differ, and this one is kept. */
  readonly winner: 0 | 1 | undefined;
}

/**
 * Checks a volume and repairs what it finds, on a device that may be changed: the caller brings an overlay. Directories are
 * walked first, so that they own their clusters before any file can claim them; then files; what is left over is lost.
 */
export function checkAndMend(device: BlockDevice, options: CheckOptions): Checked {
  const findings = new Findings();
  const geometry = checkBoot(device, findings);
  if (geometry.usableClusters < geometry.clusters)
    findings.add(
      "cut off",
      `the file system has ${geometry.clusters} clusters, and the image ends after ${geometry.usableClusters} of them`,
    );
  const whole = new Sectors(device, geometry.sectorSize, false);
  const winner = checkCopies(whole, geometry, findings);
  const sectors =
    winner === undefined
      ? whole
      : new Sectors(new OneFat(device, geometry, winner), geometry.sectorSize, false);
  const table = new FatTable(sectors, geometry);
  const chains = new Chains(sectors, geometry, table);
  const counts: Counts = { files: 0, directories: 0, usedClusters: 0 };
  const work = { sectors, geometry, chains, findings, counts };

  const clearFlag = checkReserved(sectors, geometry, table, findings);
  const directories = new DirectoryPass(work);
  directories.run();
  const files = new FilePass(work);
  directories.walked.forEach((directory, i) => {
    const at = (done: number): void =>
      options.progress?.((0.7 * (i + done)) / directories.walked.length);
    files.check(directory, at);
    at(1);
  });
  files.finish();
  counts.usedClusters = saveLost(work, options.lost ?? "save");
  checkBootLabel(sectors, geometry, directories.entries.label, findings);
  options.progress?.(0.9);
  checkFsInfo(sectors, geometry, table, findings);
  clearFlag();
  table.flush();
  options.progress?.(1);
  return { geometry, findings, counts, winner };
}
