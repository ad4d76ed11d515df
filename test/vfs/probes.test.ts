import { describe, expect, test } from "bun:test";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { Board, bytes } from "./board.ts";
import { PROBES } from "./probes.ts";

/** What the same statements, compiled to a module, printed on RT-Thread 4.0.4. */
const EXPECTED = join(import.meta.dir, "../fixtures/probes/system/expected");

/** Where we differ on purpose, or the probe asks for what is not a file call. Lines of the recording, and ours. */
const CHANGED: Record<string, Record<string, string | undefined>> = {
  // A directory moved into itself is lost on the board.
  f_ren: {
    "dir_into_self=0 err=0": "dir_into_self=-1 err=-22",
    "stat_z=-1 err=-2": "stat_z=0 err=0",
  },
  // The size of the file system on the recorded card.
  f_stat: { "bsize=512 blocks=130528": "bsize=512 blocks=130904" },
  f_dev: { "ttyname=[/dev/tty]": undefined, "ids=0,0,0,0,0,0": undefined },
};

const FILES = [
  { path: "/old.txt", bytes: bytes("old file\n") },
  { path: "/ro.txt", bytes: bytes("ro"), attributes: 0x21 },
  { path: "/hid.txt", bytes: bytes("hid"), attributes: 0x22 },
];

describe("file calls as on RT-Thread 4.0.4", () => {
  test.each(Object.keys(PROBES))("%s", (name) => {
    const board = new Board(FILES);
    const changed = CHANGED[name] ?? {};
    const expected = readFileSync(join(EXPECTED, `${name}.txt`), "latin1")
      .split("\n")
      .map((line) => (line in changed ? changed[line] : line))
      .filter((line) => line !== undefined && line !== "end=1");
    PROBES[name](board);
    expect(board.output.split("\n")).toEqual(expected as string[]);
    board.dispose();
  });
});
