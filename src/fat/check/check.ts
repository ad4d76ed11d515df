import { type BlockDevice, OverlayDevice, type Storage } from "../../block/mod.ts";
import { OneFat } from "./copies.ts";
import { checkAndMend, type CheckOptions } from "./checker.ts";
import type { Findings, Problem } from "./problem.ts";
import type { Geometry } from "../geometry.ts";
import type { Counts } from "./work.ts";

export interface CheckReport {
  readonly geometry: Geometry;
  /** What was found, at most 1000 with their words. */
  readonly problems: readonly Problem[];
  readonly total: number;
  /** Of `total`, those that a killed writer leaves behind. */
  readonly harmless: number;
  /** What a repair cannot mend (or did not). */
  readonly remaining: readonly Problem[];
  /** Faults that are on the device now, notes not counted. */
  readonly faultsLeft: number;
  /** Changes were written to the device. */
  readonly repaired: boolean;
  /** Why nothing was written although repair was asked for. */
  readonly refused?: string;
  readonly counts: Counts;
}

/** Repairs can uncover more: a directory that was hidden is looked at in the next round. */
const ROUNDS = 4;

/**
 * Checks a FAT volume. The repair is made on a copy in memory, checked again, and written to the device only when `repair` is
 * given and less is wrong afterwards; so it never makes anything worse.
 *
 * @throws FatError "no file system" when there is no usable boot sector, nor a backup of it
 */
export function checkVolume(
  device: BlockDevice,
  options: CheckOptions & {
    readonly repair?: boolean;
    /** Called when the repair is about to be written. */
    readonly beforeWriting?: () => void;
    /** Keeps what a repair would change; in memory when absent. */
    readonly changes?: Storage;
  } = {},
): CheckReport {
  const copy = new OverlayDevice(device, options.changes);
  const first = checkAndMend(copy, options);
  const { findings, geometry, counts, winner } = first;
  const fat = winner === undefined ? undefined : new OneFat(copy, geometry, winner);
  let last: Findings = findings;
  for (let round = 0; round < ROUNDS && last.total > 0; round++) {
    const next = checkAndMend(fat ?? copy, { ...options, progress: undefined }).findings;
    // Notes that stay: more lost chains than one repair saves.
    const stuck = next.total === next.harmless && next.total === last.total;
    last = next;
    if (stuck) break;
  }
  const report = {
    geometry,
    problems: findings.problems,
    total: findings.total,
    harmless: findings.harmless,
    remaining: last.problems,
    faultsLeft: findings.total - findings.harmless,
    counts,
  };
  if (!options.repair || findings.total === 0) return { ...report, repaired: false };
  const refused = whyNot(device, geometry, findings, last);
  if (refused) return { ...report, remaining: findings.problems, repaired: false, refused };
  options.beforeWriting?.();
  copy.commit();
  fat?.equalize(device);
  device.flush();
  return { ...report, faultsLeft: last.total - last.harmless, repaired: true };
}

function whyNot(
  device: BlockDevice,
  geometry: Geometry,
  before: Findings,
  after: Findings,
): string | undefined {
  if (device.readOnly) return "the disk is write-protected";
  if (geometry.usableClusters < geometry.clusters)
    return "the image is cut off: what its end held may be somewhere; make the file as long as its file system first";
  if (after.total >= before.total) return "as much would be wrong afterwards";
  return undefined;
}
