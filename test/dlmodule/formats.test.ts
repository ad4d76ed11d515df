import { describe, expect, test } from "bun:test";
import { zipSync } from "fflate";
import { inspect } from "../../src/dlmodule/check/mod.ts";
import { makeModule } from "../elf/make-module.ts";
import { Board, fixture } from "./board.ts";
import { WholeBoard } from "./whole-board.ts";

const hello = fixture("disk/prebuilt/a9/hello.mo");

describe("a module in a ZIP archive", () => {
  const run = (
    contents: Record<string, Uint8Array>,
  ): { output: string; reasons: string[]; said: string[] } => {
    const board = new Board({ files: { "/pack.mo": zipSync(contents) } });
    const before = board.heapUsed;
    const output = board.run("pack");
    expect(board.heapUsed).toBe(before);
    const reasons = board.refused.flatMap((refused) => refused.reasons);
    return { output, reasons, said: board.diagnostics };
  };
  const readme = Buffer.from("text");
  test("the only one", () => {
    expect(run({ "readme.txt": readme, "bin/other.mo": hello }).output).toBe("Hello, world\n");
  });
  test("the one that is called as the archive is", () => {
    const { output, said } = run({ "a.mo": readme, "bin/pack.mo": hello });
    expect(output).toBe("Hello, world\n");
    expect(said).toEqual([
      "/pack.mo is a ZIP archive with 2 modules (a.mo, bin/pack.mo): bin/pack.mo is taken",
    ]);
  });
  test("none, or none of several", () => {
    expect(run({ "readme.txt": readme }).reasons[0]).toMatch(
      /ZIP archive without a module \(\*\.mo, \*\.so\): it has 1 other file$/,
    );
    expect(run({}).reasons).toEqual(["it is an empty ZIP archive"]);
    expect(run({ "a/pack.mo": hello, "b/pack.mo": hello }).reasons[0]).toMatch(
      /2 are called pack: name one as \/pack\.mo\/a\/pack\.mo$/,
    );
    expect(run({ "a.mo": hello, "b.mo": hello }).reasons[0]).toMatch(
      /2 modules \(a\.mo, b\.mo\) and none is called pack/,
    );
  });
  test("one that is not what was packed", () => {
    for (const level of [0, 6] as const) {
      const zip = zipSync({ "a.mo": hello }, { level });
      const view = new DataView(zip.buffer);
      // The checksum is in the directory, in front of the end; a byte of a stored module is damage of its own.
      if (level === 0) zip[30 + view.getUint16(26, true) + view.getUint16(28, true) + 600] ^= 1;
      else zip[view.getUint32(zip.length - 22 + 16, true) + 16] ^= 1;
      const board = new Board({ files: { "/pack.mo": zip } });
      expect(board.run("pack")).not.toContain("Hello");
      expect(board.refused[0].reasons[0]).toMatch(/ZIP archive.*a\.mo is damaged: its CRC-32/);
      board.close();
    }
  });
  test("a damaged one", () => {
    const zip = zipSync({ "a.mo": hello });
    for (let length = 4; length < zip.length; length += 37) {
      const board = new Board({ files: { "/pack.mo": zip.slice(0, length) } });
      board.run("pack");
      expect(board.refused[0].reasons[0]).toMatch(/ZIP archive/);
      board.close();
    }
  }, 30_000);
});

test("a file of RT-Thread's own linker: symbols of others are not looked up, their places keep their values", () => {
  const data = new Uint8Array(12);
  new DataView(data.buffer).setUint32(0, 0x60012345, true);
  const { file, dataAddress } = makeModule({
    symbols: [{ name: "no_such_function" }],
    relocations: [
      { offset: 0, type: 21, symbol: 1 },
      { offset: 4, type: 23, symbol: 0 },
    ],
    data,
  });
  file.set([0x7f, 0x52, 0x54, 0x4d]);
  const { verdict, warnings } = inspect("old.mo", file, {
    target: { name: "rtt-sim", stock: false, has: () => true, names: () => [] },
    libraries: [],
    hardFloat: false,
    firmware: undefined,
  });
  expect(verdict).toBe("loadable");
  expect(warnings.join()).toMatch(
    /imports are not looked up: 1 symbol of others \(no_such_function\)/,
  );
  const board = new Board({ files: { "/old.mo": file } });
  let block = 0;
  board.do(function* () {
    block = (yield* board.loader.load("/old.mo", { as: "library" }))!.block;
  });
  expect(board.memory.ldu32(block + dataAddress)).toBe(0x60012345);
  expect(board.memory.ldu32(block + dataAddress + 4)).toBe(block);
});

describe("a module by its path inside an archive", () => {
  const archive = zipSync({
    "bin/Hello.mo": hello,
    "bin/dltest.mo": fixture("disk/prebuilt/a9/dltest.mo"),
    "lib.so": fixture("disk/prebuilt/a9/lib.so"),
    "readme.txt": Buffer.from("text"),
  });
  const board = (options = {}): WholeBoard =>
    new WholeBoard({ "/apps.zip": archive, "/plain.zip": hello }, options);
  test("runs as a file does, whatever the case of its letters", () => {
    const machine = board();
    expect(machine.run("/apps.zip/bin/hello.mo", "hello")).toBe("Hello, world\n");
    expect(machine.run("/APPS.ZIP/BIN/HELLO.MO", "hello")).toBe("Hello, world\n");
    expect(machine.diagnostics).toEqual([]);
  });
  test("a library, by dlopen and by name", () => {
    const { machine } = board();
    expect(machine.loader.exists("/apps.zip/lib.so")).toBeTrue();
    expect(machine.loader.exists("/apps.zip/bin")).toBeFalse();
    expect(machine.loader.exists("/apps.zip/readme.txt")).toBeFalse();
    expect(machine.loader.exists("/apps.zip")).toBeTrue();
    expect(machine.loader.exists("/plain.zip/x.mo")).toBeFalse();
  });
  test("in the shell", () => {
    const machine = board();
    expect(machine.line("apps.zip/bin/hello.mo")).toBe("Hello, world\n");
    expect(machine.line("apps.zip/bin/none.mo")).toBe("apps.zip/bin/none.mo: command not found.\n");
    const old = board({ compat404: true });
    expect(old.line("apps.zip/bin/hello.mo")).toMatch(/command not found/);
  });
  test("none there is no file", () => {
    const machine = board();
    machine.run("/apps.zip/none.mo", "none");
    expect(machine.diagnostics.join()).toMatch(/none\.mo cannot be loaded: it cannot be read/);
  });
});
