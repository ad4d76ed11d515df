import type { BlockDevice } from "../../block/mod.ts";
import type { Geometry } from "../geometry.ts";
import type { Sectors } from "../sectors.ts";
import type { Findings } from "./problem.ts";

/** Bytes compared at a time; a multiple of every sector size and of 12 bits. */
const PIECE = 0x18000;

/** Which copy of the FAT is kept when they differ: the one with fewer impossible entries, of equals the first. */
export function checkCopies(
  sectors: Sectors,
  geometry: Geometry,
  findings: Findings,
): 0 | 1 | undefined {
  const { fats, activeFat, fatSector, fatSectors, sectorSize, type, clusters } = geometry;
  if (fats < 2 || activeFat !== undefined) return undefined;
  const used = Math.ceil(Math.ceil(((clusters + 2) * type) / 8) / sectorSize);
  const perPiece = PIECE / sectorSize;
  const bad = [0, 0];
  let different = 0;
  const buffers = [new Uint8Array(PIECE), new Uint8Array(PIECE)];
  for (let at = 0; at < used; at += perPiece) {
    const count = Math.min(perPiece, used - at);
    const pieces = buffers.map((buffer, copy) => {
      const bytes = buffer.subarray(0, count * sectorSize);
      sectors.read(fatSector + copy * fatSectors + at, bytes);
      return bytes;
    });
    const entries = Math.floor((at * sectorSize * 8) / type);
    if (Buffer.compare(pieces[0], pieces[1]) === 0) continue;
    for (let i = 0; i < count; i++) {
      const [a, b] = pieces.map((piece) => piece.subarray(i * sectorSize, (i + 1) * sectorSize));
      if (Buffer.compare(a, b) !== 0) different++;
    }
    pieces.forEach((piece, copy) => (bad[copy] += impossible(piece, entries, geometry)));
  }
  if (different === 0) return undefined;
  const winner = bad[1] < bad[0] ? 1 : 0;
  findings.add(
    "FAT copies",
    `the two copies of the FAT differ in ${different} sector(s); copy ${winner + 1} is kept`,
  );
  return winner;
}

/** A volume whose FAT is one copy of the two on the device: what is read from and written to the other is this one, too. */
export class OneFat implements BlockDevice {
  readonly sectorSize: number;
  readonly sectors: number;
  readonly readOnly = false;
  /** Sectors of the device: where the copy that is kept begins, and the other, and how long they are. */
  private readonly kept: number;
  private readonly other: number;
  private readonly length: number;

  constructor(
    private readonly device: BlockDevice,
    { fatSector, fatSectors, sectorSize }: Geometry,
    winner: 0 | 1,
  ) {
    ({ sectorSize: this.sectorSize, sectors: this.sectors } = device);
    const scale = sectorSize / device.sectorSize;
    this.kept = (fatSector + winner * fatSectors) * scale;
    this.other = (fatSector + (1 - winner) * fatSectors) * scale;
    this.length = fatSectors * scale;
  }

  read(sector: number, into: Uint8Array): void {
    this.device.read(this.place(sector), into);
  }

  write(sector: number, from: Uint8Array): void {
    this.device.write(this.place(sector), from);
  }

  /** Makes the copies on a device equal, a piece at a time. */
  equalize(device: BlockDevice): void {
    const count = PIECE / this.sectorSize;
    for (let at = 0; at < this.length; at += count) {
      const [kept, other] = [this.kept, this.other].map((first) => {
        const bytes = new Uint8Array(Math.min(count, this.length - at) * this.sectorSize);
        device.read(first + at, bytes);
        return bytes;
      });
      if (Buffer.compare(kept, other) !== 0) device.write(this.other + at, kept);
    }
  }

  flush(): void {}
  close(): void {}

  /** Nobody reads or writes across the border of a copy. */
  private place(sector: number): number {
    const inside = sector >= this.other && sector < this.other + this.length;
    return inside ? sector - this.other + this.kept : sector;
  }
}

/** Entries of a piece that lead nowhere; `first` is the number of its first entry. */
function impossible(bytes: Uint8Array, first: number, geometry: Geometry): number {
  const { type, clusters } = geometry;
  const mask = type === 32 ? 0x0fffffff : type === 16 ? 0xffff : 0xfff;
  const view = new DataView(bytes.buffer);
  const count = Math.min(Math.floor((bytes.length * 8) / type), clusters + 2 - first);
  let bad = 0;
  for (let i = 0; i < count; i++) {
    let value: number;
    if (type === 32) value = view.getUint32(i * 4, true) & mask;
    else if (type === 16) value = view.getUint16(i * 2, true);
    else {
      const at = i + (i >>> 1);
      const pair = bytes[at] | (bytes[at + 1] << 8);
      value = i & 1 ? pair >>> 4 : pair & 0xfff;
    }
    // The first entry holds the medium, the second flags.
    if (first + i === 0) bad += Number(value < mask - 0xff) * 100;
    else if (first + i > 1)
      bad += Number(value === 1 || (value >= clusters + 2 && value < mask - 8));
  }
  return bad;
}
