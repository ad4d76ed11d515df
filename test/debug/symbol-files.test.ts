/** Where debugging information comes from when the module that crashes has none. */
import { afterAll, beforeAll, describe, expect, test } from "bun:test";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { compile, gcc } from "../gdb/toolchain.ts";
import { WholeBoard } from "../dlmodule/whole-board.ts";
import { crash, FAULTS, moduleOf } from "./faulty.ts";

let dir = "";
beforeAll(() => {
  dir = mkdtempSync(join(tmpdir(), "symbols-"));
});
afterAll(() => rmSync(dir, { recursive: true, force: true }));

const source = join(FAULTS, "null-write.c");

describe.skipIf(!gcc)(`stripped modules${gcc ? "" : " (needs arm-none-eabi-gcc)"}`, () => {
  test("from .debug and .elf beside it, but not from another module's", () => {
    const whole = readFileSync(compile(source, join(dir, "whole.mo")));
    const stripped = join(dir, "stripped.mo");
    writeFileSync(stripped, whole);
    Bun.spawnSync(["arm-none-eabi-strip", stripped]);
    const bytes = readFileSync(stripped);
    const other = readFileSync(compile(source, join(dir, "other.mo"), { flags: ["-g", "-O2"] }));
    const line = (files: Record<string, Uint8Array>) =>
      crash(bytes, { files }).reports[0].source?.line;
    expect(line({})).toBeUndefined();
    expect(line({ "faults.debug": whole })).toBe(4);
    expect(line({ "faults.elf": whole })).toBe(4);
    expect(line({ "faults.mo.debug": whole })).toBe(4);
    expect(line({ "faults.debug": other })).toBeUndefined();
    expect(line({ "faults.debug": other, "faults.elf": whole })).toBe(4);
  });

  test("without any: unwound by the code of the prologues, also of static functions", () => {
    for (const target of ["a9", "thumb"] as const) {
      const flags = ["-O1", "-fno-inline"];
      const path = compile(join(FAULTS, "callback.c"), join(dir, "bare.mo"), { target, flags });
      Bun.spawnSync(["arm-none-eabi-strip", path]);
      const { backtrace } = crash(readFileSync(path)).reports[0];
      expect(backtrace.map(({ from }) => from)).toEqual(["pc", "unwind", "unwind", "unwind"]);
      expect(backtrace[2].place?.symbol).toBe("qsort");
      expect(backtrace[3].place?.symbol).toBe("main");
    }
  });
});

test("a module that was built anew and is run again has its own lines", () => {
  const board = new WholeBoard({ "/f.mo": moduleOf("null-write", "a9") });
  board.run("/f.mo", "f");
  expect(board.diagnostics.at(-1)).toContain("in store at ./test/fixtures/faults/null-write.c:4");
  board.machine.vfs.writeFile("/f.mo", moduleOf("wild", "a9"));
  board.run("/f.mo", "f");
  expect(board.diagnostics.at(-1)).toContain("in load at ./test/fixtures/faults/wild.c:4");
});
