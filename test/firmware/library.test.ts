import { beforeEach, describe, expect, setDefaultTimeout, test } from "bun:test";
import { Board } from "./board.ts";

setDefaultTimeout(120_000);

/** newlib's numbers (sys/errno.h, signal.h). */
const ENOMEM = 12;
const EINVAL = 22;
const SIGABRT = 6;

let board: Board;
beforeEach(() => {
  board = new Board("handlers");
});

const memory = () => board.placed.memory;
const errno = () => memory().ld32(board.run("__errno"));

test("the start takes nothing from the heap", () => {
  expect(board.live.size).toBe(0);
  expect(board.calls).toEqual([]);
});

describe("stack of a call, in bytes; a module's main thread has 2048", () => {
  const use = (run: () => void) => board.stackUse(run);
  const double = [0, 0x40091eb8]; // 3.14

  test.each<[string, number, () => void]>([
    ["printf of text", 800, () => board.run("printf", "Hello, world\n")],
    ["fprintf(stderr)", 800, () => board.run("fprintf", stderr(), "%s\n", "text")],
    ["puts", 400, () => board.run("puts", "Hello, world")],
    ["printf of a double", 900, () => board.run("printf", "%f\n", ...double)],
    [
      "sprintf of an integer",
      700,
      () => board.run("sprintf", board.text("x".repeat(40)), "%d", 42),
    ],
    ["sscanf of a float", 1300, () => board.run("sscanf", "1.5", "%f", board.text("    "))],
  ])("%s stays below %d", (_, limit, run) => {
    const used = use(run);
    expect(used).toBeGreaterThan(20);
    expect(used).toBeLessThan(limit);
  });

  const stderr = () => memory().ld32(board.placed.firmware.globalReent + 12);
});

describe("memory", () => {
  test("what cannot be had is NULL and ENOMEM; calloc sees an overflow", () => {
    expect(board.run("malloc", 0x7fffffff)).toBe(0);
    expect(errno()).toBe(ENOMEM);
    expect(board.run("calloc", 0x10000, 0x10001)).toBe(0);
    expect(board.run("malloc", 0)).toBe(0);
    expect(board.live.size).toBe(0);
  });

  test("aligned blocks can be resized and freed like others", () => {
    const block = board.run("memalign", 256, 100);
    expect(block % 256).toBe(0);
    memory().write(block, new Uint8Array(100).fill(7));
    const moved = board.run("realloc", block, 200);
    expect([...memory().read(moved, 100)]).toEqual(new Array(100).fill(7));
    board.run("free", moved);
    board.run("free", board.run("aligned_alloc", 64, 10));
    const result = board.text("1234");
    expect(board.run("posix_memalign", result, 4096, 10)).toBe(0);
    expect(memory().ld32(result) % 4096).toBe(0);
    board.run("free", memory().ld32(result));
    expect(board.run("posix_memalign", result, 3, 10)).toBe(EINVAL);
    board.run("free", 0);
    expect(board.live.size).toBe(0);
  });
});

describe("the environment", () => {
  test("is that of the kernel", () => {
    expect(memory().cstring(board.run("getenv", "PATH"))).toBe("/bin");
    expect(memory().cstring(board.run("getenv", "HOME"))).toBe("/home");
    expect(board.run("getenv", "TZ")).toBe(0);
  });

  test("local time is 8 hours ahead until TZ says otherwise", () => {
    const time = board.text("12345678");
    const hour = () => {
      memory().write(time, new Uint8Array(8));
      return memory().ld32(board.run("localtime", time) + 8);
    };
    expect(hour()).toBe(8);
    board.run("setenv", "TZ", "EST5", 1);
    expect(hour()).toBe(19);
    board.run("unsetenv", "TZ");
    expect(hour()).toBe(8);
  });
});

describe("signals", () => {
  test("abort ends the module", () => {
    board.run("abort");
    expect(board.exit).toBe(134);
  });

  test("a handler of SIGABRT runs first", () => {
    const handler = board.placed.firmware.lookup("putchar");
    board.run("signal", SIGABRT, handler);
    board.run("abort");
    expect(board.output).toBe("\x06");
    expect(board.exit).toBe(134);
  });

  test("a failed assertion says so in one line, then aborts", () => {
    const bracketed = new Board("handlers", true);
    bracketed.run("__assert_func", "a.c", 12, "f", "x > 0");
    expect(bracketed.output).toBe('{assertion "x > 0" failed: file "a.c", line 12, function: f\n}');
    expect(bracketed.exit).toBe(134);
  });
});
