import type { Sectors } from "./sectors.ts";

/** The buffer of a file that has not needed one yet. */
const NONE = new Uint8Array(0);

/** The one sector of a file that is in memory. */
export class HeldSector {
  bytes = NONE;
  /** Its number on the disk, -1 none. */
  number = -1;
  dirty = false;

  constructor(private readonly sectors: Sectors) {}

  /** Forgets the sector: its cluster may be another's now. */
  drop(): void {
    this.number = -1;
    this.dirty = false;
  }

  /** Brings a sector into the buffer; a new one at the end of the file begins as zeros. */
  hold(sector: number, load: boolean): void {
    if (this.number === sector) return;
    this.store();
    this.number = -1;
    if (this.bytes === NONE) this.bytes = new Uint8Array(this.sectors.size);
    if (load) this.sectors.read(sector, this.bytes);
    else this.bytes.fill(0);
    this.number = sector;
  }

  /** Writes what was changed. */
  store(): void {
    if (!this.dirty) return;
    this.sectors.write(this.number, this.bytes);
    this.dirty = false;
  }
}
