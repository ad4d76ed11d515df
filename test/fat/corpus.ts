import { RamDevice } from "../../src/block/mod.ts";
import { type FatType, type Geometry, makeDisk, readGeometry } from "../../src/fat/mod.ts";

/** Damaged disks by number: the same seed gives the same disk. */

/** mulberry32: a random number below `n` per call. */
export function random(seed: number): (n: number) => number {
  let state = seed >>> 0;
  return (n) => {
    state = (state + 0x6d2b79f5) >>> 0;
    let t = Math.imul(state ^ (state >>> 15), state | 1);
    t ^= t + Math.imul(t ^ (t >>> 7), t | 61);
    return Math.floor((((t ^ (t >>> 14)) >>> 0) / 0x100000000) * n);
  };
}

const bytes = (length: number, value: number): Uint8Array =>
  Uint8Array.from({ length }, (_, i) => (value * 37 + i + (i >> 9) * 11) & 0xff);

export const FILES = [
  { path: "/hello.txt", bytes: bytes(3000, 1) },
  { path: "/A long file name.text", bytes: bytes(9000, 2) },
  { path: "/ZERO", bytes: bytes(0, 0) },
  { path: "/dir/sub/deep.bin", bytes: bytes(20_000, 3) },
  { path: "/dir/empty" },
  { path: "/dir/one.c", bytes: bytes(100, 4) },
  { path: "/dir/Another long name, longer.text", bytes: bytes(5000, 5) },
  ...Array.from({ length: 20 }, (_, i) => ({
    path: `/many/file number ${i}.dat`,
    bytes: bytes(i * 97, i),
  })),
] as const;

export const DISKS = [
  { type: 12, size: 400 << 10, clusterSize: 1024, fats: 2 },
  { type: 16, size: 2304 << 10, clusterSize: 512, fats: 2 },
  { type: 32, size: 34 << 20, clusterSize: 512, fats: 2 },
] as const;

const fresh = new Map(
  DISKS.map((disk) => [
    disk.type as FatType,
    makeDisk([...FILES], { ...disk, label: "CORPUS" }).image(true),
  ]),
);

/** A disk being damaged. */
export class Patient {
  readonly image: Uint8Array;
  readonly view: DataView;
  readonly geometry: Geometry;

  constructor(
    readonly type: FatType,
    private readonly size: number,
  ) {
    // Room behind the last byte that is not 0, so that free clusters can be hit, too.
    const start = fresh.get(type)!;
    this.image = new Uint8Array(Math.min(size, start.length + 65536));
    this.image.set(start);
    this.view = new DataView(this.image.buffer);
    this.geometry = readGeometry(this.device());
  }

  device(): RamDevice {
    return new RamDevice(this.size, this.image);
  }

  private fatAt(copy: number): number {
    const { fatSector, fatSectors, sectorSize } = this.geometry;
    return (fatSector + copy * fatSectors) * sectorSize;
  }

  get(cluster: number): number {
    const at = this.fatAt(0);
    if (this.type === 32) return this.view.getUint32(at + cluster * 4, true) & 0x0fffffff;
    if (this.type === 16) return this.view.getUint16(at + cluster * 2, true);
    const pair = this.view.getUint16(at + cluster + (cluster >> 1), true);
    return cluster & 1 ? pair >> 4 : pair & 0xfff;
  }

  /** In both copies, or in one. */
  set(cluster: number, value: number, copies = [0, 1]): void {
    for (const copy of copies) {
      const at = this.fatAt(copy);
      if (this.type === 32) this.view.setUint32(at + cluster * 4, value, true);
      else if (this.type === 16) this.view.setUint16(at + cluster * 2, value, true);
      else {
        const place = at + cluster + (cluster >> 1);
        const pair = this.view.getUint16(place, true);
        const next = cluster & 1 ? (pair & 0xf) | (value << 4) : (pair & 0xf000) | (value & 0xfff);
        this.view.setUint16(place, next, true);
      }
    }
  }

  /** Clusters in use. */
  used(): number[] {
    const found: number[] = [];
    for (let c = 2; c < this.geometry.clusters + 2 && c < 400; c++)
      if (this.get(c) !== 0) found.push(c);
    return found;
  }

  /** Offsets of all 32-byte entries in use. */
  entries(): number[] {
    const found: number[] = [];
    const scan = (from: number, to: number) => {
      for (let at = from; at < to && this.image[at] !== 0; at += 32) {
        found.push(at);
        const isDirectory = this.image[at + 11] === 0x10 && this.image[at] !== 0x2e;
        if (isDirectory && this.image[at] !== 0xe5) follow(this.view.getUint16(at + 26, true));
      }
    };
    const seen = new Set<number>();
    const follow = (start: number) => {
      if (seen.has(start)) return;
      seen.add(start);
      const { dataSector, sectorSize, clusterSize } = this.geometry;
      for (
        let c = start, n = 0;
        c >= 2 && c < this.geometry.clusters + 2 && n < 100;
        c = this.get(c), n++
      ) {
        const at = dataSector * sectorSize + (c - 2) * clusterSize;
        scan(at, at + clusterSize);
      }
    };
    const { rootSector, rootEntries, sectorSize, rootCluster } = this.geometry;
    if (this.type === 32) follow(rootCluster);
    else scan(rootSector * sectorSize, rootSector * sectorSize + rootEntries * 32);
    return found;
  }
}

type Damage = (p: Patient, pick: (n: number) => number) => void;

/** There is nothing (left) of the kind to be damaged. */
class Nothing extends Error {}

function one<T>(list: readonly T[], pick: (n: number) => number): T {
  if (list.length === 0) throw new Nothing();
  return list[pick(list.length)];
}
const shortEntries = (p: Patient) =>
  p.entries().filter((at) => p.image[at + 11] !== 0x0f && p.image[at] !== 0xe5);
const files = (p: Patient) =>
  shortEntries(p).filter(
    (at) => p.image[at + 11] === 0x20 && p.view.getUint16(at + 26, true) !== 0,
  );
const folders = (p: Patient) =>
  shortEntries(p).filter((at) => p.image[at + 11] === 0x10 && p.image[at] !== 0x2e);
const longParts = (p: Patient) =>
  p.entries().filter((at) => p.image[at + 11] === 0x0f && p.image[at] !== 0xe5);

/** What can go wrong with a disk, by name. */
export const DAMAGES: Record<string, Damage> = {
  "cross link"(p, pick) {
    p.set(one(p.used(), pick), one(p.used(), pick));
  },
  "shared start"(p, pick) {
    const [a, b] = [one(files(p), pick), one(files(p), pick)];
    p.view.setUint16(a + 26, p.view.getUint16(b + 26, true), true);
  },
  circle(p, pick) {
    const c = one(p.used(), pick);
    p.set(c, c);
  },
  "free cluster in a chain"(p, pick) {
    p.set(one(p.used(), pick), 0);
  },
  "bad cluster in a chain"(p, pick) {
    p.set(one(p.used(), pick), { 12: 0xff7, 16: 0xfff7, 32: 0x0ffffff7 }[p.type]);
  },
  "impossible cluster"(p, pick) {
    p.set(one(p.used(), pick), one([1, p.geometry.clusters + 2, p.geometry.clusters + 50], pick));
  },
  "lost chain"(p, pick) {
    const end = { 12: 0xfff, 16: 0xffff, 32: 0x0fffffff }[p.type];
    const first = 300 + pick(30);
    const length = 1 + pick(4);
    for (let i = 0; i < length; i++) p.set(first + i, i + 1 < length ? first + i + 1 : end);
  },
  "lost circle"(p, pick) {
    const first = 340 + pick(10);
    p.set(first, first + 1);
    p.set(first + 1, first);
  },
  "chain too long"(p, pick) {
    const at = one(files(p), pick);
    p.view.setUint32(at + 28, pick(p.view.getUint32(at + 28, true) + 1), true);
  },
  "size too large"(p, pick) {
    const at = one(files(p), pick);
    p.view.setUint32(at + 28, one([1 << 20, 0xffffffff, 0x80000000, 60_000], pick), true);
  },
  "start that does not exist"(p, pick) {
    p.view.setUint16(one(files(p), pick) + 26, one([1, 0, 0xfff0], pick), true);
  },
  "directory that begins elsewhere"(p, pick) {
    p.view.setUint16(one(folders(p), pick) + 26, one([0, 1, 0xfff0, ...p.used()], pick), true);
  },
  "directory inside itself"(p, pick) {
    const list = folders(p);
    p.view.setUint16(one(list, pick) + 26, p.view.getUint16(one(list, pick) + 26, true), true);
  },
  "dot entry"(p, pick) {
    const dots = p.entries().filter((at) => p.image[at] === 0x2e);
    p.view.setUint16(one(dots, pick) + 26, pick(100), true);
  },
  "bad short name"(p, pick) {
    p.image[one(shortEntries(p), pick) + pick(8)] = one([0x01, 0x22, 0x2a, 0x3f, 0x7c, 0x5c], pick);
  },
  "twin names"(p, pick) {
    const list = files(p);
    const [a, b] = [one(list, pick), one(list, pick)];
    p.image.copyWithin(a, b, b + 11);
  },
  attributes(p, pick) {
    p.image[one(shortEntries(p), pick) + 11] = pick(256);
  },
  "long name part"(p, pick) {
    p.image[one(longParts(p), pick) + one([0, 1, 13, 26, 11], pick)] = pick(256);
  },
  "lost long name"(p, pick) {
    p.image[one(shortEntries(p), pick)] = 0xe5;
  },
  "end mark too early"(p, pick) {
    p.image[one(p.entries(), pick)] = 0;
  },
  "copies differ"(p, pick) {
    p.set(one(p.used(), pick), pick(300), [pick(2)]);
  },
  "noise in the FAT"(p, pick) {
    for (let i = 0; i < 8; i++) p.set(2 + pick(300), pick(p.geometry.clusters + 20));
  },
  "noise in a directory"(p, pick) {
    const at = one(shortEntries(p), pick);
    for (let i = 0; i < 32; i++) p.image[at + i] = pick(256);
  },
  "free count"(p, pick) {
    if (p.type === 32) p.view.setUint32(512 + 488, pick(1000), true);
  },
  "open flag"(p) {
    p.image[p.type === 32 ? 65 : 37] |= 1;
  },
  "second label"(p, pick) {
    p.image[one(files(p), pick) + 11] = 0x08;
  },
};

const KINDS = Object.keys(DAMAGES);

/** Disk number `seed`: its type, what was done to it, its bytes. */
export function damagedDisk(seed: number, most = 3): { patient: Patient; done: string[] } {
  const pick = random(seed);
  const { type, size } = DISKS[seed % 3];
  const patient = new Patient(type, size);
  const done = Array.from({ length: 1 + pick(most) }, () => one(KINDS, pick));
  for (const kind of done) {
    try {
      DAMAGES[kind](patient, pick);
    } catch (error) {
      if (!(error instanceof Nothing)) throw error;
    }
  }
  return { patient, done };
}

/** Offsets and sizes of the fields of a boot sector (BIOS parameter block). */
const BPB: readonly (readonly [at: number, bytes: number])[] = [
  [0, 1],
  [11, 2],
  [13, 1],
  [14, 2],
  [16, 1],
  [17, 2],
  [19, 2],
  [21, 1],
  [22, 2],
  [28, 4],
  [32, 4],
  [36, 4],
  [40, 2],
  [42, 2],
  [44, 4],
  [48, 2],
  [50, 2],
  [510, 2],
];
const TELLING = [
  0, 1, 2, 3, 4, 7, 0x10, 0x20, 0x7f, 0x80, 0xff, 0x100, 0x200, 0x1000, 0x7fff, 0xffff, 0x10000,
  0x7fffffff, 0xffffffff,
];

/** Disk number `seed` with an impossible or misleading boot sector, and often more damage behind it. */
export function brokenBoot(seed: number): { patient: Patient; done: string[] } {
  const pick = random(seed ^ 0x5eed);
  const { patient, done } = seed % 2 === 0 ? damagedDisk(seed) : { patient: whole(seed), done: [] };
  for (let i = 0; i <= pick(3); i++) {
    const [at, bytes] = one(BPB, pick);
    const value = pick(3) === 0 ? pick(0x7fffffff) : one(TELLING, pick);
    for (let k = 0; k < bytes; k++) patient.image[at + k] = value >>> (8 * k);
    done.push(`boot sector ${at}: ${value >>> 0}`);
  }
  return { patient, done };
}

function whole(seed: number): Patient {
  const { type, size } = DISKS[seed % 3];
  return new Patient(type, size);
}
