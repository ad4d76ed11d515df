/** Load, run, unload, again and again: no figure of the memory may move. RTT_SIM_FULL=1 does it 10,000 times. */
import { expect, test } from "bun:test";
import { ObjectClass } from "../../src/kernel/types.ts";
import { Board, fixture } from "./board.ts";

const CYCLES = process.env.RTT_SIM_FULL ? 10_000 : 200;

function figures(board: Board): unknown {
  const { heap, objects } = board.kernel;
  const lists = Object.values(ObjectClass).map((cls) => (cls === 0 ? 0 : objects.list(cls).length));
  const blocks = [...heap.blocks()].map(({ address, size, used }) => [address, size, used]);
  return { used: heap.used, max: heap.max, blocks, lists };
}

for (const [name, line, output] of [
  ["hello", "hello", "Hello, world\n"],
  ["parts", "parts x", "one two three 12 5 42 3\naligned 0 weak 0 args 2 x\ndestructor\n"],
  ["linked", "linked", "base up\nmiddle up 10\n22 12 12\nshared 2 weak 0\nbase down 12\n"],
])
  test(`${name} ${CYCLES} times`, () => {
    const board = new Board({
      files: {
        "/hello.mo": fixture("disk/prebuilt/a9/hello.mo"),
        "/parts.mo": fixture("test/dlmodule/objects/a32.mo"),
        "/linked.mo": fixture("test/dlmodule/libraries/linked.mo"),
        "/lib/libbase.so": fixture("test/dlmodule/libraries/libbase.so"),
        "/lib/libmiddle.so": fixture("test/dlmodule/libraries/libmiddle.so"),
      },
    });
    // The first run makes what the C library keeps.
    expect(board.run(line)).toBe(output);
    const before = figures(board);
    for (let n = 0; n < CYCLES; n++) expect(board.run(line)).toBe(output);
    expect(figures(board)).toEqual(before);
    board.close();
  }, 900_000);
