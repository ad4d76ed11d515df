import type { BlockDevice } from "./types.ts";

/** A block device could not serve a request; the message is a sentence for the user. */
export class BlockError extends Error {}

/** Checks a request of `bytes` bytes at `sector`; gives the number of sectors. */
export function checkRequest(
  device: Pick<BlockDevice, "sectorSize" | "sectors">,
  sector: number,
  bytes: number,
  what: "read" | "write",
): number {
  const count = bytes / device.sectorSize;
  if (!Number.isInteger(count)) {
    throw new BlockError(
      `cannot ${what} ${bytes} bytes: not a multiple of the ${device.sectorSize}-byte sector`,
    );
  }
  if (!Number.isInteger(sector) || sector < 0 || sector + count > device.sectors) {
    throw new BlockError(
      `cannot ${what} ${count} sector(s) at ${sector}: the device has ${device.sectors} sectors`,
    );
  }
  return count;
}

export function checkWritable(device: Pick<BlockDevice, "readOnly">): void {
  if (device.readOnly) throw new BlockError("cannot write: the device is write-protected");
}
