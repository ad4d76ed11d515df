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
export const cardText = (bytes: number): string =>
  `\x1b[32m[I/SDIO] SD card capacity ${Math.floor(bytes / 1024)} KB.\x1b[0m\n`;

/** What dfs_filesystem_get_partition prints of an entry of the partition table; both numbers in sectors of 512 bytes. */
export function partitionText(index: number, begin: number, sectors: number): string {
  const kib = Math.floor(sectors / 2);
  const mib = sectors >>> 11;
  const size =
    mib === 0
      ? `${kib}KB`
      : mib < 1024
        ? `${mib}.${kib & 1023}MB`
        : `${mib >>> 10}.${mib & 1023}GB`;
  return `found part[${index}], begin: ${begin * 512}, size: ${size}\n`;
}

/** mnt.c of the board, when the card could be mounted on `/`. */
export const MOUNTED_TEXT = "file system initialization done!\n";

/** main() of the board. */
export const HELLO_TEXT = "hello rt-thread\n";

export interface BootDisk {
  readonly bytes: number;
  /** Start and length in sectors of what the first entry of the partition table names, when it looks like one. */
  readonly partition?: { readonly begin: number; readonly sectors: number };
  readonly mounted: boolean;
}

/** Everything the reference board prints at boot before the first prompt, without network. */
export function bootText(disk: BootDisk | undefined, buildDate?: string): string {
  let text = banner(buildDate);
  if (disk) {
    text += cardText(disk.bytes);
    if (disk.partition) text += partitionText(0, disk.partition.begin, disk.partition.sectors);
    if (disk.mounted) text += MOUNTED_TEXT;
  }
  return text + HELLO_TEXT;
}

const TABLE = 0x1be;

/** The first partition entry of sector 0, by the rule of dfs_filesystem_get_partition: flag 0 or 0x80 and a type that is not 0. */
export function firstPartition(sector: Uint8Array): { begin: number; sectors: number } | undefined {
  const flag = sector[TABLE];
  if ((flag !== 0 && flag !== 0x80) || sector[TABLE + 4] === 0) return undefined;
  const view = new DataView(sector.buffer, sector.byteOffset + TABLE, 16);
  return { begin: view.getUint32(8, true), sectors: view.getUint32(12, true) };
}
