import type { BlockDevice } from "../../block/mod.ts";
import { BACKUP, findBackup } from "../backup.ts";
import { FatError } from "../error.ts";
import { type Geometry, readGeometry } from "../geometry.ts";
import type { Findings } from "./problem.ts";

/** The flag of an open volume and the free bits beside it, which the backup does not follow. */
const STATE32 = 65;
/** Says that a serial number (0x28), or that and label and type (0x29) follow. */
const EXTENDED32 = 66;
const SIGNATURES = [0x28, 0x29];

/**
 * Reads the boot sector; when it is unusable and its backup is not, puts the backup in its place.
 *
 * @throws FatError "no file system" when there is nothing to go by
 */
export function checkBoot(device: BlockDevice, findings: Findings): Geometry {
  let geometry: Geometry;
  try {
    geometry = readGeometry(device);
  } catch (error) {
    if (!(error instanceof FatError) || error.reason !== "no file system") throw error;
    geometry = restored(device, findings, error);
  }
  if (geometry.type === 32) compareBackup(device, geometry, findings);
  return geometry;
}

function restored(device: BlockDevice, findings: Findings, why: FatError): Geometry {
  const backup = findBackup(device);
  if (!backup) throw why;
  findings.add("boot sector", `${why.message}; its backup in sector ${BACKUP} is usable`);
  device.write(0, backup.boot);
  return backup.geometry;
}

function compareBackup(device: BlockDevice, geometry: Geometry, findings: Findings): void {
  const { sectorSize: size, backupSector: at } = geometry;
  const scale = size / device.sectorSize;
  const boot = new Uint8Array(size);
  device.read(0, boot);
  if (at === 0) return;
  const backup = new Uint8Array(size);
  device.read(at * scale, backup);
  boot[STATE32] = backup[STATE32];
  if (Buffer.compare(boot, backup) === 0) return;
  const signed = (sector: Uint8Array) => SIGNATURES.includes(sector[EXTENDED32]);
  if (!signed(boot) && signed(backup) && sameLayout(boot, backup)) {
    findings.add(
      "boot sector",
      `the boot sector has no signature 28 or 29 (hexadecimal) at byte ${EXTENDED32}; its backup in sector ${at} has`,
    );
    device.write(0, backup);
    return;
  }
  findings.add("backup boot sector", `the boot sector and its backup in sector ${at} differ`);
  boot[STATE32] = 0;
  device.write(at * scale, boot);
}

/** From the size of a sector to the sector of the backup, and the mark at the end. */
function sameLayout(boot: Uint8Array, backup: Uint8Array): boolean {
  const same = (from: number, to: number) =>
    Buffer.compare(boot.subarray(from, to), backup.subarray(from, to)) === 0;
  return same(11, 52) && same(510, 512);
}
