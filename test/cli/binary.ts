import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";

export const ROOT = join(import.meta.dir, "../..");
/** Another build can be tried. */
export const BINARY = process.env.RTT_SIM_BINARY ?? join(ROOT, "rtt-sim");

/** What a run takes that hangs; one that does not takes some seconds on a machine that has ten other things to do. */
const LONG_MS = 55_000;

export interface Run {
  readonly code: number;
  readonly out: string;
  readonly err: string;
}

/** Runs the compiled binary; `input` is piped to it, default: an empty pipe. */
export function rttSim(argv: readonly string[], input = "", cwd = ROOT, limit = LONG_MS): Run {
  const child = Bun.spawnSync([BINARY, ...argv], {
    cwd,
    stdin: new TextEncoder().encode(input),
    stdout: "pipe",
    stderr: "pipe",
    timeout: limit,
  });
  // Not an exit code that a test might take for the program's.
  if (child.exitedDueToTimeout)
    throw new Error(`rtt-sim ${argv.join(" ")}: has not ended after ${limit / 1000} s`);
  const text = (bytes: Uint8Array) => Buffer.from(bytes).toString("latin1");
  return { code: child.exitCode ?? -1, out: text(child.stdout), err: text(child.stderr) };
}

/** A scratch directory that is removed when the block is left: `using dir = scratch()`. */
export function scratch(): { path(name: string): string } & Disposable {
  const dir = mkdtempSync(join(tmpdir(), "rtt-sim-"));
  return {
    path: (name) => join(dir, name),
    [Symbol.dispose]: () => rmSync(dir, { recursive: true, force: true }),
  };
}
