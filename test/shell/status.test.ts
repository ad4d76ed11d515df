/** What a line of `-c` leaves as exit code: a built-in that failed is seen, also one that has no result on the board. */
import { expect, test } from "bun:test";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { RamDevice } from "../../src/block/mod.ts";
import { makeDisk } from "../../src/fat/mod.ts";
import { Machine, type MachineOptions } from "../../src/machine.ts";
import { codeOf } from "../../src/machine/verdict.ts";
import { HostFs } from "../../src/vfs/host-fs.ts";
import type { HostFolder } from "../../src/vfs/mod.ts";

const FIRMWARE = readFileSync(join(import.meta.dir, "../../src/firmware/prebuilt/firmware.elf"));
const PROGRAM = readFileSync(join(import.meta.dir, "../fixtures/modules/shellcmd.mo"));
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

interface Ran {
  readonly code: number;
  /** What the console and the simulator said. */
  readonly said: string;
}

const code = (line: string): number => ran([line]).code;

/** The exit code is that of the last line. */
function ran(commands: readonly string[], parts: Partial<MachineOptions> = {}): Ran {
  const bytes = new TextEncoder().encode("some text\n");
  const files = ["a.txt", "dir/in.txt"].map((path) => ({ path, bytes }));
  const script = { path: "script.sh", bytes: new TextEncoder().encode("cat nothing\n") };
  const disk = makeDisk([...files, script], { size: 1 << 20 });
  let said = "";
  const machine = new Machine({
    firmware: FIRMWARE,
    disk,
    output: (piece) => (said += Buffer.from(piece).toString()),
    diagnostics: (text) => (said += text),
    ...parts,
  });
  try {
    machine.boot("lines");
    for (const line of commands) {
      machine.execute(line);
      // A program may run on.
      for (let n = 0; n < 3 && (n === 0 || !machine.quiet); n++)
        machine.kernel.run({ units: 10_000_000, skipIdle: true });
    }
    return { code: codeOf("done", machine), said };
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

test("a command that fails is not silent about it", () => {
  expect(DOES_NOT.filter((line) => ran([line]).said.trim() === "")).toEqual([]);
});

test("mv says why it did not move", () => {
  expect(ran(["mv nothing c.txt"]).said).toMatch(/^nothing => c.txt\s+mv: \S/);
});

test("rm -f is content with what is not there, not with what stays there", () => {
  const file = { name: "f.txt", directory: false, size: 5, mtime: 0 };
  const host: HostFolder = {
    list: () => [file],
    open: () => ({ size: 5, readAt: () => 0, close: () => {} }),
  };
  // A folder of the host is read-only.
  const folder = { path: "/mnt", name: "hd", fs: new HostFs(host, "hd") };
  const removed = ran(["rm -f /mnt/f.txt"], { mounts: [folder] });
  expect(removed.code).toBe(FAILED);
  expect(removed.said).toContain("rm: cannot remove '/mnt/f.txt': ");
  expect(ran(["rm -f /mnt/nothing"], { mounts: [folder] })).toEqual({ code: 0, said: "" });
});

test("a disk that was taken off is no disk without a file system", () => {
  expect(ran(["umount /"]).code).toBe(0);
  const empty = new RamDevice(1 << 20);
  expect(ran(["pwd"], { disk: empty }).code).toBe(65);
});

test("date has a result of its own, as on the board", () => {
  // The length of the hint's second line.
  expect(code("date 1 2")).toBe(38);
});

test("what is no command at all gives 127", () => {
  expect(code("nothing")).toBe(NOT_FOUND);
});

test("a program that somebody ends with kill has not failed, in a script either", () => {
  const script = new TextEncoder().encode("shellcmd\nkill shellcmd\n");
  const files = [
    { path: "shellcmd.mo", bytes: PROGRAM },
    { path: "ends.sh", bytes: script },
  ];
  const disk = () => makeDisk(files, { size: 1 << 20 });
  const listed = /^shellcmd\s+\d/m;
  // It does not end by itself.
  expect(ran(["shellcmd", "list_module"], { disk: disk() }).said).toMatch(listed);
  for (const lines of [["ends.sh"], ["shellcmd", "kill shellcmd"]]) {
    expect(ran(lines, { disk: disk() }).code).toBe(0);
    expect(ran([...lines, "list_module"], { disk: disk() }).said).not.toMatch(listed);
  }
});
