import { beforeEach, describe, expect, test } from "bun:test";
import { Board } from "./board.ts";

const AREA = 0x60780000;
const OTHER_THREAD = 0x60600200;
const DOUBLE = [0x55555555, 0x3fd55555]; // 1/3

let board: Board;
beforeEach(() => {
  board = new Board("handlers", true);
});

const firmware = () => board.placed.firmware;
const memory = () => board.placed.memory;
const stdout = () => memory().ld32(firmware().globalReent + 8);
/** sizeof(FILE) is 104; _lock is its last but two word (newlib 3, sys/reent.h). */
const lockOf = (file: number) => memory().ld32(file + 88);

/** As the kernel at a switch. */
function switchTo(thread: number, area: number): void {
  board.thread = thread;
  memory().st32(firmware().impurePtr, area);
}

describe("a thread's area", () => {
  test("has the size newlib and the C++ runtime need", () => {
    // 1064 for struct _reent (the ABI of newlib's programs), 12 for the exception globals
    expect(firmware().reentSize).toBe(1080);
  });

  test("gives the thread its own errno and strtok, and shares the standard streams", () => {
    firmware().state.initReent(AREA);
    const mine = board.run("__errno");
    board.run("strtok", "a b", " ");
    switchTo(OTHER_THREAD, AREA);
    expect(board.run("__errno")).toBe(AREA);
    expect(mine).toBe(firmware().globalReent);
    expect(board.run("strtok", 0, " ")).toBe(0);
    board.run("puts", "from another thread");
    expect(board.output).toBe("{from another thread\n}");
    expect(board.live.size).toBe(0);
  });

  test("lists the heap blocks to free when the thread is gone", () => {
    firmware().state.initReent(AREA);
    expect(firmware().state.reentBlocks(AREA)).toEqual([]);
    switchTo(OTHER_THREAD, AREA);
    board.run("snprintf", board.text("x".repeat(80)), 80, "%.50f", 0, ...DOUBLE);
    board.run("strtod", "1.2345678901234567890123456789e-290", 0);
    board.run("signal", 2, 1);
    expect(board.live.size).toBeGreaterThan(5);
    const blocks = firmware().state.reentBlocks(AREA);
    expect(new Set(blocks)).toEqual(board.live);
    expect(blocks.length).toBe(board.live.size);
  });

  test("is not trusted: garbage gives no address outside RAM and ends", () => {
    memory().fill(AREA, firmware().reentSize, 0x60);
    memory().fill(0x60606060 & ~63, 64, 0x60);
    for (const block of firmware().state.reentBlocks(AREA))
      expect(memory().contains(block, 4)).toBe(true);
    for (let word = 0; word < firmware().reentSize; word += 4) memory().st32(AREA + word, AREA);
    expect(firmware().state.reentBlocks(AREA).length).toBeLessThan(1000);
  });
});

describe("locks", () => {
  test("a free lock needs no call of the kernel", () => {
    board.run("puts", "text");
    expect(board.calls).toEqual(["write"]);
  });

  test("a thread waits for the owner, and goes on when the owner was killed", () => {
    const lock = lockOf(stdout());
    const owner = board.thread;
    board.run("__retarget_lock_acquire", lock);
    switchTo(OTHER_THREAD, firmware().globalReent);
    const waits: number[][] = [];
    board.handlers._rtt_wait = ([word, expected]) => {
      waits.push([word, expected, ...firmware().state.releaseLocks(owner)]);
      return 0;
    };
    board.run("puts", "text");
    expect(waits).toEqual([[lock, owner, lock]]);
    expect(board.output).toBe("{text\n}");
    expect(firmware().state.releaseLocks(owner)).toEqual([]);
  });

  test("the release wakes who waits", () => {
    const lock = lockOf(stdout());
    const owner = board.thread;
    board.run("__retarget_lock_acquire", lock);
    switchTo(OTHER_THREAD, firmware().globalReent);
    board.run("puts", "where one cannot wait, output comes out all the same");
    expect(board.output).toContain("all the same");
    switchTo(owner, firmware().globalReent);
    board.calls.length = 0;
    board.run("__retarget_lock_release", lock);
    expect(board.calls).toEqual(["_rtt_wake"]);
    expect(memory().ld32(lock)).toBe(0);
  });

  test("fflush(NULL) does not wait for a thread that reads", () => {
    const stdin = memory().ld32(firmware().globalReent + 4);
    board.run("__retarget_lock_acquire", lockOf(stdin));
    switchTo(OTHER_THREAD, firmware().globalReent);
    board.run("fflush", 0);
    expect(board.calls).not.toContain("_rtt_wait");
  });

  test("a second thread waits until a static object is initialised", () => {
    const guard = AREA;
    memory().st32(guard, 0);
    expect(board.run("__cxa_guard_acquire", guard)).toBe(1);
    const other = board.thread;
    switchTo(OTHER_THREAD, firmware().globalReent);
    board.handlers._rtt_wait = ([word, expected]) => {
      expect([word, expected]).toEqual([guard, memory().ldu32(guard)]);
      memory().st32(guard, 1);
      return 0;
    };
    expect(board.run("__cxa_guard_acquire", guard)).toBe(0);
    switchTo(other, firmware().globalReent);
    expect(board.run("__cxa_guard_acquire", guard)).toBe(0);
  });
});

describe("the end of a module that could not clean up", () => {
  const module = () => board.placed.start;
  const forget = () =>
    firmware().state.forgetModule(
      module(),
      (address) => address >= board.placed.start && address < board.placed.end + 0x1000,
    );

  test("its exit handlers are gone, those of others stay", () => {
    const puts = firmware().lookup("puts");
    board.run("__cxa_atexit", puts, board.text("of the module"), module());
    board.handlers._rtt_module_of = () => 0;
    board.run("__cxa_atexit", puts, board.text("of the system"), 0);
    expect(forget()).toEqual([]);
    board.call(firmware().runExit, module());
    expect(board.output).toBe("");
    board.call(firmware().runExit, 0);
    expect(board.output).toBe("{of the system\n}");
  });

  test("stdout leaves a buffer in its memory", () => {
    const buffer = board.placed.end;
    board.run("setvbuf", stdout(), buffer, 0, 64);
    board.run("printf", "held back");
    forget();
    memory().fill(buffer, 64, 0xee);
    board.run("printf", "next module");
    expect(board.output).toBe("{next module}");
  });

  test("a redirected stdout is the console again, and its file is to be closed", () => {
    board.run("freopen", "out.txt", "w", stdout());
    board.run("printf", "to the file");
    expect(forget()).toEqual([3]);
    board.run("printf", "console");
    expect(board.output).toBe("{console}");
  });

  test("the next program finds getopt as the first did", () => {
    const argv = board.text("x".repeat(16));
    const words = [board.text("prog"), board.text("-ab"), board.text("rest"), 0];
    words.forEach((word, i) => memory().st32(argv + 4 * i, word));
    const options = () => {
      const found: number[] = [];
      for (let c = 0; c !== -1;) found.push((c = board.run("getopt", 3, argv, "ab")));
      return String.fromCharCode(...found.slice(0, -1));
    };
    expect(options()).toBe("ab");
    forget();
    expect(options()).toBe("ab");
  });

  test("std::terminate calls no function of it", () => {
    board.run("_ZSt13set_terminatePFvvE", board.placed.main);
    forget();
    board.run("_ZSt9terminatev");
    expect(board.exit).toBe(134);
    expect(board.output).toBe("{terminate called without an active exception\n}");
    forget();
    board.exit = undefined;
    board.output = "";
    board.run("_ZSt9terminatev");
    expect(board.output).toBe("{terminate called without an active exception\n}");
  });

  test("a stream structure in its memory is not walked any more", () => {
    const glue = board.placed.end & ~3;
    const link = firmware().globalReent + 736; // _reent.__sglue
    const last = memory().ld32(link);
    memory().st32(last, glue);
    memory().st32(glue, 0);
    memory().st32(glue + 4, 1000);
    memory().st32(glue + 8, glue);
    forget();
    expect(memory().ld32(last)).toBe(0);
  });
});
