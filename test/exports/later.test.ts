import { expect, test } from "bun:test";
import { dlmoduleRows } from "../../src/dlmodule/mod.ts";
import { posixRows } from "../../src/kernel/posix/mod.ts";
import { pthreadRows } from "../../src/kernel/pthread/mod.ts";
import { NAMES } from "../../src/machine/exports.ts";
import { YMODEM_ROWS } from "../../src/serial/mod.ts";
import { SHELL_ROWS } from "../../src/shell/mod.ts";

// Otherwise a program that calls it would be told that there is no such function.
test("a folder whose code comes with the first call is looked into for each of its functions", () => {
  const folders = {
    posix: posixRows,
    pthread: pthreadRows,
    dlmodule: dlmoduleRows,
    shell: SHELL_ROWS,
    ymodem: YMODEM_ROWS,
  };
  const missed = Object.entries(folders).flatMap(([folder, rows]) =>
    rows.filter(({ name }) => !NAMES[folder as keyof typeof NAMES].test(name)),
  );
  expect(missed).toEqual([]);
  expect(Object.keys(folders).sort()).toEqual(Object.keys(NAMES).sort());
});
