/** Standard input that never ends, with and without ends of lines: memory stays bounded, and whoever wants an end gets it. */
import { expect, setDefaultTimeout, test } from "bun:test";
import { existsSync, openSync, readFileSync } from "node:fs";
import { BINARY, ROOT } from "./binary.ts";

setDefaultTimeout(60_000);
const possible = existsSync(BINARY) && process.platform === "linux";
const run = possible ? test : test.skip;
const name = (what: string): string =>
  possible ? what : `${what} (needs Linux and ./rtt-sim: bun run build)`;

const MEMORY_KB = 500_000;

const ZEROS = `exec "$@" </dev/zero`;
const LINES = `exec "$@" < <(yes pwd)`;
const HELD = `exec "$@" < <(exec sleep 20)`;

function start(script: string, argv: readonly string[]) {
  const command = [BINARY, "--snapshot", ...argv, "disk/disk.img"];
  return Bun.spawn(["bash", "-c", script, "bash", ...command], {
    cwd: ROOT,
    stdin: "ignore",
    stdout: openSync("/dev/null", "w"),
    stderr: "ignore",
  });
}

run.each([
  ["no line ends", ZEROS, []],
  ["no line ends, beside a second line", ZEROS, ["--serial1", "tcp:0"]],
  [
    "no line ends, at a second line that nobody reads",
    ZEROS,
    ["--serial", "null", "--serial1", "stdio"],
  ],
  ["lines without end", LINES, []],
  ["lines without end, beside a second line", LINES, ["--serial1", "tcp:0"]],
] as const)(
  name("%s: memory is bounded, SIGTERM ends it with 143"),
  async (_what, script, argv) => {
    const child = start(script, argv);
    try {
      await Bun.sleep(1500);
      const status = readFileSync(`/proc/${child.pid}/status`, "latin1");
      expect(Number(/VmHWM:\s*(\d+)/.exec(status)?.[1])).toBeLessThan(MEMORY_KB);
      child.kill("SIGTERM");
      expect(await Promise.race([child.exited, Bun.sleep(10_000)])).toBe(143);
    } finally {
      child.kill("SIGKILL");
    }
  },
);

run.each([
  ["no line ends", ZEROS],
  ["lines without end", LINES],
  ["nobody types", HELD],
] as const)(name("%s: --wall-timeout ends it with 124"), async (_what, script) => {
  const child = start(script, ["--wall-timeout", "300ms"]);
  try {
    expect(await Promise.race([child.exited, Bun.sleep(10_000)])).toBe(124);
  } finally {
    child.kill("SIGKILL");
  }
});

run(
  name("a pipe at the second line, where nobody can type at the first: its end is the end"),
  async () => {
    const argv = ["--serial", "null", "--serial1", "stdio", "--wall-timeout", "10s"];
    const child = start(`printf 'pwd\\n' | "$@"`, argv);
    try {
      expect(await child.exited).toBe(0);
    } finally {
      child.kill("SIGKILL");
    }
  },
);
