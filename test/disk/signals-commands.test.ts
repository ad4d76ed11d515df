/** A signal ends the commands that change an image where nothing is half-done, and they say what is done. */
import { afterAll, describe, expect, setDefaultTimeout, test } from "bun:test";
import { closeSync, existsSync, openSync, readdirSync, readFileSync, readSync } from "node:fs";
import { makeDisk } from "../../src/fat/mod.ts";
import { have } from "../fat/tools.ts";
import { Bench, bytesOf, RTT_SIM } from "./tool.ts";

setDefaultTimeout(60_000);
const bench = new Bench();
afterAll(() => bench.remove());

const SIGNALS = [
  ["SIGTERM", 143],
  ["SIGINT", 130],
  ["SIGHUP", 129],
] as const;

function start(words: readonly string[]) {
  return Bun.spawn([...RTT_SIM, ...words], {
    cwd: bench.folder,
    stdin: "ignore",
    stdout: "pipe",
    stderr: "pipe",
  });
}
type Child = ReturnType<typeof start>;

/** Waits until `ready`, sends the signal; false: it came too late. */
async function ended(child: Child, ready: () => boolean, signal: NodeJS.Signals) {
  while (!ready() && child.exitCode === null) await Bun.sleep(0);
  child.kill(signal);
  return { code: await child.exited, err: await new Response(child.stderr).text() };
}

/** FAT16: the byte that says that somebody writes. */
function isOpen(image: string): boolean {
  const fd = openSync(bench.path(image), "r");
  const state = new Uint8Array(1);
  readSync(fd, state, 0, 1, 37);
  closeSync(fd);
  return (state[0] & 1) !== 0;
}

/** By us and by fsck.fat. */
function expectSound(image: string): void {
  expect(bench.out("disk", "fsck", image)).toContain(": sound");
  if (have("fsck.fat")) expect(bench.tool(["fsck.fat", "-n", image])).toMatchObject({ code: 0 });
}

const FILES = 12_000;
const many = makeDisk(
  Array.from({ length: FILES }, (_, i) => ({
    path: `/d/${i % 8}/file number ${i}`,
    bytes: bytesOf(10, i),
  })),
  { size: 64 << 20, type: 16, clusterSize: 2048 },
).image();

test.each(SIGNALS)("disk rm -r ended by %s", async (signal, code) => {
  bench.file("many.img", many);
  const ran = await ended(
    start(["disk", "rm", "-r", "many.img:/d"]),
    () => isOpen("many.img"),
    signal,
  );
  expect([ran.code, ran.err]).toEqual([
    code,
    expect.stringMatching(
      new RegExp(
        `^rtt-sim: ended by ${signal}: \\d+ files and directories are removed, the others`,
      ),
    ),
  ]);
  const removed = Number(/(\d+) files/.exec(ran.err)![1]);
  // The eight directories and the one above them are entries, too.
  const left = bench.out("disk", "ls", "-R", "many.img").trim().split("\n").length;
  expect(left).toBe(FILES + 9 - removed);
  expect(left).toBeGreaterThan(0);
  expectSound("many.img");
});

const two = bytesOf(2 << 20, 1);

describe.each(["made.img", "made.img.gz"])("disk create %s", (image) => {
  for (let i = 0; i < 64; i++) bench.file(`from/${i}`, two);
  const words = ["disk", "create", "-f", "--from", "from", image];
  const parts = () => readdirSync(bench.folder).filter((name) => name.includes(".part"));

  test.each(SIGNALS)("ended by %s: there is none, and nothing beside it", async (signal, code) => {
    const ran = await ended(start(words), () => parts().length > 0, signal);
    expect([ran.code, ran.err]).toEqual([
      code,
      `rtt-sim: ended by ${signal}: ${image} was not made\n`,
    ]);
    expect(existsSync(bench.path(image))).toBe(false);
    expect(parts()).toEqual([]);
  });

  test("ended when it is to replace another: that stays", async () => {
    bench.file(image, "old");
    const ran = await ended(start(words), () => parts().length > 0, "SIGINT");
    expect([ran.code, ran.err]).toEqual([130, `rtt-sim: ended by SIGINT: ${image} is as it was\n`]);
    expect(readFileSync(bench.path(image), "utf8")).toBe("old");
    expect(parts()).toEqual([]);
  });
});

test("disk mv ended whenever: done or not begun, and the image is sound", async () => {
  const size = 16 << 20;
  const one = makeDisk([{ path: "/a/one.bin", bytes: bytesOf(50_000, 3) }, { path: "/b" }], {
    size,
    type: 16,
  }).image();
  for (let i = 0; i < 12; i++) {
    bench.file("mv.img", one);
    const signal = SIGNALS[i % 3];
    const child = start(["disk", "mv", "mv.img:/a/one.bin", "/b/two.bin"]);
    await Bun.sleep(i * 12);
    child.kill(signal[0]);
    const code = await child.exited;
    const moved = bench.out("disk", "ls", "-R", "mv.img").includes("/b/two.bin");
    // Before the command begins, the signal does what it does to every process.
    expect(moved ? [0, signal[1]] : [signal[1]]).toContain(code);
    expectSound("mv.img");
  }
});

test("disk fsck --repair ended whenever: all is repaired or nothing is changed", async () => {
  const broken = many.slice();
  const fatBytes = 512 * (broken[22] | (broken[23] << 8));
  const second = 512 * (broken[14] | (broken[15] << 8)) + fatBytes;
  broken.fill(0, second, second + fatBytes);
  bench.file("before.img", broken);
  expect(bench.out("disk", "fsck", "before.img")).toContain("copies of the FAT differ");
  for (let i = 0; i < 8; i++) {
    bench.file("broken.img", broken);
    const child = start(["disk", "fsck", "--repair", "broken.img"]);
    await Bun.sleep(40 + i * 60);
    child.kill("SIGTERM");
    const code = await child.exited;
    const after = readFileSync(bench.path("broken.img"));
    if (after.equals(broken)) expect(code).toBe(143);
    else {
      expect([0, 143]).toContain(code);
      expectSound("broken.img");
    }
  }
});
