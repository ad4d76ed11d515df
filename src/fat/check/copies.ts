import type { Geometry } from "../geometry.ts";
import type { Sectors } from "../sectors.ts";
import type { Findings } from "./problem.ts";

/** Bytes compared at a time; a multiple of every sector size and of 12 bits. */
const PIECE = 0x18000;

/** Makes the copies of the FAT equal: the one with fewer impossible entries wins, of equals the first. */
export function checkCopies(sectors: Sectors, geometry: Geometry, findings: Findings): void {
  const { fats, activeFat, fatSector, fatSectors, sectorSize, type, clusters } = geometry;
  if (fats < 2 || activeFat !== undefined) return;
  const used = Math.ceil(Math.ceil(((clusters + 2) * type) / 8) / sectorSize);
  const perPiece = PIECE / sectorSize;
  const bad = [0, 0];
  let different = 0;
  for (let at = 0; at < used; at += perPiece) {
    const count = Math.min(perPiece, used - at);
    const pieces = [0, 1].map((copy) => {
      const bytes = new Uint8Array(count * sectorSize);
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
  if (different === 0) return;
  const winner = bad[1] < bad[0] ? 1 : 0;
  findings.add(
    "FAT copies",
    `the two copies of the FAT differ in ${different} sector(s); copy ${winner + 1} is kept`,
  );
  for (let at = 0; at < used; at += perPiece) {
    const bytes = new Uint8Array(Math.min(perPiece, used - at) * sectorSize);
    sectors.read(fatSector + winner * fatSectors + at, bytes);
    sectors.write(fatSector + (1 - winner) * fatSectors + at, bytes);
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
