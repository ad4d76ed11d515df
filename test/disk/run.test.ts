/** The programs of the default disk on the simulated board, as A32, Thumb-2 and Thumb-1 code. */
import { expect, setDefaultTimeout, test } from "bun:test";
import { createHash } from "node:crypto";
import { diskPrefix } from "../../disk/make-disk.ts";
import { DISK_TARGETS } from "../../disk/modules.ts";
import { DEFAULT_DISK_SECTORS, defaultDiskFiles } from "../../disk/recipe.ts";
import { RamDevice } from "../../src/block/mod.ts";
import { Typist } from "../sessions/typist.ts";

// Compilers, disk tools and whole programs take their time on a busy machine.
setDefaultTimeout(60_000);

const files = defaultDiskFiles();
const prefix = diskPrefix(files, 1);
const text = files.find(({ path }) => path === "/text.txt")?.bytes as Uint8Array;
const md5 = createHash("md5").update(text).digest("hex");

const THREADS = `producer: 0
consumer: 0, sum 0
producer: 1
consumer: 1, sum 1
producer: 4
consumer: 4, sum 5
producer: 9
consumer: 9, sum 14
producer: 16
consumer: 16, sum 30
both threads have ended
`;

const LIBRARY = "hello world from RTT::dynamic library!\nadd_func(3, 4) = 7\n";

for (const { target, folder } of DISK_TARGETS) {
  test(`programs of ${folder} (${target})`, () => {
    using board = start();
    const run = (line: string) => board.run(folder.slice(1) + line);
    expect(run("hello.mo")).toBe("Hello, world\n");
    expect(run("dltest.mo")).toBe(LIBRARY);
    expect(run("dltest.mo /none.so")).toBe("/none.so: cannot be opened\n");
    expect(run("threads.mo")).toBe(THREADS);
    expect(run("cxx.mo")).toBe("A::a = 100\n");
    expect(run("md5.mo text.txt")).toBe(`${md5}  text.txt\n`);
    expect(run("md5.mo -g text.txt")).toBe("");
    expect(run("md5.mo -c text.txt")).toBe("md5 value is the same!\n");
    expect(run("md5.mo -c readme.txt " + md5)).toBe("md5 value is different!\n");
    expect(run("bench.mo 10")).toMatch(/^rounds 10\nticks .*\ncrc {4}0xff00, correct\n$/);
  });
}

test("a library is found in /modules by its name alone", () => {
  using board = start();
  expect(board.run("dltest.mo lib.so")).toBe(LIBRARY);
});

test("the script runs both of its commands", () => {
  using board = start();
  expect(board.run("script.sh")).toEndWith("Hello, world\n");
});

/** A board with the default disk; `run` gives what a line printed, without echo and prompt. */
function start() {
  const typist = new Typist(new RamDevice(DEFAULT_DISK_SECTORS * 512, prefix), {
    compat404: false,
  });
  typist.boot({ silence: 1500 });
  return {
    run(line: string): string {
      const received = typist.type(`${line}\r`, { silence: 1500 }).replaceAll("\r\n", "\n");
      expect(received).toStartWith(`${line}\n`);
      return received.slice(line.length + 1).replace(/msh \/>/g, "");
    },
    [Symbol.dispose]: () => typist.close(),
  };
}
