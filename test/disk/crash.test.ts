/** rtt-sim killed with SIGKILL in the middle of its work: what was closed before is intact, the rest is harmless. */
import { afterAll, expect, setDefaultTimeout, test } from "bun:test";
import { FileDevice, RamDevice } from "../../src/block/mod.ts";
import { checkVolume, HARMLESS } from "../../src/fat/check/mod.ts";
import { FatVolume, makeDisk } from "../../src/fat/mod.ts";
import { readFileSync, writeFileSync } from "node:fs";
import { random } from "../fat/corpus.ts";
import { have } from "../fat/tools.ts";
import { damageIn } from "../fat/verdict.ts";
import { Bench, bytesOf, RTT_SIM } from "./tool.ts";

setDefaultTimeout(600_000);

const KILLS = process.env.RTT_SIM_FULL === "1" ? 200 : 8;
const bench = new Bench();
afterAll(() => bench.remove());

const SOURCE = bytesOf(70_000, 3);
const DISKS = [
  { type: 12, size: 2 << 20 },
  { type: 16, size: 16 << 20 },
  { type: 32, size: 40 << 20 },
] as const;

/** What a shell is told to do, round after round, and what exists when the round is over. */
const ROUNDS = 400;
const lines = Array.from({ length: ROUNDS }, (_, i) => [
  `cp /source.bin "/copy number ${i}.bin"`,
  `echo round${i} /d/log${i % 5}`,
  `mkdir /d/sub${i}`,
  ...(i >= 3
    ? [`rm "/copy number ${i - 3}.bin"`, `mv /d/sub${i - 1} /moved${i - 1}`, `rm /moved${i - 2}`]
    : []),
]).flat();

/** Starts a shell on an image, kills it some milliseconds after so many prompts, gives the number of lines that were finished. */
async function killed(image: string, delay: number, prompts: number): Promise<number> {
  const child = Bun.spawn([...RTT_SIM, image], {
    stdin: new TextEncoder().encode(lines.map((line) => `${line}\n`).join("")),
    stdout: "pipe",
    stderr: "ignore",
  });
  let text = "";
  let timer: ReturnType<typeof setTimeout> | undefined;
  for await (const piece of child.stdout) {
    text += new TextDecoder("latin1").decode(piece);
    if (timer === undefined && text.split("msh />").length > prompts)
      timer = setTimeout(() => child.kill("SIGKILL"), delay);
  }
  await child.exited;
  clearTimeout(timer);
  // A prompt comes before each line: one more of them than finished lines.
  return Math.max(0, text.split("msh />").length - 2);
}

/** Copies that exist when so many lines are finished; those of the line in between are not counted. */
function expected(finished: number): string[] {
  const found = new Set<string>();
  lines.slice(0, finished).forEach((line) => {
    const [, made] = /^cp \/source.bin "(.*)"$/.exec(line) ?? [];
    const [, gone] = /^rm "(.*)"$/.exec(line) ?? [];
    if (made) found.add(made);
    if (gone) found.delete(gone);
  });
  const [, next] = /^rm "(.*)"$/.exec(lines[finished] ?? "") ?? [];
  if (next) found.delete(next);
  return [...found];
}

test(`killed ${KILLS} times at random moments: sound, and closed files intact`, async () => {
  const pick = random(99);
  const image = bench.path("crash.img");
  let working = 0;
  for (let i = 0; i < KILLS; i++) {
    const { type, size } = DISKS[i % DISKS.length];
    const fresh = makeDisk([{ path: "/source.bin", bytes: SOURCE }, { path: "/d" }], {
      type,
      size,
    });
    writeFileSync(image, fresh.image());
    // Prompts show a shell at work, on a machine of any speed.
    const finished = await killed(image, pick(20), 3 + pick(60));
    const bytes = readFileSync(image);
    const device = new RamDevice(bytes.length, bytes);
    const { problems } = checkVolume(device);
    const where = { kill: i, type, finished };
    expect({ ...where, bad: problems.filter(({ kind }) => !HARMLESS.has(kind)) }).toEqual({
      ...where,
      bad: [],
    });
    const volume = FatVolume.mount(device);
    for (const path of ["/source.bin", ...expected(finished)])
      expect({ ...where, path, same: Buffer.compare(volume.readFile(path), SOURCE) === 0 }).toEqual(
        { ...where, path, same: true },
      );
    if (finished > 0 && finished < lines.length) working++;
    if (have("fsck.fat")) {
      const { out, err } = bench.tool(["fsck.fat", "-n", image]);
      expect({ ...where, bad: damageIn(out + err) }).toEqual({ ...where, bad: [] });
    }
    if (have("fsck.fat") && i % 4 === 0) {
      // What we call harmless is what it repairs without a question, and then all is sound.
      bench.tool(["fsck.fat", "-a", "-w", image]);
      expect({ ...where, code: bench.tool(["fsck.fat", "-n", image]).code }).toEqual({
        ...where,
        code: 0,
      });
    }
    checkVolume(device, { repair: true });
    expect({ ...where, left: checkVolume(device).problems }).toEqual({ ...where, left: [] });
  }
  // Most kills must hit a shell at work, or the test shows nothing.
  expect(working).toBeGreaterThan(KILLS / 2);
});

test("a killed rtt-sim leaves the mark of an open volume, a finished one does not", async () => {
  const image = bench.path("mark.img");
  writeFileSync(
    image,
    makeDisk([{ path: "/source.bin", bytes: SOURCE }, { path: "/d" }], { size: 16 << 20 }).image(),
  );
  bench.out(image, "-c", "echo x /x");
  expect(bench.run([image, "-c", "ls"]).err).toBe("");
  expect(checkVolume(deviceOf(image)).problems).toEqual([]);
  // The first line writes.
  await killed(image, 0, 3);
  expect(bench.run([image, "-c", "ls"]).err).toContain("not closed properly");
  expect(bench.out("disk", "fsck", "--repair", image)).toContain("repaired");
  expect(bench.run([image, "-c", "ls"]).err).toBe("");
});

function deviceOf(image: string): FileDevice {
  const bytes = readFileSync(image);
  return new FileDevice({
    size: bytes.length,
    readAt: (offset, into) => into.set(bytes.subarray(offset, offset + into.length)),
    writeAt() {},
    flush() {},
    close() {},
  });
}
