/** `rtt-sim test` for a person: progress on a terminal, and --watch. */
import { expect, setDefaultTimeout, test } from "bun:test";
import { copyFileSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { BINARY, ROOT } from "../cli/binary.ts";

setDefaultTimeout(60_000);

const HELLO = join(ROOT, "disk/prebuilt/a9/hello.mo");

function folder(): { path: string } & Disposable {
  const path = mkdtempSync(join(tmpdir(), "rtt-sim-watch-"));
  for (const name of ["a.mo", "b.mo"]) copyFileSync(HELLO, join(path, name));
  return { path, [Symbol.dispose]: () => rmSync(path, { recursive: true }) };
}

/** Runs on a terminal of our own; `until` waits for a text behind what was waited for before. */
function onTerminal(argv: readonly string[], cwd: string, env: Record<string, string> = {}) {
  let seen = "";
  let from = 0;
  let wake: (() => void) | undefined;
  const child = Bun.spawn([BINARY, ...argv], {
    cwd,
    env: { ...process.env, NO_COLOR: "", ...env },
    terminal: {
      cols: 100,
      rows: 30,
      data(_, data) {
        seen += Buffer.from(data).toString("utf8");
        wake?.();
      },
    },
  });
  void child.exited.then(() => wake?.());
  const until = async (text: string): Promise<string> => {
    while (!seen.includes(text, from)) {
      if (child.exitCode !== null) throw new Error(`no '${text}' in ${JSON.stringify(seen)}`);
      await new Promise<void>((resolve) => (wake = resolve));
    }
    const start = from;
    from = seen.indexOf(text, from) + text.length;
    return seen.slice(start, from);
  };
  return { child, until, seen: () => seen };
}

test("a terminal gets colours and a line of progress that does not stay", async () => {
  using at = folder();
  const run = onTerminal(["test", "."], at.path);
  const text = await run.until("2 passed");
  expect(text).toContain("\x1b[32mok\x1b[0m");
  expect(text).toContain("1 of 2\r\x1b[K");
  expect(text).not.toContain("2 of 2");
  expect(await run.child.exited).toBe(0);
});

test("NO_COLOR is respected", async () => {
  using at = folder();
  const run = onTerminal(["test", "."], at.path, { NO_COLOR: "1" });
  expect(await run.until("2 passed")).not.toContain("\x1b[32m");
  await run.child.exited;
});

test("--watch runs again when a file changes, until it is ended", async () => {
  using at = folder();
  const run = onTerminal(["test", "--watch", "."], at.path);
  await run.until("2 passed, ");
  await run.until("watching");
  writeFileSync(join(at.path, "b.mo"), "no ELF file");
  await run.until("1 passed, ");
  await run.until("waiting for changes");
  copyFileSync(HELLO, join(at.path, "b.mo"));
  copyFileSync(HELLO, join(at.path, "c.mo"));
  await run.until("3 passed, ");
  await run.until("waiting for changes");
  run.child.kill("SIGINT");
  await run.child.exited;
  expect(run.child.signalCode ?? run.child.exitCode).toBe("SIGINT");
});

test("--watch sees the modules of scenarios elsewhere, and is not woken by a log in its folder", async () => {
  using at = folder();
  mkdirSync(join(at.path, "build"));
  mkdirSync(join(at.path, "tests"));
  copyFileSync(HELLO, join(at.path, "build/x.mo"));
  writeFileSync(join(at.path, "tests/x.smoke.toml"), 'run = "../build/x.mo"\n');
  const run = onTerminal(["test", "--watch", "tests"], at.path);
  await run.until("1 passed, ");
  await run.until("watching");
  writeFileSync(join(at.path, "build/x.mo"), "no ELF file");
  await run.until("0 passed, ");
  await run.until("waiting for changes");
  for (const name of ["tests/own.log", "build/other.o"])
    writeFileSync(join(at.path, name), "nobody's business");
  await Bun.sleep(600);
  copyFileSync(HELLO, join(at.path, "build/x.mo"));
  const text = await run.until("waiting for changes");
  // One more run, and none for the log.
  expect(text.match(/ passed, /g)).toHaveLength(1);
  expect(text).toContain("1 passed, ");
  run.child.kill("SIGINT");
  await run.child.exited;
});
