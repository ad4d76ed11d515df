import { describe, expect, test } from "bun:test";
import { zipSync } from "fflate";
import { makeModule } from "../elf/make-module.ts";
import { Board, fixture } from "./board.ts";

const hello = fixture("disk/prebuilt/a9/hello.mo");

describe("a module in a ZIP archive", () => {
  const run = (contents: Record<string, Uint8Array>): { output: string; reasons: string[] } => {
    const board = new Board({ files: { "/pack.mo": zipSync(contents) } });
    const before = board.heapUsed;
    const output = board.run("pack");
    expect(board.heapUsed).toBe(before);
    return { output, reasons: board.refused.flatMap(({ reasons }) => reasons) };
  };
  const readme = Buffer.from("text");
  test("the only one", () => {
    expect(run({ "readme.txt": readme, "bin/other.mo": hello }).output).toBe("Hello, world\n");
  });
  test("the one that is called as the archive is", () => {
    const others = { "a.mo": readme, "pack.mo": hello };
    expect(run(others).output).toBe("Hello, world\n");
  });
  test("none, or none of several", () => {
    expect(run({ "readme.txt": readme }).reasons[0]).toMatch(/ZIP archive without a module/);
    expect(run({ "a.mo": hello, "b.mo": hello }).reasons[0]).toMatch(
      /2 modules \(a\.mo, b\.mo\) and none is called pack/,
    );
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
  const board = new Board({ files: { "/old.mo": file } });
  let block = 0;
  board.do(function* () {
    block = (yield* board.loader.load("/old.mo", { as: "library" }))!.block;
  });
  expect(board.memory.ldu32(block + dataAddress)).toBe(0x60012345);
  expect(board.memory.ldu32(block + dataAddress + 4)).toBe(block);
});
