/** Block devices: memory, host file, copy-on-write overlay, partition. */
export type { BlockDevice } from "./types.ts";
export { BlockError } from "./error.ts";
export { Bits } from "./bits.ts";
export { RamDevice } from "./ram.ts";
export { FileDevice, type FileOptions, type HostFile } from "./file.ts";
export { OverlayDevice, type Storage } from "./overlay.ts";
export { ALIGNMENT, partitionTable, partitionType } from "./partition-table.ts";
export {
  cardDevice,
  describePartition,
  findPartitions,
  type Partition,
  PartitionDevice,
} from "./partition.ts";
