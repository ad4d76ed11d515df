import { afterAll, describe, expect, setDefaultTimeout, test } from "bun:test";
import type { BlockDevice } from "../../src/block/mod.ts";
import { checkVolume, type Problem } from "../../src/fat/check/mod.ts";
import { FatError, type FatInfo, FatVolume, makeDisk } from "../../src/fat/mod.ts";
import { DAMAGES, damagedDisk, DISKS, FILES, Patient, random } from "./corpus.ts";
import { have, Scratch } from "./tools.ts";

/** The file system check against fsck.fat on damaged disks, and against itself. */

setDefaultTimeout(120_000);
const FULL = process.env.RTT_SIM_FULL === "1";
const scratch = new Scratch();
afterAll(() => scratch.remove());

/** Contents of all files that can be read, by path. */
function readable(device: BlockDevice): Map<string, string> {
  const found = new Map<string, string>();
  let volume: FatVolume;
  try {
    volume = FatVolume.mount(device, { readOnly: true });
  } catch (error) {
    if (error instanceof FatError) return found;
    throw error;
  }
  const walk = (path: string, depth: number) => {
    let list: FatInfo[] = [];
    try {
      list = volume.list(path || "/");
    } catch (error) {
      if (!(error instanceof FatError)) throw error;
    }
    for (const { name, directory } of list) {
      const own = `${path}/${name}`;
      if (directory && depth > 0) walk(own, depth - 1);
      if (directory) continue;
      try {
        found.set(own, String(Bun.hash(volume.readFile(own))));
      } catch (error) {
        if (!(error instanceof FatError)) throw error;
      }
    }
  };
  walk("", 6);
  return found;
}

/** Repairs that give a file another name or place, or take it away because it never was one. */
const MOVING = new Set([
  "bad entry",
  "bad name",
  "twin name",
  "no directory",
  "lost directory",
  "label",
  "end mark",
  "long name",
  "boot sector",
  "dot entries",
  "FAT copies",
]);

function isMoved(path: string, problems: readonly Problem[]): boolean {
  // A file that leads into a directory reads the entries there, which may be mended.
  const linked = problems.some((problem) => problem.kind === "cross link" && problem.path === path);
  if (linked && problems.some(({ kind }) => MOVING.has(kind) || kind === "dot entries"))
    return true;
  return problems.some(({ kind, path: at, message }) => {
    const below = at === undefined || at === "/" || path.startsWith(`${at}/`);
    // What a directory's chain led to was never in it.
    if (below && /broken chain|cross link/.test(kind)) return true;
    // A cluster marked bad is left alone, readable or not; a circle can be read round and round.
    if (!MOVING.has(kind) && !/marked bad|in a circle/.test(message)) return false;
    return below || path === at;
  });
}

const SEEDS = FULL ? 3000 : 150;

describe(`${SEEDS} damaged disks`, () => {
  test("after a repair nothing is wrong, and what could be read before reads the same", () => {
    let compared = 0;
    for (let seed = 0; seed < SEEDS; seed++) {
      const { patient, done } = damagedDisk(seed);
      const device = patient.device();
      const before = readable(device);
      const report = checkVolume(device, { repair: true });
      expect({ seed, done, left: checkVolume(device).problems }).toEqual({ seed, done, left: [] });
      const after = readable(device);
      for (const [path, contents] of before) {
        if (isMoved(path, report.problems)) continue;
        expect({ seed, done, path, contents: after.get(path) }).toEqual({
          seed,
          done,
          path,
          contents,
        });
        compared++;
      }
    }
    expect(compared).toBeGreaterThan(SEEDS * 10);
  });

  test("a check without repair changes nothing", () => {
    for (let seed = 0; seed < 30; seed++) {
      const device = damagedDisk(seed).patient.device();
      const before = Bun.hash(device.image(true));
      checkVolume(device);
      expect(Bun.hash(device.image(true))).toBe(before);
    }
  });

  test.skipIf(!have("fsck.fat"))(
    "what fsck.fat finds we find, and what we repaired it finds sound (needs dosfstools)",
    () => {
      for (let seed = 0; seed < (FULL ? 600 : 60); seed++) {
        const { patient, done } = damagedDisk(seed);
        const device = patient.device();
        const theirs = scratch.try("fsck.fat", "-n", scratch.save(device));
        const ours = checkVolume(device, { repair: true });
        if (theirs.exitCode !== 0)
          expect({ seed, done, total: ours.total > 0 }).toEqual({ seed, done, total: true });
        const { exitCode, text } = scratch.try("fsck.fat", "-n", scratch.save(device));
        expect({ seed, done, text: exitCode === 0 ? "" : text }).toEqual({ seed, done, text: "" });
      }
    },
  );

  test("every kind of damage alone, on every type: found (or without effect) and repaired", () => {
    for (const [name, damage] of Object.entries(DAMAGES))
      for (const { type, size } of DISKS)
        for (let seed = 0; seed < 3; seed++) {
          const patient = new Patient(type, size);
          const sound = Bun.hash(patient.image);
          damage(patient, random(seed));
          const device = patient.device();
          const { total } = checkVolume(device, { repair: true });
          if (Bun.hash(patient.image) === sound)
            expect({ name, total }).toEqual({ name, total: 0 });
          expect({ name, type, seed, left: checkVolume(device).total }).toEqual({
            name,
            type,
            seed,
            left: 0,
          });
        }
  });
});

describe("sound disks", () => {
  test.each(DISKS)("FAT$type: nothing is found, files and clusters are counted", (disk) => {
    const report = checkVolume(makeDisk([...FILES], disk));
    expect(report.problems).toEqual([]);
    expect(report.counts.files).toBe(FILES.filter((file) => "bytes" in file).length);
    expect(report.counts.directories).toBe(5);
  });

  test.skipIf(!have("mkfs.fat"))("disks of mkfs.fat (needs dosfstools)", () => {
    for (const args of [
      ["-F", "12"],
      ["-F", "16", "-s", "2"],
      ["-F", "32", "-s", "1"],
      ["-S", "4096"],
      ["-n", "LABEL"],
      ["-f", "1"],
      ["-r", "1024"],
      ["-a"],
    ]) {
      const image = scratch.file("made.img", new Uint8Array(args[1] === "12" ? 1 << 20 : 40 << 20));
      scratch.run("mkfs.fat", ...args, image);
      expect([args, checkVolume(scratch.load(image)).problems]).toEqual([args, []]);
    }
  });
});
