import { afterAll, describe, expect, test } from "bun:test";
import fc from "fast-check";
import { RamDevice } from "../../src/block/mod.ts";
import { checkVolume, HARMLESS as NOTES } from "../../src/fat/check/mod.ts";
import { FatError, FatVolume } from "../../src/fat/mod.ts";
import { DISKS, Recorder } from "./recorder.ts";
import { haveAll, Scratch } from "./tools.ts";
import { damageIn } from "./verdict.ts";

/** A process killed between any two writes leaves nothing worse than lost clusters: fsck.fat is the judge. */

/** The long run takes others; a failure tells which, FAT_SEED repeats it. */
const SEED = Number(
  process.env.FAT_SEED ?? (process.env.RTT_SIM_FULL === "1" ? Math.floor(Math.random() * 1e9) : 7),
);
const scratch = new Scratch();
afterAll(() => scratch.remove());

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
