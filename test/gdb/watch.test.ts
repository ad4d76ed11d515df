/** Watchpoints: every store and load, none is missed, whatever follows it. */
import { afterAll, beforeAll, describe, expect, test } from "bun:test";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { debug } from "./session.ts";
import { compile, gcc, gdb, PROGRAMS } from "./toolchain.ts";

const skip = !gcc || !gdb;
const why = skip ? " (needs arm-none-eabi-gcc and gdb-multiarch)" : "";
let dir = "";
beforeAll(() => {
  dir = mkdtempSync(join(tmpdir(), "gdb-"));
});
afterAll(() => rmSync(dir, { recursive: true, force: true }));

describe.skipIf(skip)(`watchpoints of gdb-multiarch${why}`, () => {
  for (const target of ["a9", "thumb"] as const) {
    const build = () =>
      compile(join(PROGRAMS, "stores.c"), join(dir, `${target}.mo`), {
        target,
        flags: ["-g", "-O2"],
      });

    test(`${target}: stores one behind the other`, async () => {
      const { gdb: said, out } = await debug(
        ["run", build()],
        ["watch x", "continue", "continue", "continue", "continue", "continue"],
      );
      const seen = [...said.matchAll(/Old value = (\d)\nNew value = (\d)\n/g)];
      expect(seen.map(([, from, to]) => `${from}->${to}`)).toEqual([
        "0->1",
        "1->2",
        "2->3",
        "3->4",
      ]);
      expect(said).toContain("exited normally");
      expect(out).toBe("done 4 6\n");
    }, 60_000);

    test(`${target}: loads, and the store behind them`, async () => {
      const { gdb: said, out } = await debug(
        ["run", build()],
        [
          "awatch y",
          "continue",
          "continue",
          "continue",
          "delete",
          "rwatch y",
          "continue",
          "continue",
        ],
      );
      expect(
        said.match(/Hardware access \(read\/write\) watchpoint 1: y\n\nValue = 3\n/g),
      ).toHaveLength(2);
      expect(said).toMatch(/watchpoint 1: y\n\nOld value = 3\nNew value = 6\n/);
      expect(said.match(/Hardware read watchpoint 2: y\n\nValue = 6\n/g)).toHaveLength(1);
      expect(said).toContain("exited normally");
      expect(out).toBe("done 4 6\n");
    }, 60_000);
  }
});
