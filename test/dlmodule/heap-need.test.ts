/** How much heap a load takes: `rtt-sim check` and the loader judge alike, to the byte, on boards of several sizes. */
import { describe, expect, test } from "bun:test";
import { ElfImage } from "../../src/elf/mod.ts";
import { inspect } from "../../src/dlmodule/check/mod.ts";
import { fixture } from "./board.ts";
import { WholeBoard } from "./whole-board.ts";

const MIB = 1048576;
const hello = fixture("disk/prebuilt/a9/hello.mo");

/** The program with a last segment that has `memory` bytes, in a file of at least `file` bytes. */
function sized(memory: number, file = 0): Uint8Array {
  const bytes = new Uint8Array(Math.max(hello.length, file));
  bytes.set(hello);
  const { header, segments } = new ElfImage(hello);
  const last = segments.findLast(({ type }) => type === 1)!;
  new DataView(bytes.buffer).setUint32(header.phoff + 32 * last.index + 20, memory, true);
  return bytes;
}

function check(bytes: Uint8Array, ram: number, stack?: number) {
  const target = { name: "rtt-sim", stock: false, has: () => true, names: () => [] };
  return inspect("x.mo", bytes, {
    target,
    libraries: [],
    hardFloat: false,
    firmware: undefined,
    ram,
    stack,
  });
}

/** The board starts it. */
function runs(bytes: Uint8Array, ram: number, stack?: number): boolean {
  const board = new WholeBoard({ "/x.mo": bytes }, { ram, stack });
  const said = board.line("x");
  board.machine.close();
  return said.includes("Hello, world");
}

const CASES: [name: string, ram: number, file: number, stack: number | undefined][] = [
  ["a large image", 2 * MIB, 0, undefined],
  ["a large file with a large image", 3 * MIB, MIB, undefined],
  ["a stack that fits where the file was", 2 * MIB, 300_000, 100_000],
  ["a stack that does not fit there", 2 * MIB, 100_000, 300_000],
  ["more than the usual board", 16 * MIB, 0, undefined],
];

describe("the most that fits", () => {
  for (const [name, ram, file, stack] of CASES)
    test(name, () => {
      const verdict = (memory: number): string => check(sized(memory, file), ram, stack).verdict;
      let [fits, fails] = [128, ram];
      expect([verdict(fits), verdict(fails)]).toEqual(["loadable", "refused"]);
      while (fails - fits > 4) {
        const middle = ((fits + fails) >>> 3) << 2;
        if (verdict(middle) === "loadable") fits = middle;
        else fails = middle;
      }
      expect(runs(sized(fits, file), ram, stack)).toBe(true);
      expect(runs(sized(fails, file), ram, stack)).toBe(false);
    });
});

test("the reason says how much is needed, for what, and which board has it", () => {
  const [reason] = check(sized(4_000_000, 4_500_000), 8 * MIB).reasons;
  const [, all, image, file, free, ram] =
    /needs (\d+) bytes of heap \((\d+) for its image, (\d+) for the file while it is loaded, 34816 for the stack of its main thread\), and the board has (\d+) free in one piece: give it more memory with --ram (\d+)M$/
      .exec(reason)!
      .map(Number);
  expect(file).toBe(4_500_000);
  expect(image).toBeGreaterThan(4_000_000);
  expect(all).toBeGreaterThan(image + file);
  expect(all).toBeGreaterThan(free);
  expect(check(sized(4_000_000, 4_500_000), ram * MIB).verdict).toBe("loadable");
  expect(check(sized(4_000_000, 4_500_000), (ram - 1) * MIB).verdict).toBe("refused");
});

test("what no board has", () => {
  expect(check(sized(0x70000000), 8 * MIB).reasons[0]).toEndWith(
    "that is more than the largest board has (--ram 512M)",
  );
});

test("a file that has no place beside what runs is refused by name, and leaves nothing", () => {
  const board = new WholeBoard({ "/x.mo": sized(128, 900_000) }, { ram: 2 * MIB });
  const { heap } = board.machine.kernel;
  const block = heap.alloc(heap.total - heap.used - 800_000);
  const before = heap.used;
  board.line("x");
  expect(board.diagnostics.join()).toMatch(
    /x\.mo cannot be loaded: its file of 900000 bytes is kept on the heap while it is loaded; the heap has \d+ bytes free/,
  );
  expect(heap.used).toBe(before);
  heap.free(block);
  expect(board.line("x")).toContain("Hello, world");
  board.machine.close();
});
