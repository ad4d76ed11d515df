/** Backtraces are those of gdb, which knows the same files and unwinds by itself. */
import { afterAll, beforeAll, describe, expect, test } from "bun:test";
import { existsSync, mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { debug } from "../gdb/session.ts";
import { compile, gcc, gdb } from "../gdb/toolchain.ts";
import { crash, FAULTS, moduleOf, type Processor } from "./faulty.ts";

const full = process.env.RTT_SIM_FULL === "1";

let dir = "";
beforeAll(() => {
  dir = mkdtempSync(join(tmpdir(), "backtraces-"));
});
afterAll(() => rmSync(dir, { recursive: true, force: true }));

/** What stops in the program itself; gdb sees a failed assertion, and what ends in the kernel, at another moment. */
const kinds = full
  ? [
      "wild",
      "unaligned",
      "callback",
      "null-call",
      "undefined",
      "bkpt",
      "guard",
      "svc",
      "hard-timer",
      "soft-timer",
      "timer-hook",
      "idle-hook",
      "thread",
      "freed-pointer",
      "once",
      "signal",
      "cleanup",
      "key",
    ]
  : ["callback", "hard-timer", "signal"];

function built(kind: string, target: Processor, level: string): string {
  const path = join(dir, `${kind}-${target}${level}.mo`);
  const flags = ["-g", level, "-fno-inline"];
  if (!existsSync(path)) compile(join(FAULTS, `${kind}.c`), path, { target, flags });
  return path;
}

describe.skipIf(!gcc || !gdb)(
  `backtraces are those of gdb${gcc && gdb ? "" : " (needs arm-none-eabi-gcc and gdb-multiarch)"}`,
  () => {
    for (const target of ["a9", "thumb"] as const)
      for (const level of ["-O0", "-O2"])
        for (const kind of kinds)
          test(`${kind}, ${target} ${level}`, async () => {
            const path = built(kind, target, level);
            const [report] = crash(readFileSync(path)).reports;
            const { gdb: said } = await debug(["run", path], ["continue", "backtrace", "kill"]);
            const frames = said
              .slice(said.lastIndexOf("SIG"))
              .matchAll(/^#\d+ +(?:0x\w+ in )?(\S+) \(.*?\)(?: at .*:(\d+))?$/gm);
            const theirs = [...frames].map(([, fn, line]) => `${fn}:${line ?? ""}`);
            const ours = report.backtrace.map(
              ({ place, source: at }) => `${at?.fn ?? place?.symbol ?? "??"}:${at?.line ?? ""}`,
            );
            expect(ours).toEqual(theirs);
            expect(said).not.toMatch(/Backtrace stopped|corrupt stack/);
          });
  },
);

/** strlen of newlib is written by hand: PLD, and r4 and r5 by STRD. The calls are those of the source and of newlib's printf. */
test.each(["a9", "thumb"] as const)("a frame of the C library without tables, %s", (target) => {
  const [report] = crash(moduleOf("bad-string", target)).reports;
  const names = report.backtrace.map(({ place, source: at }) => at?.fn ?? place?.symbol);
  expect(names[0]).toBe("strlen");
  expect(names.slice(-3)).toEqual(["printf", "say", "main"]);
  expect(report.text).not.toContain("found on the stack");
});

test.skipIf(!gdb).each(["a9", "thumb"] as const)(
  "gdb goes through it as well, %s (needs gdb-multiarch)",
  async (target) => {
    const module = join(FAULTS, `bad-string-${target}.mo`);
    const { gdb: said } = await debug(["run", module], ["continue", "backtrace", "kill"]);
    const frames = said
      .slice(said.lastIndexOf("SIG"))
      .matchAll(/^#\d+ +(?:0x\w+ in )?(\S+) \(.*\)/gm);
    const names = [...frames].map(([, name]) => name);
    expect(names[0]).toBe("strlen");
    expect(names.slice(-3)).toEqual(["printf", "say", "main"]);
    expect(said).not.toMatch(/Backtrace stopped|corrupt stack/);
  },
);
