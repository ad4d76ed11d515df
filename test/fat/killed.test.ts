import { afterAll, describe, expect, test } from "bun:test";
import fc from "fast-check";
import { type BlockDevice, RamDevice } from "../../src/block/mod.ts";
import { checkVolume, HARMLESS as NOTES } from "../../src/fat/check/mod.ts";
import { FatError, FatVolume } from "../../src/fat/mod.ts";
import { haveAll, Scratch } from "./tools.ts";
import { damageIn } from "./verdict.ts";

/** A process killed between any two writes leaves nothing worse than lost clusters: fsck.fat is the judge. */

/** The long run takes others; a failure tells which, FAT_SEED repeats it. */
const SEED = Number(
  process.env.FAT_SEED ?? (process.env.RTT_SIM_FULL === "1" ? Math.floor(Math.random() * 1e9) : 7),
);
const scratch = new Scratch();
afterAll(() => scratch.remove());

/** Passes writes on and remembers them. */
class Recorder implements BlockDevice {
  readonly sectorSize: number;
  readonly sectors: number;
  readonly readOnly = false;
  readonly writes: { sector: number; bytes: Uint8Array }[] = [];

  /** A process can be killed at each multiple of `unit` bytes: sector by sector is more than a host does. */
  constructor(
    private readonly device: BlockDevice,
    private readonly unit = device.sectorSize,
  ) {
    this.sectorSize = device.sectorSize;
    this.sectors = device.sectors;
  }
  read(sector: number, into: Uint8Array): void {
    this.device.read(sector, into);
  }
  write(sector: number, from: Uint8Array): void {
    // The host can be stopped between the pages of one write.
    for (let at = 0, end = 0; at < from.length; at = end) {
      const place = sector * this.sectorSize + at;
      end = Math.min(from.length, at + this.unit - (place % this.unit));
      this.writes.push({ sector: place / this.sectorSize, bytes: from.slice(at, end) });
    }
    this.device.write(sector, from);
  }
  flush(): void {}
  close(): void {}
}

const DISKS = [
  { type: 12, size: 400 << 10 },
  { type: 16, size: 2304 << 10 },
  { type: 32, size: 34 << 20 },
] as const;

const name = fc.constantFrom(
  "a.txt",
  "Long name one.text",
  "Long name two.text",
  "d",
  "d2",
  "X".repeat(60),
);
const path = fc.oneof(
  name,
  name.map((n) => `d/${n}`),
  name.map((n) => `d/d2/${n}`),
);
const step = fc.oneof(
  fc.record({ do: fc.constant("write"), path, to: path, n: fc.nat(20000) }),
  fc.record({ do: fc.constant("append"), path, to: path, n: fc.nat(9000) }),
  fc.record({ do: fc.constant("cut"), path, to: path, n: fc.nat(5000) }),
  fc.record({ do: fc.constant("mkdir"), path, to: path, n: fc.constant(0) }),
  fc.record({ do: fc.constant("unlink"), path, to: path, n: fc.constant(0) }),
  fc.record({ do: fc.constant("rename"), path, to: path, n: fc.constant(0) }),
  fc.record({ do: fc.constant("replace"), path, to: path, n: fc.constant(0) }),
);

function run(volume: FatVolume, one: { do: string; path: string; to: string; n: number }): void {
  const bytes = new Uint8Array(one.n).fill(one.n);
  try {
    if (one.do === "write") volume.writeFile(one.path, bytes);
    else if (one.do === "mkdir") volume.mkdir(one.path);
    else if (one.do === "unlink") volume.unlink(one.path);
    else if (one.do === "rename") volume.rename(one.path, one.to);
    else if (one.do === "replace") volume.rename(one.path, one.to, { replace: true });
    else {
      const file = volume.open(one.path, { write: true, create: "existing" });
      if (one.do === "cut") file.truncate(one.n);
      else {
        file.seek(file.size);
        file.write(bytes);
      }
      file.close();
    }
  } catch (error) {
    if (!(error instanceof FatError)) throw error;
  }
}

describe.skipIf(!haveAll)("killed at any moment (needs fsck.fat)", () => {
  test.each(DISKS)(
    "FAT$type",
    ({ type, size }) => {
      const blank = new RamDevice(size);
      FatVolume.format(blank, { type, fats: 2, clusterSize: 512 });
      const fresh = blank.image(true);
      const sequence = fc.array(step, { minLength: 8, maxLength: 30 });
      for (const steps of fc.sample(sequence, { numRuns: type === 32 ? 2 : 4, seed: SEED })) {
        const recorder = new Recorder(new RamDevice(size, fresh));
        const volume = FatVolume.mount(recorder);
        volume.mkdir("d");
        volume.mkdir("d/d2");
        for (const one of steps) run(volume, one);
        const { writes } = recorder;
        const stride = Math.max(1, Math.floor(writes.length / 25));
        const killed = new RamDevice(size, fresh);
        writes.forEach(({ sector, bytes }, i) => {
          killed.write(sector, bytes);
          if (i % stride !== 0) return;
          const { text } = scratch.try("fsck.fat", "-n", scratch.save(killed));
          const where = { seed: SEED, after: `${i + 1} of ${writes.length} sectors` };
          expect({ ...where, bad: damageIn(text) }).toEqual({ ...where, bad: [] });
        });
      }
    },
    120_000,
  );
});

/** Where the writes of each step end, and the files that are closed by then: contents by path. */
interface Milestone {
  readonly writes: number;
  readonly files: ReadonlyMap<string, number>;
}

function filesOf(volume: FatVolume): Map<string, number> {
  const found = new Map<string, number>();
  const walk = (folder: string) => {
    for (const { name, directory } of volume.list(folder || "/")) {
      const own = `${folder}/${name}`;
      if (directory) walk(own);
      else found.set(own, Number(Bun.hash.crc32(volume.readFile(own))));
    }
  };
  walk("");
  return found;
}

describe("killed after every single write", () => {
  test.each(DISKS.filter(({ type }) => type !== 32 || process.env.RTT_SIM_FULL === "1"))(
    "FAT$type: nothing but notes, and what a step does not touch is intact",
    ({ type, size }) => {
      const blank = new RamDevice(size);
      FatVolume.format(blank, { type, fats: 2, clusterSize: 512 });
      const fresh = blank.image(true);
      const sequence = fc.array(step, { minLength: 8, maxLength: 25 });
      for (const steps of fc.sample(sequence, { numRuns: 3, seed: SEED + 1 })) {
        const recorder = new Recorder(new RamDevice(size, fresh));
        let volume = FatVolume.mount(recorder);
        volume.mkdir("d");
        volume.mkdir("d/d2");
        const milestones: Milestone[] = [];
        for (const [i, one] of steps.entries()) {
          // The first write after mounting is another: it sets the mark of an open volume.
          if (i % 2 === 0) {
            volume.unmount();
            volume = FatVolume.mount(recorder);
          }
          run(volume, one);
          milestones.push({ writes: recorder.writes.length, files: filesOf(volume) });
        }
        const killed = new RamDevice(size, fresh);
        let done = 0;
        recorder.writes.forEach(({ sector, bytes }, i) => {
          killed.write(sector, bytes);
          const bad = checkVolume(killed).problems.filter(({ kind }) => !NOTES.has(kind));
          expect({ seed: SEED, write: i, bad }).toEqual({ seed: SEED, write: i, bad: [] });
          while (done < milestones.length && milestones[done].writes <= i + 1) done++;
          if (done === 0 || done === milestones.length) return;
          // Files that the step in between leaves alone.
          const [before, after] = [milestones[done - 1].files, milestones[done].files];
          const now = filesOf(FatVolume.mount(killed));
          for (const [path, sum] of before)
            if (after.get(path) === sum)
              expect({ seed: SEED, write: i, path, sum: now.get(path) }).toEqual({
                seed: SEED,
                write: i,
                path,
                sum,
              });
        });
      }
    },
    300_000,
  );
});

describe("killed in the first work after mounting", () => {
  const FIRST: Record<string, (volume: FatVolume) => void> = {
    "write over": (v) => v.writeFile("/file", new Uint8Array(3000).fill(2)),
    "write less": (v) => v.writeFile("/file", new Uint8Array(10).fill(2)),
    truncate(v) {
      const file = v.open("/file", { write: true, create: "existing" });
      file.truncate(700);
      file.close();
    },
    append(v) {
      const file = v.open("/file", { write: true, create: "existing" });
      file.seek(file.size);
      file.write(new Uint8Array(4000));
      file.close();
    },
    unlink: (v) => v.unlink("/file"),
    rmdir: (v) => v.unlink("/dir"),
    mkdir: (v) => v.mkdir("/new"),
    rename: (v) => v.rename("/file", "/dir/other name, longer.text"),
    replace: (v) => v.rename("/file", "/other", { replace: true }),
    label: (v) => (v.label = "NEW"),
  };
  const work = DISKS.flatMap((disk) => Object.keys(FIRST).map((what) => ({ ...disk, what })));
  test.each(work)("FAT$type: $what", ({ type, size, what }) => {
    const blank = new RamDevice(size);
    const made = FatVolume.format(blank, { type, fats: 2, clusterSize: 512 });
    made.writeFile("/file", new Uint8Array(9000).fill(1));
    made.writeFile("/other", new Uint8Array(5000).fill(3));
    made.mkdir("/dir");
    made.unmount();
    const fresh = blank.image(true);
    const recorder = new Recorder(new RamDevice(size, fresh));
    const volume = FatVolume.mount(recorder);
    FIRST[what](volume);
    volume.unmount();
    const killed = new RamDevice(size, fresh);
    recorder.writes.forEach(({ sector, bytes }, i) => {
      killed.write(sector, bytes);
      const { problems } = checkVolume(killed);
      const bad = problems.filter(
        ({ kind }) => !NOTES.has(kind) && kind !== "backup boot sector" && kind !== "label",
      );
      expect({ write: i, bad }).toEqual({ write: i, bad: [] });
    });
    expect(checkVolume(killed).problems).toEqual([]);
  });
});

describe("new contents for a file, killed after every sector", () => {
  const OLD = new Uint8Array(9000).fill(1);
  const NEW = new Uint8Array(7000).fill(2);
  test.each(DISKS)("FAT$type: it has the old or the new ones, whole", ({ type, size }) => {
    const blank = new RamDevice(size);
    const made = FatVolume.format(blank, { type, fats: 2, clusterSize: 512 });
    made.mkdir("/d");
    made.writeFile("/d/A long name.text", OLD);
    made.unmount();
    const fresh = blank.image(true);
    const recorder = new Recorder(new RamDevice(size, fresh));
    const volume = FatVolume.mount(recorder);
    const free = volume.space().freeClusters;
    const refused = volume.replacement("/d/A long name.text");
    refused.write(NEW);
    refused.discard();
    expect(volume.space().freeClusters).toBe(free);
    expect(volume.readFile("/d/A long name.text")).toEqual(OLD);
    const contents = volume.replacement("/d/a long name.TEXT");
    expect(contents.write(NEW)).toBe(NEW.length);
    contents.commit();
    volume.unmount();
    const killed = new RamDevice(size, fresh);
    let last = OLD;
    recorder.writes.forEach(({ sector, bytes }, i) => {
      killed.write(sector, bytes);
      const bad = checkVolume(killed).problems.filter(({ kind }) => !NOTES.has(kind));
      expect({ write: i, bad }).toEqual({ write: i, bad: [] });
      const now = FatVolume.mount(killed);
      expect(now.list("/d").map(({ name }) => name)).toEqual(["A long name.text"]);
      const found = now.readFile("/d/A long name.text");
      if (Bun.hash(found) !== Bun.hash(last)) last = NEW;
      expect(found).toEqual(last);
    });
    expect(last).toBe(NEW);
    expect(checkVolume(killed).problems).toEqual([]);
  });

  test("none for a directory, a read-only file, an open one", () => {
    const volume = FatVolume.format(new RamDevice(4 << 20));
    volume.mkdir("/d");
    volume.writeFile("/ro", OLD);
    volume.setAttributes("/ro", 1);
    volume.writeFile("/open", OLD);
    expect(() => volume.replacement("/d")).toThrow("is a directory");
    expect(() => volume.replacement("/ro")).toThrow("is read-only");
    expect(() => volume.replacement("/none")).toThrow("does not exist");
    const file = volume.open("/open", { write: false, create: "existing" });
    expect(() => volume.replacement("/open").commit()).toThrow("is open");
    file.close();
    expect(volume.readFile("/open")).toEqual(OLD);
  });
});

describe("long names, killed after every sector", () => {
  test.each(DISKS)(
    "FAT$type: entries that are made, removed and renamed are whole or not there",
    ({ type, size }) => {
      const blank = new RamDevice(size);
      FatVolume.format(blank, { type, fats: 2, clusterSize: 512 });
      const fresh = blank.image(true);
      const recorder = new Recorder(new RamDevice(size, fresh));
      const volume = FatVolume.mount(recorder);
      // Of two to fifteen slots, so that they meet the end of a sector in every way.
      const names = Array.from(
        { length: 24 },
        (_, i) => `${i} ${"long name ".repeat(i % 17)}.text`,
      );
      volume.mkdir("d");
      for (const name of names) volume.writeFile(`d/${name}`, new Uint8Array(10));
      for (const name of names.slice(0, 8)) volume.unlink(`d/${name}`);
      for (const name of names.slice(8)) volume.rename(`d/${name}`, `d/renamed ${name}`);
      for (const name of names.slice(16)) volume.rename(`d/renamed ${name}`, name);
      volume.unmount();
      const killed = new RamDevice(size, fresh);
      recorder.writes.forEach(({ sector, bytes }, i) => {
        killed.write(sector, bytes);
        const bad = checkVolume(killed).problems.filter(({ kind }) => !NOTES.has(kind));
        expect({ write: i, bad }).toEqual({ write: i, bad: [] });
      });
      expect(checkVolume(killed).problems).toEqual([]);
    },
  );
});

describe("names that do not fit in a sector, killed after every page of the host", () => {
  const PAGE = 4096;
  const disks = DISKS.flatMap((disk) =>
    [512, 2048].map((clusterSize) => ({ ...disk, clusterSize })),
  );
  const size = (type: number, clusterSize: number) =>
    ({ 12: 400 << 10, 16: (clusterSize * 4608) | 0, 32: clusterSize * 69632 })[type]!;
  test.each(disks)(
    "FAT$type in clusters of $clusterSize: entries are whole or not there",
    ({ type, clusterSize }) => {
      const bytes = size(type, clusterSize);
      const blank = new RamDevice(bytes);
      FatVolume.format(blank, { type, fats: 2, clusterSize });
      const fresh = blank.image(true);
      const recorder = new Recorder(new RamDevice(bytes, fresh), PAGE);
      const volume = FatVolume.mount(recorder);
      // Seventeen to twenty-one slots, among some of two to twelve.
      const names = Array.from({ length: 20 }, (_, i) =>
        i % 4 === 3 ? `short ${"name ".repeat(i)}` : `${i} `.padEnd(196 + ((i * 13) % 60), "long "),
      ).map((text, i) => `${text.slice(0, 250).trimEnd()}${i}`);
      volume.mkdir("d");
      for (const name of names) volume.writeFile(`d/${name}`, new Uint8Array(10));
      for (const name of names.slice(0, 6)) volume.unlink(`d/${name}`);
      for (const name of names.slice(6, 14)) volume.rename(`d/${name}`, `d/R${name.slice(1)}`);
      for (const name of names.slice(6, 12)) volume.rename(`d/R${name.slice(1)}`, name);
      for (const name of names.slice(0, 6)) volume.mkdir(`d/${name}`);
      volume.unmount();
      const killed = new RamDevice(bytes, fresh);
      recorder.writes.forEach(({ sector, bytes }, i) => {
        killed.write(sector, bytes);
        const bad = checkVolume(killed).problems.filter(({ kind }) => !NOTES.has(kind));
        expect({ write: i, bad }).toEqual({ write: i, bad: [] });
        if (!haveAll || i % 20 !== 0) return;
        const { text } = scratch.try("fsck.fat", "-n", scratch.save(killed));
        expect({ write: i, bad: damageIn(text) }).toEqual({ write: i, bad: [] });
      });
      expect(checkVolume(killed).problems).toEqual([]);
    },
  );
});
