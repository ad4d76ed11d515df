import { describe, expect, test } from "bun:test";
import { Board, fixture } from "./board.ts";

const dl = (name: string): Uint8Array => fixture(`test/fixtures/dl/${name}`);
const transcript = (name: string): Uint8Array => fixture(`test/fixtures/transcripts/${name}`);
const probe = (name: string): Uint8Array => fixture(`test/fixtures/probes/system/${name}`);

const files = {
  "/hello.mo": fixture("disk/prebuilt/a9/hello.mo"),
  ...Object.fromEntries(
    ["ctors", "bigstack", "overflow", "badclean", "subexit", "weak", "daemon", "aligned"].map(
      (name) => [`/${name}.mo`, dl(`${name}.mo`)],
    ),
  ),
  ...Object.fromEntries(
    ["t_init", "t_exit", "t_fault", "t_nullcal", "t_assert", "t_sleep", "t_prio"].map((name) => [
      `/${name}.mo`,
      transcript(`${name}.mo`),
    ]),
  ),
  ...Object.fromEntries(
    ["m_hooks", "m_ret", "m_sub", "m_tiny", "m_argvw", "m_initob"].map((name) => [
      `/${name}.mo`,
      probe(`${name}.mo`),
    ]),
  ),
};

/** Output that the real 4.0.4 kernel gave; every prompt and echo is the shell's and left out here. */
const RECORDED: readonly [line: string, output: string][] = [
  ["hello", "Hello, world\n"],
  ["m_tiny a b", "tiny m_tiny argc=3 argv0=m_tiny\n"],
  ["t_init", "module_init self=tshell\nmain self=t_init\nmodule_cleanup self=t_init\n"],
  [
    "m_hooks",
    "init step=101 thread=tshell prio=20 crit=0\nmain step=102 thread=m_hooks prio=31 crit=0\n" +
      "main end step=103 thread=m_hooks prio=31 crit=0\ncleanup step=104 thread=m_hooks prio=31 crit=1\n",
  ],
  [
    "m_sub",
    "loop 1\nblocked waits\nquick\nthread cleanup cquick\nfound=0\nloop 2\ntimer\nloop 3\ntimer\nmain returns\n" +
      "cleanup ticks=3 done=1\nthread cleanup dinit\nthread cleanup bblock\nthread cleanup aloop\n",
  ],
  [
    'm_argvw one  "two three" four',
    "argc=4\noffset1=8\noffset2=14\noffset3=25\narg0=m_argvw\narg1=Xne\narg2=two three\narg3=four\n" +
      "now=other name=m_argvw\n",
  ],
  ["m_ret r", "mode r\ncleanup in m_ret\n"],
  ["m_ret a", "mode a\ncleanup in m_ret\n"],
  ["m_ret d", "mode d\ndelete=0\n"],
  ["m_ret s", "mode s\nsub runs\nsub ends\nmain after sub\ncleanup in m_ret\n"],
];

describe.each([false, true])(
  "with compat404 %p programs print what they print on the board",
  (compat404) => {
    for (const [line, output] of RECORDED)
      test(line, () => {
        const board = new Board({ files, compat404, stackSize: 2048 });
        const before = board.heapUsed;
        expect(board.run(line)).toBe(output);
        expect(board.ended.length).toBe(1);
        // The leak of a deleted main thread is one of 4.0.4.
        if (!(compat404 && line === "m_ret d")) {
          expect(board.loader.modules()).toEqual([]);
          expect(board.heapUsed).toBe(before);
        }
      });
  },
);

describe("how a program ended", () => {
  const cases: [line: string, how: string, code: number][] = [
    ["m_tiny", "returned", 3],
    ["m_ret r", "returned", -7],
    ["t_exit", "exit", 3],
    ["m_ret a", "assert", -1],
    ["m_ret t", "assert", -1],
    ["m_ret d", "killed", 0],
    ["t_fault", "fault", -1],
    ["t_nullcal", "fault", -1],
    ["badclean", "fault", -1],
    ["subexit e", "exit", 5],
    ["subexit a", "abort", 1],
    ["subexit n", "fault", -1],
    ["subexit w", "fault", -1],
    ["daemon", "killed", 0],
  ];
  for (const [line, how, code] of cases)
    test(`${line}: ${how}, and only that module is gone`, () => {
      const board = new Board({ files });
      board.run("hello");
      const before = board.heapUsed;
      board.ended.length = 0;
      board.run(line);
      const [word] = line.split(" ");
      expect(board.ended.map(({ path, how, code }) => [path, how, code])).toEqual([
        [`/${word}.mo`, how, code],
      ]);
      expect(board.loader.modules()).toEqual([]);
      expect(board.heapUsed).toBe(before);
      expect(board.run("hello")).toBe("Hello, world\n");
    });
});

test("a fault in one module leaves the others running", () => {
  const board = new Board({ files });
  const { loader } = board;
  board.do(function* () {
    yield* loader.exec("/t_sleep.mo", "t_sleep");
    yield* loader.exec("/t_fault.mo", "t_fault");
  });
  expect(board.ended.map(({ name, how }) => `${name} ${how}`)).toEqual([
    "t_fault fault",
    "t_sleep returned",
  ]);
  expect(board.output()).toMatch(/bg tick 0\n[^]*data abort:[^]*shutdown\.\.\.\n[^]*bg done\n$/);
});

test("constructors, exit handlers and destructors of C++ run in their order", () => {
  const board = new Board({ files });
  expect(board.run("ctors x y")).toBe(
    "module_init\nconstructor function\nconstruct first\nconstruct second\nmain in ctors\n" +
      "atexit handler\ndestroy second\ndestroy first\ndestructor function\nmodule_cleanup\n",
  );
  expect(board.ended[0].code).toBe(3);
});

test("4.0.4 runs no constructors and no destructors", () => {
  const board = new Board({ files, compat404: true });
  expect(board.run("ctors")).toBe("module_init\nmain in ctors\nmodule_cleanup\n");
});

describe("the main thread's stack", () => {
  test("is as large as the module says", () => {
    expect(new Board({ files }).run("bigstack")).toBe("stack=100000 priority=12 deep=80\n");
  });
  test("is 2048 bytes in 4.0.4 whatever the module says", () => {
    const board = new Board({ files, compat404: true });
    expect(board.run("t_prio")).toBe("priority 10 stack 2048 name t_prio\n");
  });
  test("is 32 KiB when the module does not say, or what the caller says", () => {
    const stackOf = (board: Board): number => {
      board.do(function* () {
        const address = yield* board.loader.exec("/hello.mo", "hello");
        size = board.loader.module(address)!.stackSize;
      });
      return size;
    };
    let size = 0;
    expect(stackOf(new Board({ files }))).toBe(32768);
    expect(stackOf(new Board({ files, stackSize: 8192 }))).toBe(8192);
    expect(stackOf(new Board({ files, compat404: true }))).toBe(2048);
  });
  test("that does not fit is refused", () => {
    const board = new Board({ files, stackSize: 0x1000000 });
    const before = board.heapUsed;
    expect(board.run("hello")).toBe("");
    expect(board.refused[0].reasons[0]).toMatch(/no memory .* stack of 16777216 bytes.*--ram/);
    expect(board.heapUsed).toBe(before);
    expect(board.loader.modules()).toEqual([]);
  });
});

test("a weak function that nobody has is NULL", () => {
  expect(new Board({ files }).run("weak")).toBe("weak missing\n");
});

test("variables are aligned as they ask for wherever the heap is; the original gives them four bytes", () => {
  const outputs = (compat404: boolean): string[] => {
    const board = new Board({ files, compat404 });
    const before = board.heapUsed;
    const seen = [board.run("aligned")];
    expect(board.heapUsed).toBe(before);
    for (let n = 0; n < 3; n++) {
      // Takes the room of the last run; the next one begins 4 bytes beyond a multiple of 8.
      board.kernel.heap.alloc(50004);
      seen.push(board.run("aligned"));
    }
    return seen;
  };
  expect(outputs(false)).toEqual(Array.from({ length: 4 }, () => "0 0\n"));
  expect(new Set(outputs(true)).size).toBeGreaterThan(1);
});

test("two runs of one program are two modules with one name", () => {
  const board = new Board({ files });
  const { loader } = board;
  let seen: string[] = [];
  board.do(function* () {
    const first = yield* loader.exec("/t_sleep.mo", "t_sleep");
    const second = yield* loader.exec("/t_sleep.mo", "t_sleep");
    seen = loader.modules().map(({ name, address }) => `${name} ${address === second ? 2 : 1}`);
    expect(first).not.toBe(second);
  });
  expect(seen).toEqual(["t_sleep 2", "t_sleep 1"]);
  expect(board.ended.length).toBe(2);
});

test("a running module can be killed", () => {
  const board = new Board({ files });
  const { loader, kernel } = board;
  const before = board.heapUsed;
  board.do(function* () {
    const address = yield* loader.exec("/m_sub.mo", "m_sub");
    yield* kernel.threads.sleep(5);
    yield* loader.kill(address);
  });
  expect(board.ended.map(({ how }) => how)).toEqual(["killed"]);
  expect(board.output()).not.toContain("main returns");
  expect(board.heapUsed).toBe(before);
});

test("an address is traced to module and function, also after the module is gone", () => {
  const board = new Board({ files });
  const { loader } = board;
  let main = 0;
  board.do(function* () {
    const address = yield* loader.exec("/m_tiny.mo", "m_tiny");
    main = loader.module(address)!.entry;
    expect(loader.whereIs(main + 8)).toMatchObject({
      module: "m_tiny",
      path: "/m_tiny.mo",
      symbol: "main",
      symbolOffset: 8,
      unloaded: false,
    });
  });
  expect(loader.whereIs(main + 8)).toMatchObject({ symbol: "main", unloaded: true });
  expect(loader.whereIs(0x10)).toBeUndefined();
});

test("struct rt_dlmodule has the fields of 4.0.4", () => {
  const board = new Board({ files });
  const { loader, memory } = board;
  board.do(function* () {
    const address = yield* loader.exec("/t_init.mo", "t_init one");
    const word = (offset: number): number => memory.ldu32(address + offset);
    const info = loader.module(address)!;
    expect(memory.cstring(address, 8)).toBe("t_init");
    expect(memory.ld8(address + 8)).toBe(11);
    expect(memory.ld16(address + 34)).toBe(31);
    expect(memory.ld16(word(40) + 12) | (memory.ld16(word(40) + 14) << 16)).toBe(address | 0);
    expect(word(60)).toBe(info.memory);
    expect(word(64)).toBe(info.size);
    expect(memory.ld16(address + 76)).toBe(1);
    expect(memory.cstring(word(56))).toBe("t_init one");
    const table = word(80);
    const names = Array.from({ length: memory.ld16(address + 78) }, (_, n) => [
      memory.cstring(memory.ldu32(table + 8 * n + 4)),
      memory.ldu32(table + 8 * n),
    ]);
    expect(names).toContainEqual(["main", word(52)]);
    expect(names).toContainEqual(["module_init", word(68)]);
    expect(names).toContainEqual(["module_cleanup", word(72)]);
  });
});
