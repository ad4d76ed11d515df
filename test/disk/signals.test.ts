/** A signal ends a headless run as an interactive one: what was written is on the disk, and the disk is closed. */
import { afterAll, expect, setDefaultTimeout, test } from "bun:test";
import { join } from "node:path";
import { readdirSync, readFileSync } from "node:fs";
import { Bench, RTT_SIM } from "./tool.ts";

setDefaultTimeout(30_000);
const bench = new Bench();
afterAll(() => bench.remove());

const DISK = join(import.meta.dir, "../../disk/disk.img");
const MODULE = join(import.meta.dir, "../fixtures/modules/filerate.mo");

/** Starts it, waits until it has said that, sends the signal. */
async function ended(words: readonly string[], said: string, signal: NodeJS.Signals) {
  const child = Bun.spawn([...RTT_SIM, ...words], {
    cwd: bench.folder,
    // Nobody types, and nobody closes it.
    stdin: "pipe",
    stdout: "pipe",
    stderr: "pipe",
  });
  const reader = child.stdout.getReader();
  const decoder = new TextDecoder();
  let out = "";
  while (!out.includes(said)) {
    const { value, done } = await reader.read();
    if (done) break;
    out += decoder.decode(value);
  }
  await Bun.sleep(100);
  child.kill(signal);
  return { code: await child.exited, out, err: await new Response(child.stderr).text() };
}

test.each([
  ["SIGTERM", 143],
  ["SIGINT", 130],
  ["SIGHUP", 129],
] as const)(
  "-c ended by %s: exit code %d, nothing is lost, no mark is left",
  async (signal, code) => {
    bench.file("c.img", readFileSync(DISK));
    const lines = ["-c", 'echo "kept" /kept.txt', "-c", "echo ready", "-c", "bench 2000000000"];
    const ran = await ended(["c.img", ...lines], "ready", signal);
    expect([ran.code, ran.err]).toEqual([code, `rtt-sim: ended by ${signal}\n`]);
    expect(bench.out("disk", "cat", "c.img:/kept.txt")).toContain("kept");
    expect(bench.out("disk", "fsck", "c.img")).toContain("sound");
  },
);

test("a pipe that nobody writes to", async () => {
  bench.out("disk", "create", "-f", "--size", "8M", "p.img");
  const ran = await ended(["p.img"], "msh />", "SIGTERM");
  expect(ran.code).toBe(143);
  expect(bench.out("disk", "fsck", "p.img")).toContain("sound");
});

test("--save: the old file stays, nothing is left beside it", async () => {
  bench.file("saved.img", "old");
  const words = ["--save", "saved.img", "-c", "echo ready", "-c", "bench 2000000000"];
  expect((await ended(words, "ready", "SIGTERM")).code).toBe(143);
  expect(readFileSync(bench.path("saved.img"), "utf8")).toBe("old");
  bench.out("disk", "create", "-f", "--size", "8M", "d.img");
  const run = ["run", "--disk", "d.img", "--save", "saved.img", MODULE, "w", "/x", "100000", "512"];
  const child = Bun.spawn([...RTT_SIM, ...run], { cwd: bench.folder, stdout: "ignore" });
  while (!readdirSync(bench.folder).some((name) => name.startsWith("saved.img.part"))) {
    if (child.exitCode !== null) break;
    await Bun.sleep(10);
  }
  child.kill("SIGTERM");
  await child.exited;
  expect(readFileSync(bench.path("saved.img"), "utf8")).toBe("old");
  expect(readdirSync(bench.folder).filter((name) => name.includes(".part"))).toEqual([]);
});

test("started with nohup, it goes on when the terminal is gone", async () => {
  const child = Bun.spawn(["nohup", ...RTT_SIM], {
    cwd: bench.folder,
    stdin: "pipe",
    stdout: "pipe",
    stderr: "ignore",
  });
  const reader = child.stdout.getReader();
  await reader.read();
  child.kill("SIGHUP");
  await Bun.sleep(100);
  child.stdin.write("echo there\n");
  await child.stdin.end();
  expect(await child.exited).toBe(0);
});
