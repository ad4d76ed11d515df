import { FatError } from "./error.ts";
import type { Geometry } from "./geometry.ts";
import type { Sectors } from "./sectors.ts";
import { markClosed, markedOpenOnDisk, markOpen, readBoot } from "./state.ts";
import type { FatTable } from "./table.ts";

/**
 * The mark of a mounted volume that it is open: set before the first write, taken away when it is closed. A volume that was not closed
 * properly keeps it: only a check takes it away.
 */
export class OpenMark {
  /** The mark of Windows as it was found, once it was looked at. */
  private inFat: boolean | undefined;
  /** The boot sector before the volume was marked; undefined: it was not, or by somebody else. */
  private before: Uint8Array | undefined;
  private kept = false;

  constructor(
    private readonly sectors: Sectors,
    private readonly geometry: Geometry,
    private readonly table: FatTable,
  ) {
    sectors.beforeWriting = () => {
      if (!this.found) this.before = markOpen(sectors, geometry, table);
    };
  }

  /** The volume was not closed properly, as one of the two marks says. Asked before the first write, which sets them. */
  get found(): boolean {
    const { markedOpen, type } = this.geometry;
    if (markedOpen || type === 12) return markedOpen;
    try {
      return (this.inFat ??= markedOpenOnDisk(this.sectors, this.geometry));
    } catch (error) {
      // A FAT that cannot be read is told to who asks for what it says.
      if (error instanceof FatError) return false;
      throw error;
    }
  }

  /** Damage was met: the mark stays. */
  keep(): void {
    this.kept = true;
  }

  /** The boot sector was changed by us, and is not somebody else's. */
  rememberBoot(): void {
    if (this.before) this.before = readBoot(this.sectors, this.geometry);
  }

  /** Everything else is on the disk. True: the mark was ours, and is gone. */
  clear(): boolean {
    if (!this.before || this.kept) return false;
    markClosed(this.sectors, this.geometry, this.table, this.before);
    return true;
  }
}
