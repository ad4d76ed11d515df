/** How much heap a load takes: `rtt-sim check` and the loader judge alike, to the byte, on boards of several sizes. */
import { describe, expect, test } from "bun:test";
import { ElfImage } from "../../src/elf/mod.ts";
import { inspect, type Library, libraryOf } from "../../src/dlmodule/check/mod.ts";
import { makeModule } from "../elf/make-module.ts";
import { fixture } from "./board.ts";
import { WholeBoard } from "./whole-board.ts";

const MIB = 1048576;
const hello = fixture("disk/prebuilt/a9/hello.mo");

/** The program with a last segment that has `memory` bytes, in a file of at least `file` bytes. */
function sized(memory: number, file = 0, module = hello): Uint8Array {
  const bytes = new Uint8Array(Math.max(module.length, file));
  bytes.set(module);
  const { header, segments } = new ElfImage(module);
  const last = segments.findLast(({ type }) => type === 1)!;
  new DataView(bytes.buffer).setUint32(header.phoff + 32 * last.index + 20, memory, true);
  return bytes;
}

function check(
  bytes: Uint8Array,
  ram: number,
  stack?: number,
  more: { stock?: boolean; libraries?: Library[] } = {},
) {
  const { stock = false, libraries = [] } = more;
  const target = { name: "rtt-sim", stock, has: () => true, names: () => [] };
  return inspect("x.mo", bytes, {
    target,
    libraries,
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

describe("a program and the libraries that it needs, on one board", () => {
  const part = (name: string): Uint8Array => fixture(`test/dlmodule/libraries/${name}`);
  const RAM = 3 * MIB;
  const files = (size: number, file: number): Record<string, Uint8Array> => ({
    "libbase.so": sized(size, file, part("libbase.so")),
    "libmiddle.so": part("libmiddle.so"),
  });
  const verdict = (size: number, file: number): string => {
    const libraries = Object.entries(files(size, file)).map(([name, one]) => libraryOf(name, one)!);
    return check(part("linked.mo"), RAM, undefined, { libraries }).verdict;
  };
  const starts = (size: number, file: number): boolean => {
    const board = new WholeBoard({}, { ram: RAM });
    const { vfs } = board.machine;
    vfs.mkdir("/lib");
    for (const [name, bytes] of Object.entries(files(size, file)))
      vfs.writeFile(`/lib/${name}`, bytes);
    vfs.writeFile("/x.mo", part("linked.mo"));
    const started = !/cannot be loaded/.test(board.line("x") + board.diagnostics.join());
    board.machine.close();
    return started;
  };
  for (const file of [0, 400_000])
    test(`the most that fits, with ${file === 0 ? "a small" : "a large"} file`, () => {
      let [fits, fails] = [1024, RAM];
      expect([verdict(fits, file), verdict(fails, file)]).toEqual(["loadable", "refused"]);
      while (fails - fits > 4) {
        const middle = ((fits + fails) >>> 3) << 2;
        if (verdict(middle, file) === "loadable") fits = middle;
        else fails = middle;
      }
      expect(starts(fits, file)).toBe(true);
      expect(starts(fails, file)).toBe(false);
    });
});

test("a stock 4.0.4 gives 2048 bytes of stack, whatever the module asks for", () => {
  const asking = (bytes: number): Uint8Array => {
    const data = new Uint8Array(Uint32Array.of(bytes).buffer);
    const make = (value: number) =>
      makeModule({
        symbols: [{ name: "dlmodule_thread_stacksize", info: 0x11, shndx: 4, size: 4, value }],
        relocations: [],
        data,
        entry: 0x40,
      });
    return make(make(0).dataAddress).file;
  };
  const heap = (bytes: number, stock: boolean): number =>
    check(asking(bytes), 2 * MIB, undefined, { stock }).details!.sizes.heap;
  expect(check(asking(3_000_000), 2 * MIB, undefined, { stock: true }).verdict).toBe("loadable");
  expect(check(asking(3_000_000), 2 * MIB).verdict).toBe("refused");
  expect(heap(3_000_000, true) - heap(1024, true)).toBe(0);
  expect(heap(16_384, true) - heap(1024, true)).toBe(0);
  expect(heap(1_000_000, false) - heap(2048, false)).toBe(1_000_000 - 2048);
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
