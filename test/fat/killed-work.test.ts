/** What a process leaves that is killed in the midst of particular work: nothing worse than notes, and files that are whole. */
import { afterAll, describe, expect, test } from "bun:test";
import { RamDevice } from "../../src/block/mod.ts";
import { checkVolume, HARMLESS as NOTES } from "../../src/fat/check/mod.ts";
import { FatVolume } from "../../src/fat/mod.ts";
import { DISKS, Recorder } from "./recorder.ts";
import { haveAll, Scratch } from "./tools.ts";
import { damageIn } from "./verdict.ts";

const scratch = new Scratch();
afterAll(() => scratch.remove());

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
