/** Load, run, unload, again and again: no figure of the memory may move. RTT_SIM_FULL=1 does it 10,000 times. */
import { expect, test } from "bun:test";
import { ObjectClass } from "../../src/kernel/types.ts";
import { Board, fixture } from "./board.ts";

const FULL = Boolean(process.env.RTT_SIM_FULL);
/** Cycles of a program that ends well, or in a fault; of what goes wrong in other ways. */
const CYCLES = FULL ? 10_000 : 100;
const OTHERS = FULL ? 2000 : 50;

/** What a system of 4.0.4 has containers for. */
const CLASSES = Object.values(ObjectClass).filter(
  (cls) => cls !== ObjectClass.Null && cls <= ObjectClass.Module,
);

function figures(board: Board): unknown {
  const { heap, objects } = board.kernel;
  const lists = CLASSES.map((cls) => objects.list(cls).length);
  const blocks = [...heap.blocks()].map(({ address, size, used }) => [address, size, used]);
  return { used: heap.used, max: heap.max, blocks, lists };
}

/** The programs, what msh runs, and what they print; of those that end badly, how. */
const PROGRAMS: readonly (readonly [
  name: string,
  line: string,
  output: string | RegExp,
  how?: string,
])[] = [
  ["a program", "hello", "Hello, world\n"],
  [
    "an object with constructors",
    "parts x",
    "one two three 12 5 42 3\naligned 0 weak 0 args 2 x\ndestructor\n",
  ],
  [
    "a program with libraries",
    "linked",
    "base up\nmiddle up 10\n22 12 12\nshared 2 weak 0\nbase down 12\n",
  ],
  ["C++ constructors and destructors", "ctors", /./],
  ["a library that is opened", "opener /quiet.so", "started 1\ncleanup 1\n"],
  ["a library that is left open", "share l", /counter init/],
  ["a fault", "t_fault", /data abort/, "fault"],
  ["a fault in module_init of a library", "opener /init-fault.so", /^fault\.so\n/, "fault"],
  ["exit() in a constructor of a library", "opener /ctor-exit.so", /^exit\.so\n/, "exit"],
  ["a file that is refused", "t_undef", /can't find no_such_other/, "refused"],
];

for (const [name, line, output, how = "returned"] of PROGRAMS) {
  const cycles = how === "returned" || line === "t_fault" ? CYCLES : OTHERS;
  test(`${name} ${cycles} times`, () => {
    const half = fixture("test/dlmodule/halfway/half.so");
    const board = new Board({
      files: {
        "/hello.mo": fixture("disk/prebuilt/a9/hello.mo"),
        "/parts.mo": fixture("test/dlmodule/objects/a32.mo"),
        "/linked.mo": fixture("test/dlmodule/libraries/linked.mo"),
        "/lib/libbase.so": fixture("test/dlmodule/libraries/libbase.so"),
        "/lib/libmiddle.so": fixture("test/dlmodule/libraries/libmiddle.so"),
        "/ctors.mo": fixture("test/fixtures/dl/ctors.mo"),
        "/share.mo": fixture("test/fixtures/dl/share.mo"),
        "/counter.so": fixture("test/fixtures/dl/counter.so"),
        "/t_fault.mo": fixture("test/fixtures/transcripts/t_fault.mo"),
        "/t_undef.mo": fixture("test/fixtures/transcripts/t_undef.mo"),
        "/opener.mo": fixture("test/dlmodule/halfway/opener.mo"),
        "/quiet.so": half,
        "/init-fault.so": half,
        "/ctor-exit.so": half,
      },
    });
    const cycle = (): void => {
      board.ended.length = board.refused.length = board.diagnostics.length = 0;
      const said = board.run(line);
      if (typeof output === "string") expect(said).toBe(output);
      else expect(said).toMatch(output);
      const { ended, refused } = board;
      expect([...ended.map((event) => event.how), ...refused.map(() => "refused")]).toContain(how);
    };
    // The first run makes what the C library and dlerror keep, the second one has it from the start.
    cycle();
    cycle();
    const before = figures(board);
    for (let n = 0; n < cycles; n++) cycle();
    expect(figures(board)).toEqual(before);
    board.close();
  }, 900_000);
}
