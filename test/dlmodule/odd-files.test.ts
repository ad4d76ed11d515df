/** Files that ask for too much or say what is not so: what the loader, the shell and `rtt-sim check` make of them. */
import { describe, expect, setDefaultTimeout, test } from "bun:test";
import { mkdtempSync, rmSync, truncateSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { zipSync } from "fflate";
import { ElfImage } from "../../src/elf/mod.ts";
import { makeModule } from "../elf/make-module.ts";
import { Board, fixture } from "./board.ts";
import { WholeBoard } from "./whole-board.ts";

setDefaultTimeout(120_000);

const root = join(import.meta.dir, "../..");
const HELLO = "disk/prebuilt/a9/hello.mo";

/** Runs the command with files of its own; their names stand for their paths. */
function check(
  files: Readonly<Record<string, Uint8Array | number>>,
  ...words: string[]
): { code: number; out: string; err: string } {
  const folder = mkdtempSync(join(tmpdir(), "odd-"));
  try {
    for (const [name, contents] of Object.entries(files)) {
      const path = join(folder, name);
      writeFileSync(path, typeof contents === "number" ? "" : contents);
      // A file with a hole takes no room.
      if (typeof contents === "number") truncateSync(path, contents);
    }
    const names = words.map((word) => (word in files ? join(folder, word) : word));
    const command = [process.execPath, "src/main.ts", "check", ...names];
    const { exitCode, stdout, stderr } = Bun.spawnSync(command, { cwd: root });
    return { code: exitCode, out: stdout.toString(), err: stderr.toString() };
  } finally {
    rmSync(folder, { recursive: true });
  }
}

/** A copy with a word of a program header changed. */
function withSegment(file: Uint8Array, index: number, word: number, value: number): Uint8Array {
  const copy = file.slice();
  const { phoff } = new ElfImage(copy).header;
  new DataView(copy.buffer).setUint32(phoff + 32 * index + 4 * word, value, true);
  return copy;
}

/** The sizes that a ZIP archive declares, at both places, become `size`. */
function lying(zip: Uint8Array, size: number): Uint8Array {
  const view = new DataView(zip.buffer, zip.byteOffset, zip.length);
  for (let at = 0; at + 4 < zip.length; at++) {
    const signature = view.getUint32(at, true);
    if (signature === 0x02014b50) view.setUint32(at + 24, size, true);
    if (signature === 0x04034b50) view.setUint32(at + 22, size, true);
  }
  return zip;
}

describe("the command", () => {
  test("a segment of nearly 4 GiB is no loadable module", () => {
    const huge = withSegment(fixture(HELLO), 1, 5, 0xf0000000);
    const { code, out } = check({ "huge.mo": huge }, "huge.mo");
    expect(out).toMatch(/error: it needs 40\d{8} bytes of heap .* more than the largest board has/);
    expect(code).toBe(126);
  }, 30_000);
  test("an entry outside of the segments", () => {
    const { file } = makeModule({
      symbols: [],
      relocations: [],
      data: new Uint8Array(8),
      entry: 0x40000,
    });
    const { code, out } = check({ "entry.mo": file }, "entry.mo");
    expect(out).toContain("its entry, 0x40000, lies outside its segments");
    expect(code).toBe(126);
    const board = new Board({ files: { "/entry.mo": file } });
    board.run("entry");
    expect(board.refused[0].reasons).toEqual([expect.stringContaining("its entry, 0x40000")]);
  }, 30_000);
  test("archives that unpack to more than there is room for, or than they say", () => {
    const bomb = zipSync({ "a.mo": [new Uint8Array(48 << 20), { level: 9 }] });
    const large = check({ "bomb.zip": bomb }, "bomb.zip");
    expect(large.out).toMatch(/a\.mo in it has 50331648 bytes, more than the 33554432/);
    expect(large.code).toBe(65);
    const liar = check({ "liar.zip": lying(bomb, 1000) }, "liar.zip");
    expect(liar.out).toMatch(/a\.mo has more than the 1000 bytes that the archive says/);
    expect(liar.code).toBe(65);
    const board = new Board({ files: { "/liar.mo": lying(bomb, 1000) } });
    board.run("liar");
    expect(board.refused[0].reasons[0]).toMatch(/more than the 1000 bytes/);
  }, 60_000);
  test("a file of 3 GiB is not read", () => {
    const { code, out } = check({ "hole.mo": 3 * 2 ** 30 }, "hole.mo");
    expect(out).toMatch(/hole\.mo: it has 3221225472 bytes; no module or firmware has more/);
    expect(code).toBe(66);
  }, 30_000);
  test("--against a file that is no list of symbols", () => {
    const noise = Uint8Array.from({ length: 20_000 }, (_, i) => (i * 7919) >>> 3);
    const prose = Buffer.from("This is a text.\nIt has words\nand lines, but no list.\nputs\n");
    for (const file of [noise, prose, new Uint8Array(0)]) {
      const { code, err } = check({ list: file }, "--against", "list", HELLO);
      expect(err).toMatch(/--against: no symbols found in/);
      expect(code).toBe(65);
    }
    const list = Buffer.from("msh />list_symbols\r\nputs => 0x60012344\r\nmsh />\r\n");
    expect(check({ list }, "--against", "list", HELLO).code).toBe(0);
  }, 60_000);
});

test("an object file without main is not called a library", () => {
  const board = new Board({
    files: { "/part.mo": withoutMain(fixture("test/dlmodule/objects/a32.mo")) },
  });
  board.run("part");
  expect(board.refused[0].reasons).toEqual([
    "it is an object file without a function main, with which a program begins",
  ]);
});

/** Its function main gets another name. */
function withoutMain(object: Uint8Array): Uint8Array {
  const copy = object.slice();
  const strings = new ElfImage(copy).section(".strtab")!;
  const at = Buffer.from(copy).indexOf("\0main\0", strings.offset);
  copy.set(Buffer.from("pain"), at + 1);
  return copy;
}

test("a damaged archive on the disk is there: the shell says what is wrong with it", () => {
  const zip = zipSync({ "hello.mo": fixture(HELLO) });
  const board = new WholeBoard({ "/apps.zip": zip, "/cut.zip": zip.slice(0, -30) });
  expect(board.line("/apps.zip/hello.mo")).toContain("Hello, world");
  expect(board.line("/cut.zip/hello.mo")).not.toContain("command not found");
  expect(board.diagnostics.at(-1)).toMatch(
    /\/cut\.zip\/hello\.mo cannot be loaded: it is a ZIP archive that cannot be read: it ends before/,
  );
  expect(board.line("/apps.zip/none.mo")).toContain("command not found");
});

describe("a function that is chosen at load time", () => {
  const IFUNC = 10;
  test.each([
    ["that others may call", [], 0x10],
    ["that a record names", [{ offset: 0, type: 21, symbol: 1 }], 0x10],
    ["that is local", [{ offset: 0, type: 2, symbol: 1 }], 0],
  ] as const)(
    "%s is refused: the value is that of its resolver",
    (_, relocations, binding) => {
      const { file } = makeModule({
        symbols: [{ name: "fast_copy", value: 256, info: binding | IFUNC, shndx: 4 }],
        relocations,
        data: new Uint8Array(512),
        entry: 256,
      });
      const board = new Board({ files: { "/chosen.mo": file } });
      board.run("chosen");
      expect(board.refused[0].reasons).toEqual([
        "it has functions that are chosen at load time (ifunc), fast_copy: remove __attribute__((ifunc)) and target_clones",
      ]);
      const { out } = check({ "chosen.mo": file }, "chosen.mo");
      expect(out).toContain("chosen at load time (ifunc), fast_copy");
    },
    30_000,
  );
});

test("a library that is open 65,535 times is refused once more, and stays", () => {
  const board = new Board({ files: { "/counter.so": fixture("test/fixtures/dl/counter.so") } });
  const { loader } = board;
  let last = 0;
  board.do(function* () {
    const handle = yield* loader.libdl.openNamed("/counter.so", 0);
    for (let n = 1; n < 65_535; n++) yield* loader.libdl.openNamed("/counter.so", 0);
    expect(loader.module(handle)!.nref).toBe(65_535);
    last = yield* loader.libdl.openNamed("/counter.so", 0);
    expect(loader.module(handle)!.nref).toBe(65_535);
    for (let n = 0; n < 65_535; n++) yield* loader.libdl.close(handle);
  });
  expect(last).toBe(0);
  expect(loader.libdl.takeError()).toMatch(/open 65535 times already/);
  expect(loader.modules()).toEqual([]);
});
