/** What a line of `-c` leaves as exit code: a built-in that failed is seen, also one that has no result on the board. */
import { expect, test } from "bun:test";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { makeDisk } from "../../src/fat/mod.ts";
import { Machine } from "../../src/machine.ts";

const FIRMWARE = readFileSync(join(import.meta.dir, "../../src/firmware/prebuilt/firmware.elf"));
const FAILED = 255;
const NOT_FOUND = 127;

const DOES: readonly string[] = [
  "pwd",
  "ls",
  "ls /dir",
  "cd",
  "cd /dir",
  "cat a.txt",
  "cp a.txt b.txt",
  "cp /dir /copy",
  "mv a.txt c.txt",
  "mv a.txt A.TXT",
  "mv a.txt /dir",
  "rm a.txt",
  "rm -r /dir",
  "rm -f nothing",
  "mkdir new",
  "echo text",
  "echo text new.txt",
  "mount",
  "df",
  "date",
  "date 2020 2 3 4 5 6",
  "list sem",
  "tail a.txt",
  "hexdump a.txt",
  "script.sh",
];

const DOES_NOT: readonly string[] = [
  "ls nothing",
  "cd nothing",
  "cd a b",
  "cat",
  "cat nothing",
  "cat nothing a.txt",
  "cat a.txt nothing",
  "cp a.txt",
  "cp nothing b.txt",
  "cp a.txt /nothing/b.txt",
  "cp /dir a.txt",
  "cp /dir /dir/dir",
  "cp /dir /nothing/dir",
  "mv a.txt",
  "mv nothing a.txt",
  "mv nothing c.txt",
  "mv a.txt /nothing/c.txt",
  "rm",
  "rm -x a.txt",
  "rm nothing",
  "rm nothing a.txt",
  "rm /dir",
  "mkdir",
  "mkdir /dir",
  "mkdir /nothing/new",
  "echo",
  "echo text /nothing/new.txt",
  "mkfs",
  "mkfs nothing",
  "mkfs -x elm sd0",
  "mount sd0 /nothing elm",
  "umount /nothing",
  "list nothing",
  "tail nothing",
  "hexdump nothing",
  "kill nothing",
  "sy nothing",
  "reboot",
];

function code(line: string): number {
  const bytes = new TextEncoder().encode("some text\n");
  const files = ["a.txt", "dir/in.txt"].map((path) => ({ path, bytes }));
  const script = { path: "script.sh", bytes: new TextEncoder().encode("cat nothing\n") };
  const disk = makeDisk([...files, script], { size: 1 << 20 });
  const machine = new Machine({ firmware: FIRMWARE, disk, output: () => {} });
  try {
    machine.boot("lines");
    machine.execute(line);
    machine.kernel.run({ units: 10_000_000, skipIdle: true });
    return machine.outcome.code;
  } finally {
    machine.close();
  }
}

test("a command that does what it is asked to gives 0", () => {
  expect(Object.fromEntries(DOES.map((line) => [line, code(line)]))).toEqual(
    Object.fromEntries(DOES.map((line) => [line, 0])),
  );
});

test("a command that fails or is used wrongly gives 255", () => {
  expect(Object.fromEntries(DOES_NOT.map((line) => [line, code(line)]))).toEqual(
    Object.fromEntries(DOES_NOT.map((line) => [line, FAILED])),
  );
});

test("date has a result of its own, as on the board", () => {
  // The length of the hint's second line.
  expect(code("date 1 2")).toBe(38);
});

test("what is no command at all gives 127", () => {
  expect(code("nothing")).toBe(NOT_FOUND);
});
