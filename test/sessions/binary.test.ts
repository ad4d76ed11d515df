/** Whole recordings through the compiled binary: lines piped to it, its output compared as one text. */
import { expect, setDefaultTimeout, test } from "bun:test";
import { existsSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { masked } from "./masks.ts";
import { session } from "./sessions.ts";

// Each runs a whole session in the binary.
setDefaultTimeout(60_000);

const BINARY = join(import.meta.dir, "../../rtt-sim");

/** The pace of 01-basic brings its clock to the recorded second. */
const LINE_DELAY: Record<string, string> = { "01-basic": "650ms" };

/** Recordings without a listed difference under --compat 4.0.4, for which one pace does for all lines. */
const NAMES = [
  "01-basic",
  "02-files",
  "18-long",
  "22-cxx",
  "26-thumb",
  "50-boot-blank-sd",
  "51-boot-mkfsfat",
  "p-cd_mkdir",
  "p-cp",
  "p-echo_df",
  "p-lists",
  "p-ls",
  "p-mv",
  "p-quoting",
  "p-script",
];

for (const name of NAMES) {
  test.skipIf(!existsSync(BINARY))(`${name} (needs ./rtt-sim: bun run build)`, () => {
    const { steps, card } = session(name);
    const dir = mkdtempSync(join(tmpdir(), "session-"));
    try {
      const image = join(dir, "sd.img");
      writeFileSync(image, card().image());
      const delay = LINE_DELAY[name] ?? "530ms";
      const options = ["--compat", "4.0.4", "--line-delay", delay, "--timeout", "10m"];
      const typed = steps.map(({ typed }) => typed.replace(/\r$/, "\n")).join("");
      const { stdout, exitCode } = Bun.spawnSync([BINARY, ...options, image], {
        stdin: Buffer.from(typed, "latin1"),
        stdout: "pipe",
        stderr: "pipe",
        timeout: 60_000,
      });
      expect(masked(Buffer.from(stdout).toString("latin1"))).toBe(
        masked(steps.map(({ received }) => received).join("")),
      );
      expect(exitCode).not.toBe(125);
    } finally {
      rmSync(dir, { recursive: true, force: true });
    }
  });
}
