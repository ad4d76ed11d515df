/** Clusters that belong to two entries are seen before one of them is changed, and the other keeps what it has. */
import { describe, expect, test } from "bun:test";
import { RamDevice } from "../../src/block/mod.ts";
import { FatError, FatVolume, makeDisk } from "../../src/fat/mod.ts";
import { damagedDisk } from "./corpus.ts";

const FULL = process.env.RTT_SIM_FULL === "1";

/** What every file holds that can be read to its end, by path. */
function contents(volume: FatVolume): Map<string, string> {
  const found = new Map<string, string>();
  const walk = (path: string, depth: number): void => {
    let entries: ReturnType<FatVolume["list"]> = [];
    try {
      entries = volume.list(path);
    } catch (error) {
      if (!(error instanceof FatError)) throw error;
    }
    for (const { name, directory, size } of entries) {
      const own = `${path}/${name}`;
      if (directory && depth < 4) walk(own, depth + 1);
      else if (!directory && size < 1 << 21 && !found.has(own.toUpperCase())) {
        try {
          found.set(own.toUpperCase(), Bun.hash(volume.readFile(own)).toString());
        } catch (error) {
          if (!(error instanceof FatError)) throw error;
        }
      }
    }
  };
  walk("", 0);
  return found;
}

function mounted(device: RamDevice): FatVolume | undefined {
  try {
    return FatVolume.mount(device);
  } catch {
    return undefined;
  }
}

const CHANGES: Record<string, (volume: FatVolume, path: string) => void> = {
  overwritten: (volume, path) => {
    const file = volume.open(path, { write: true, create: "existing" });
    try {
      file.write(new Uint8Array(20_000).fill(0x55));
    } finally {
      file.close();
    }
  },
  "cut and written anew": (volume, path) => volume.writeFile(path, new Uint8Array(9000).fill(0x66)),
  "removed, then a new one made": (volume, path) => {
    volume.unlink(path);
    volume.writeFile("/new.bin", new Uint8Array(60_000).fill(0x77));
  },
  "moved, its time set": (volume, path) => {
    volume.rename(path, "/moved.bin");
    volume.setModified("/moved.bin", 1e9);
  },
};

describe("whatever is damaged, a change to one file is no change to another", () => {
  test.each(Object.entries(CHANGES))(
    "%s",
    (_, change) => {
      let changed = 0;
      for (let seed = 5000; seed < 5000 + (FULL ? 600 : 40); seed++) {
        const { patient, done } = damagedDisk(seed);
        // Two entries of one name: which one is meant changes with the first.
        if (done.includes("twin names")) continue;
        const first = mounted(patient.device());
        if (!first) continue;
        const before = contents(first);
        for (const path of [...before.keys()].slice(0, 6)) {
          const volume = FatVolume.mount(patient.device());
          try {
            change(volume, path);
            changed++;
          } catch (error) {
            if (!(error instanceof FatError)) throw error;
          }
          const after = contents(volume);
          for (const [other, hash] of before) {
            if (other === path || other.startsWith("/NEW.BIN")) continue;
            expect({ seed, done, path, other, hash: after.get(other) }).toEqual({
              seed,
              done,
              path,
              other,
              hash,
            });
          }
        }
      }
      // Most of it goes through.
      expect(changed).toBeGreaterThan(80);
    },
    300_000,
  );
});

const A = new Uint8Array(5000).fill(1);
const B = new Uint8Array(5000).fill(2);

/** `/a.bin`, `/b.bin` and `/dir/sub/c.bin` on a volume of so many bytes; `entry` gives the offset of an entry. */
function disk(type: 16 | 32, size: number, open = false) {
  const clusterSize = 2048;
  const files = [
    { path: "/a.bin", bytes: A },
    { path: "/b.bin", bytes: B },
    { path: "/dir/sub/c.bin", bytes: A },
  ];
  const device = makeDisk(files, { size, type, clusterSize });
  const { geometry } = FatVolume.mount(device);
  const at = (geometry.dataSector - (geometry.rootEntries * 32) / 512) * 512;
  const head = new Uint8Array(at + (1 << 16));
  device.read(0, head);
  const view = new DataView(head.buffer);
  const entry = (short: string): number => Buffer.from(head).indexOf(short, at, "latin1");
  const start = (short: string): number => view.getUint16(entry(short) + 26, true);
  const join = (short: string, other: string): void =>
    view.setUint16(entry(short) + 26, start(other), true);
  if (open) head[type === 32 ? 65 : 37] |= 1;
  /** Sets the entry of a cluster in both copies of the FAT. */
  const link = (cluster: number, value: number): void => {
    for (let copy = 0; copy < geometry.fats; copy++) {
      const fat = (geometry.fatSector + copy * geometry.fatSectors) * 512;
      if (type === 16) view.setUint16(fat + cluster * 2, value, true);
      else view.setUint32(fat + cluster * 4, value, true);
    }
  };
  return {
    join,
    start,
    link,
    device,
    mount: () => {
      device.write(0, head);
      return FatVolume.mount(device);
    },
  };
}

const why = (call: () => unknown): string => {
  try {
    call();
    return "done";
  } catch (error) {
    return error instanceof FatError ? `${error.reason}: ${error.message}` : String(error);
  }
};

describe.each([
  ["FAT16", 16, 32 << 20, false],
  ["FAT32 with more than 65536 clusters, closed", 32, 300 << 20, false],
  ["FAT32 with more than 65536 clusters, left open", 32, 300 << 20, true],
] as const)("%s", (_, type, size, open) => {
  const SHARED = /^damaged: .*cluster \d+ of .* belongs to another file or directory, too$/;

  test("two files that begin at the same cluster", () => {
    const patient = disk(type, size, open);
    patient.join("A       BIN", "C       BIN");
    const volume = patient.mount();
    for (const path of ["/a.bin", "/dir/sub/c.bin"]) {
      expect(why(() => volume.writeFile(path, B))).toMatch(SHARED);
      expect(why(() => volume.open(path, { write: true, create: "existing" }))).toMatch(SHARED);
    }
    // Who has its clusters alone is not concerned.
    volume.writeFile("/b.bin", A);
    const told: string[] = [];
    volume.onDamage = (path, { message }) => told.push(`${path}: ${message}`);
    volume.unlink("/a.bin");
    expect(told).toEqual([expect.stringMatching(/^\/a\.bin: .*belongs to another/)]);
    volume.writeFile("/new.bin", new Uint8Array(100_000).fill(9));
    expect(volume.readFile("/dir/sub/c.bin")).toEqual(A);
  });

  test("a file and a directory that begin at the same cluster", () => {
    const patient = disk(type, size, open);
    patient.join("A       BIN", "SUB        ");
    const volume = patient.mount();
    expect(why(() => volume.writeFile("/a.bin", B))).toMatch(SHARED);
    expect(why(() => volume.writeFile("/dir/sub/new", B))).toMatch(SHARED);
    expect(why(() => volume.mkdir("/dir/sub/new"))).toMatch(SHARED);
    expect(why(() => volume.unlink("/dir/sub/c.bin"))).toMatch(SHARED);
    expect(why(() => volume.rename("/dir/sub", "/sub"))).toMatch(SHARED);
    volume.unlink("/a.bin");
    expect(volume.readFile("/dir/sub/c.bin")).toEqual(A);
  });

  test("a directory whose cluster is marked free, with a file whose cluster is", () => {
    const patient = disk(type, size, open);
    for (const short of ["SUB        ", "C       BIN"]) patient.link(patient.start(short), 0);
    const volume = patient.mount();
    const before = volume.openDirectory("/dir/sub").next();
    volume.writeFile("/new.bin", new Uint8Array(100_000).fill(9));
    expect(volume.openDirectory("/dir/sub").next()).toEqual(before);
    const first = new Uint8Array(512);
    patient.device.read(
      volume.geometry.dataSector +
        (patient.start("C       BIN") - 2) * volume.geometry.sectorsPerCluster,
      first,
    );
    expect(first).toEqual(A.subarray(0, 512));
  });

  test("a directory that a file's chain runs into, with a file that is another's", () => {
    const patient = disk(type, size, open);
    patient.link(patient.start("A       BIN"), patient.start("SUB        "));
    patient.join("B       BIN", "C       BIN");
    const volume = patient.mount();
    volume.unlink("/b.bin");
    volume.writeFile("/new.bin", new Uint8Array(100_000).fill(9));
    expect(volume.readFile("/dir/sub/c.bin")).toEqual(A);
  });

  test("a chain in a circle behind a shared cluster ends the look at once", () => {
    const patient = disk(type, size, open);
    patient.join("A       BIN", "SUB        ");
    const b = patient.start("B       BIN");
    patient.link(b, b + 1);
    patient.link(b + 1, b);
    const volume = patient.mount();
    const { table } = volume;
    let looks = 0;
    const get = table.get.bind(table);
    volume.exists("/b.bin");
    why(() => volume.mkdir("/first"));
    table.get = (cluster) => (looks++, get(cluster));
    why(() => volume.unlink("/b.bin"));
    expect(looks).toBeLessThan(100);
  });

  test("a directory with two entries", () => {
    const patient = disk(type, size, open);
    patient.join("SUB        ", "DIR        ");
    const volume = patient.mount();
    expect(why(() => volume.mkdir("/dir/new"))).toMatch(SHARED);
  });
});

test("what is read of a closed volume before its first change is bounded, and the change quick", () => {
  // 3000 directories of one cluster: more than one look needs, less than the bound.
  const files = Array.from({ length: 3000 }, (_, i) => ({ path: `/d${i % 50}/e${i}/f`, bytes: A }));
  const device = makeDisk(files, { size: 300 << 20, type: 32, clusterSize: 4096 });
  const volume = FatVolume.mount(device);
  const started = process.cpuUsage();
  volume.writeFile("/first", A);
  const { user, system } = process.cpuUsage(started);
  expect(user + system).toBeLessThan(500_000);
});
