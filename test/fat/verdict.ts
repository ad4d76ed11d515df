/** What fsck.fat may say about a disk whose writer was killed. */
const HARMLESS = [
  /^fsck\.fat /,
  /^Reclaimed \d+ unused clusters? \(\d+ bytes\)/,
  // Between the two copies of the FAT, and between the FAT and FSInfo.
  /^FATs differ/,
  /^\s*Automatically|^\s*1\) |^\s*2\) |^\s*Using first FAT/,
  /^\s*Auto-correcting\./,
  // The flag of an open volume is in the boot sector, not in its backup.
  /^There are differences between boot sector and its backup\.|^This is mostly harmless\./,
  /^  65:01\/00$|^  Not automatically fixing this\./,
  // Clusters written before the size in the directory entry hang lost at the end of the file.
  /^  File size is \d+ bytes, cluster chain length is > \d+ bytes\./,
  /^  Truncating file to \d+ bytes\./,
  /^\/\S/,
  /^Free cluster summary (wrong|uninitialized)/,
  /^Leaving filesystem unchanged|^Dirty bit/,
  /^\s*$/,
];

/** The lines of `fsck.fat -n` that say more than that. */
export function damageIn(text: string): string[] {
  return text.split("\n").filter((line) => !HARMLESS.some((ok) => ok.test(line)));
}
