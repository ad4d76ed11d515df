import { describePartition, type Partition } from "../block/mod.ts";

/** The build date of the kernel image the banner imitates, as `__DATE__` gives it. */
export const BUILD_DATE = "Nov 21 2026";

/** rt_show_version() of RT-Thread 4.0.4. */
export const banner = (buildDate = BUILD_DATE): string =>
  `
 \\ | /
- RT -     Thread Operating System
 / | \\     4.0.4 build ${buildDate}
 2006 - 2021 Copyright by rt-thread team
`;

/** The SD card driver's line, in green as LOG_I writes it. */
const cardText = (bytes: number): string =>
  `\x1b[32m[I/SDIO] SD card capacity ${Math.floor(bytes / 1024)} KB.\x1b[0m\n`;

/** mnt.c of the board, when the card could be mounted on `/`. */
const MOUNTED_TEXT = "file system initialization done!\n";

/** main() of the board. */
const HELLO_TEXT = "hello rt-thread\n";

export interface BootDisk {
  readonly bytes: number;
  /** What findPartitions() finds. */
  readonly partitions: readonly Partition[];
  readonly mounted: boolean;
}

/** Everything the reference board prints at boot before the first prompt, without network. */
export function bootText(disk: BootDisk | undefined, buildDate?: string): string {
  let text = banner(buildDate);
  if (disk) {
    text += cardText(disk.bytes);
    for (const partition of disk.partitions) text += `${describePartition(partition)}\n`;
    if (disk.mounted) text += MOUNTED_TEXT;
  }
  return text + HELLO_TEXT;
}
