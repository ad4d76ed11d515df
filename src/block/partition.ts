import { BlockError, checkRequest } from "./error.ts";
import type { BlockDevice } from "./types.ts";

/** An entry of the DOS partition table. Numbers as in the table, in 512-byte sectors; they may be nonsense. */
export interface Partition {
  readonly index: number;
  readonly type: number;
  readonly start: number;
  readonly sectors: number;
}

const TABLE = 0x1be;
const ENTRY = 16;

/**
 * The partitions that RT-Thread's SD driver finds in sector 0: entries from the first on, each with a boot flag of 0x00 or
 * 0x80 and a type that is not 0, up to the first that is not like that. As on the board the signature 55 AA is not asked for.
 */
export function findPartitions(device: BlockDevice): Partition[] {
  const found: Partition[] = [];
  if (device.sectors === 0 || device.sectorSize < 512) return found;
  const sector = new Uint8Array(device.sectorSize);
  device.read(0, sector);
  const view = new DataView(sector.buffer);
  for (let index = 0; index < 4; index++) {
    const entry = TABLE + index * ENTRY;
    const flag = sector[entry];
    const type = sector[entry + 4];
    if ((flag !== 0x00 && flag !== 0x80) || type === 0) break;
    const start = view.getUint32(entry + 8, true);
    found.push({ index, type, start, sectors: view.getUint32(entry + 12, true) });
  }
  return found;
}

/** The line the kernel prints for a partition, without its newline: begin in bytes, size with its own rounding. */
export function describePartition(partition: Partition): string {
  const { index, start, sectors } = partition;
  const mega = sectors >>> 11;
  const begin = Math.imul(start, 512);
  let size: string;
  if (mega === 0) size = `${sectors >>> 1}KB`;
  else if (mega >>> 10 === 0) size = `${mega}.${(sectors >>> 1) & 0x3ff}MB`;
  else size = `${mega >>> 10}.${mega & 0x3ff}GB`;
  return `found part[${index}], begin: ${begin}, size: ${size}`;
}

/** A range of sectors of another device, as a device. */
export class PartitionDevice implements BlockDevice {
  readonly sectorSize: number;
  readonly sectors: number;
  readonly readOnly: boolean;
  readonly offset: number;

  /** `start` and `sectors` in sectors of `disk`. What lies behind the end of the disk is cut off. */
  constructor(
    private readonly disk: BlockDevice,
    private readonly start: number,
    sectors: number,
  ) {
    if (start < 0 || start >= disk.sectors) {
      throw new BlockError(
        `the partition begins at sector ${start}, but the disk has ${disk.sectors} sectors`,
      );
    }
    this.sectorSize = disk.sectorSize;
    this.sectors = Math.min(sectors, disk.sectors - start);
    this.readOnly = disk.readOnly;
    this.offset = (disk.offset ?? 0) + start * disk.sectorSize;
  }

  read(sector: number, into: Uint8Array): void {
    checkRequest(this, sector, into.length, "read");
    this.disk.read(this.start + sector, into);
  }

  write(sector: number, from: Uint8Array): void {
    checkRequest(this, sector, from.length, "write");
    this.disk.write(this.start + sector, from);
  }

  flush(): void {
    this.disk.flush();
  }

  close(): void {
    this.disk.close();
  }
}

/**
 * The device that the board calls sd0: the first partition, or the whole disk when sector 0 has no partition table. A table
 * whose first entry points behind the end of the disk is not believed.
 */
export function cardDevice(disk: BlockDevice, partitions = findPartitions(disk)): BlockDevice {
  const first = partitions[0];
  if (!first) return disk;
  const scale = disk.sectorSize / 512;
  const start = first.start / scale;
  if (start === 0 || !Number.isInteger(start) || start >= disk.sectors || first.sectors < scale)
    return disk;
  return new PartitionDevice(disk, start, Math.floor(first.sectors / scale));
}
