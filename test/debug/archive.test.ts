/** Reports about a module that was loaded out of a ZIP archive. */
import { afterAll, beforeAll, describe, expect, test } from "bun:test";
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { zipSync } from "fflate";
import { WholeBoard } from "../dlmodule/whole-board.ts";
import { compile, gcc } from "../gdb/toolchain.ts";

let dir = "";
beforeAll(() => {
  dir = mkdtempSync(join(tmpdir(), "archive-"));
});
afterAll(() => rmSync(dir, { recursive: true, force: true }));

describe.skipIf(!gcc)(
  "arm-none-eabi-gcc: file and line of a fault in a module of an archive",
  () => {
    const archive = (): Uint8Array => {
      const module = join(dir, "faults.mo");
      compile(join(import.meta.dir, "../fixtures/faults/null-write.c"), module);
      return zipSync({ "faults.mo": readFileSync(module) });
    };
    test.each(["/faults.zip/faults.mo", "/faults.mo"])("loaded as %s", (path) => {
      const board = new WholeBoard({ [`/${path.split("/")[1]}`]: archive() });
      board.run(path, "faults");
      expect(board.diagnostics.join("\n")).toMatch(/null-write\.c:4/);
      expect(board.diagnostics.join("\n")).not.toContain("magic");
    });
  },
);
