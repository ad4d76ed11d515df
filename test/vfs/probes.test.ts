import { describe, expect, test } from "bun:test";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { Board, bytes } from "./board.ts";
import { PROBES } from "./probes.ts";

/** What the same statements, compiled to a module, printed on RT-Thread 4.0.4. */
const EXPECTED = join(import.meta.dir, "../fixtures/probes/system/expected");

/** Where the default differs on purpose, or the probe asks for what is not a file call. Lines of the recording, and ours. */
const CHANGED: Record<string, Record<string, string | undefined>> = {
  // A directory moved into itself is lost on the board.
  f_ren: {
    "dir_into_self=0 err=0": "dir_into_self=-1 err=-22",
    "stat_z=-1 err=-2": "stat_z=0 err=0",
  },
  // The size of the file system on the recorded card.
  f_stat: {
    "bsize=512 blocks=130528": "bsize=512 blocks=130904",
    "s_unclosed: r=0 err=0 mode=081b6 size=0 mtime=315446400 dev=0 ino=5a5a nlink=5a5a uid=5a5a blksize=5a5a5a5a blocks=5a5a5a5a":
      "s_unclosed: r=0 err=0 mode=081b6 size=5 mtime=315446400 dev=0 ino=5a5a nlink=5a5a uid=5a5a blksize=5a5a5a5a blocks=5a5a5a5a",
  },
  // Descriptors of one file share its data and size.
  f_two: {
    "c_sees=[ABCDEFGH]": "c_sees=[ABCxyFGH]",
    "c_sees2=[ABCDEFGH]": "c_sees2=[ABCxyFGH]",
    "c_end=8 err=0": "c_end=12 err=0",
    "c_fstat_size=8": "c_fstat_size=12",
    "d_read=8 err=0": "d_read=12 err=0",
    "d_sees=[ABCxyFGH]": "d_sees=[ABCxyFGH1234]",
  },
  // A name has at most 255 characters: ENAMETOOLONG. The original cuts it.
  f_name: { "len 256 ok=1 err=0 stat=0": "len 256 ok=0 err=-91 stat=-1" },
  f_dev: { "ttyname=[/dev/tty]": undefined, "ids=0,0,0,0,0,0": undefined },
};

/** The same of `--compat 4.0.4`. */
const CHANGED_404: typeof CHANGED = {
  f_stat: { "bsize=512 blocks=130528": "bsize=512 blocks=130904" },
  f_dev: CHANGED.f_dev,
};

const FILES = [
  { path: "/old.txt", bytes: bytes("old file\n") },
  { path: "/ro.txt", bytes: bytes("ro"), attributes: 0x21 },
  { path: "/hid.txt", bytes: bytes("hid"), attributes: 0x22 },
];

describe.each([
  { how: "as RT-Thread 4.0.4 but for what is POSIX's", compat404: false, changes: CHANGED },
  { how: "as RT-Thread 4.0.4", compat404: true, changes: CHANGED_404 },
])("file calls $how", ({ compat404, changes }) => {
  test.each(Object.keys(PROBES))("%s", (name) => {
    const board = new Board(FILES, true, compat404);
    const changed = changes[name] ?? {};
    const expected = readFileSync(join(EXPECTED, `${name}.txt`), "latin1")
      .split("\n")
      .map((line) => (line in changed ? changed[line] : line))
      .filter((line) => line !== undefined && line !== "end=1");
    PROBES[name](board);
    expect(board.output.split("\n")).toEqual(expected as string[]);
    board.dispose();
  });
});
