/**
 * Whole recordings through the compiled binary: lines piped to it at the pace of the recording, its output compared as one text.
 * Where a difference is listed, the text is that of the replay in process, which sessions.test.ts compares step by step.
 */
import { expect, setDefaultTimeout, test } from "bun:test";
import { existsSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { listed, type Mode } from "./differences.ts";
import { comparable, withoutDoubleEcho } from "./masks.ts";
import { replay } from "./replay.ts";
import { type Session, session, SESSIONS } from "./sessions.ts";

// Each runs a whole session in the binary.
setDefaultTimeout(60_000);

const BINARY = join(import.meta.dir, "../../rtt-sim");

/** In the quick set; all of them with RTT_SIM_FULL=1. */
const QUICK = [
  "01-basic",
  "02-files",
  "03-modules",
  "04-dl",
  "09-fault",
  "10-nullcall",
  "17-history",
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

const NAMES = process.env.RTT_SIM_FULL ? SESSIONS : QUICK;

for (const name of NAMES) {
  for (const mode of ["compat", "default"] as const) {
    const title = `${name}, ${mode === "compat" ? "--compat 4.0.4" : "without options"}`;
    test.skipIf(!existsSync(BINARY))(`${title} (needs ./rtt-sim: bun run build)`, () => {
      const tested = session(name);
      const { text, exitCode } = typedAtBinary(tested, mode);
      expect(comparable(text)).toBe(expected(tested, mode));
      expect(exitCode).not.toBe(125);
    });
  }
}

function expected(tested: Session, mode: Mode): string {
  const { steps } = tested;
  if (listed(tested.name, mode).size > 0) {
    return comparable(
      replay(tested, mode)
        .map(({ received }) => received)
        .join(""),
    );
  }
  const texts = steps.map(({ received, typed }) =>
    mode === "compat" ? received : withoutDoubleEcho(received, typed),
  );
  return comparable(texts.join(""));
}

function typedAtBinary({ steps, card }: Session, mode: Mode) {
  const dir = mkdtempSync(join(tmpdir(), "session-"));
  try {
    const image = join(dir, "sd.img");
    const pace = join(dir, "pace");
    writeFileSync(image, card().image());
    // Each step is followed by its silence, the boot too.
    const rows = steps.map(({ pace }) => `${pace.silence}ms ${pace.atLeast ?? 0}ms\n`);
    writeFileSync(pace, rows.join(""));
    const options = ["--pace", pace, "--timeout", "10m"];
    if (mode === "compat") options.push("--compat", "4.0.4");
    // Either is Enter to the shell; in a host's text CR LF would be one.
    const typed = steps.map(({ typed }) => typed.replaceAll("\n", "\r")).join("");
    const { stdout, exitCode } = Bun.spawnSync([BINARY, ...options, image], {
      stdin: Buffer.from(typed, "latin1"),
      stdout: "pipe",
      stderr: "pipe",
      timeout: 60_000,
    });
    return { text: Buffer.from(stdout).toString("latin1"), exitCode };
  } finally {
    rmSync(dir, { recursive: true, force: true });
  }
}
