import { describe, expect, setDefaultTimeout, test } from "bun:test";
import fc from "fast-check";
import { ElfImage } from "../../src/elf/mod.ts";
import { ObjectClass } from "../../src/kernel/types.ts";
import { makeModule } from "../elf/make-module.ts";
import { Board, fixture } from "./board.ts";
import { WholeBoard } from "./whole-board.ts";

setDefaultTimeout(120_000);

const hello = fixture("disk/prebuilt/a9/hello.mo");
const files = {
  "/hello.mo": hello,
  "/t_undef.mo": fixture("test/fixtures/transcripts/t_undef.mo"),
  "/lib.mo": fixture("test/fixtures/dl/counter.so"),
  "/text.mo": Buffer.from("#!/bin/sh\n"),
  "/empty.mo": new Uint8Array(0),
};

/** What the real kernel printed for t_undef. */
const UNDEFINED =
  "\x1b[31m[E/DLMD] Module: can't find no_such_other in kernel symbol table\x1b[0m\n" +
  "\x1b[31m[E/DLMD] Module: can't find no_such_function in kernel symbol table\x1b[0m\n";

function refuse(board: Board, line: string): { console: string; reasons: readonly string[] } {
  const before = board.heapUsed;
  board.refused.length = 0;
  const console = board.run(line);
  expect(board.heapUsed).toBe(before);
  expect(board.loader.modules()).toEqual([]);
  expect(board.refused.length).toBe(1);
  return { console, reasons: board.refused[0].reasons };
}

describe("a refused file leaves nothing behind and says why", () => {
  test("an object that needs more than half of the address space", () => {
    const object = fixture("test/dlmodule/objects/a32.mo");
    const image = new ElfImage(object);
    const { index } = image.section(".bss")!;
    new DataView(object.buffer).setUint32(image.header.shoff + 40 * index + 20, 0xfff00000, true);
    const board = new Board({ files: { "/big.mo": object } });
    expect(refuse(board, "big").reasons[0]).toMatch(/^it needs a block of 42\d{8} bytes; the heap/);
  });
  test("unresolved symbols, all of them", () => {
    const board = new Board({ files });
    const { console, reasons } = refuse(board, "t_undef");
    expect(console).toBe(UNDEFINED);
    expect(reasons).toHaveLength(2);
    expect(board.diagnostics[0]).toMatch(
      /^\/t_undef\.mo cannot be loaded:\n  no_such_other: .*\n  no_such_function: /,
    );
  });
  test("then other modules still load", () => {
    const board = new Board({ files });
    board.run("t_undef");
    expect(board.run("hello")).toBe("Hello, world\n");
  });
  test("which 4.0.4 does not allow: every later load fails without a word", () => {
    const board = new Board({ files, compat404: true });
    expect(board.run("hello")).toBe("Hello, world\n");
    expect(board.run("t_undef")).toBe(UNDEFINED);
    expect(board.run("hello")).toBe("");
    expect(board.run("hello")).toBe("");
  });
  test("text", () => {
    const { console, reasons } = refuse(new Board({ files }), "text");
    expect(console).toBe("Module: magic error\n");
    expect(reasons).toEqual(["the file does not begin with the magic bytes of an ELF file"]);
  });
  test("an empty file", () => {
    const { console, reasons } = refuse(new Board({ files }), "empty");
    expect(console).toBe("");
    expect(reasons).toEqual(["the file is empty"]);
  });
  test("no file", () => {
    expect(refuse(new Board({ files }), "none").reasons[0]).toMatch(/^it cannot be read: /);
  });
  test("a library as a program", () => {
    const { reasons } = refuse(new Board({ files }), "lib");
    expect(reasons[0]).toMatch(/linked with `-e 0`.*library for dlopen/);
  });
  test("a size that does not fit, with what would help", () => {
    const { file } = makeModule({
      symbols: [],
      relocations: [],
      data: new Uint8Array(4),
      bss: 0x7000000,
    });
    const { console, reasons } = refuse(new Board({ files: { "/big.mo": file } }), "big");
    expect(console).toBe("\x1b[31m[E/DLMD] Module: allocate space failed.\n\x1b[0m\n");
    expect(reasons[0]).toMatch(/needs a block of 1174\d+ bytes.*--ram/);
  });
  test("a branch that does not reach, found while relocating", () => {
    const { file } = makeModule({
      symbols: [{ name: "far", value: 0x7fffff00, info: 0x12, shndx: 0xfff1 }],
      relocations: [{ offset: 0, type: 102, symbol: 1 }],
      data: Uint8Array.of(0xfe, 0xe7, 0, 0),
      entry: 64,
    });
    expect(refuse(new Board({ files: { "/far.mo": file } }), "far").reasons[0]).toMatch(
      /R_ARM_THM_JUMP11.*cannot reach far at 0x7fffff00: it is \d+ bytes away/,
    );
  });
  test("floating-point values in other registers than the C library's", () => {
    const spec = {
      relocations: [{ offset: 0, type: 21, symbol: 1 }],
      data: new Uint8Array(4),
      flags: 0x5000400,
      entry: 64,
    };
    const { file } = makeModule({ ...spec, symbols: [{ name: "pow" }] });
    const board = new Board({ files: { "/hard.mo": file } });
    // A firmware of the user's own may have no entries for such modules.
    board.firmware.floatEntry = () => 0;
    const { reasons } = refuse(board, "hard");
    expect(reasons[0]).toMatch(/VFP registers.*calls pow: build with -mfloat-abi=softfp/);
    const harmless = makeModule({ ...spec, symbols: [{ name: "printf" }], entry: 0 }).file;
    expect(refuse(new Board({ files: { "/hard.mo": harmless } }), "hard").reasons[0]).toMatch(
      /no entry/,
    );
  });
  test("thread-local storage", () => {
    const { file } = makeModule({
      symbols: [{ name: "tls" }],
      relocations: [{ offset: 0, type: 17, symbol: 1 }],
      data: new Uint8Array(4),
      entry: 64,
    });
    expect(refuse(new Board({ files: { "/tls.mo": file } }), "tls").reasons[0]).toMatch(
      /R_ARM_TLS_DTPMOD32/,
    );
  });
});

test("4.0.4 takes a bad segment for success and keeps an empty module in its list", () => {
  const file = hello.slice();
  new DataView(file.buffer).setUint32(52 + 20, 1, true);
  const console = /^invalid elf: segment 0: p_memsz: 1, p_filesz: \d+\n$/;
  const listed = (compat404: boolean): (string | number)[][] => {
    const board = new Board({ files: { "/c_memsz.mo": file }, compat404 });
    expect(board.run("c_memsz")).toMatch(console);
    const { kernel, loader } = board;
    return kernel.objects.list(ObjectClass.Module).map((address) => {
      const { name, nref, memory } = loader.module(address)!;
      return [name, nref, memory];
    });
  };
  expect(listed(true)).toEqual([["c_memsz", 1, 0]]);
  expect(listed(false)).toEqual([]);
});

test("a file cut at any byte is refused with one sentence, and nothing stays on the heap", () => {
  const cut = { "/cut.mo": hello };
  const board = new Board({ files: cut });
  const before = board.heapUsed;
  for (let length = 0; length < hello.length; length += 7) {
    board.replace("/cut.mo", hello.slice(0, length));
    board.refused.length = 0;
    board.run("cut");
    expect({ length, refused: board.refused.length }).toEqual({ length, refused: 1 });
    expect(board.refused[0].reasons).toHaveLength(1);
    expect(board.heapUsed).toBe(before);
  }
});

test("a file with changed bytes is refused, or runs and ends, or runs on; the host never fails", () => {
  const position = fc.oneof(
    fc.integer({ min: 0, max: 150 }),
    fc.integer({ min: 0, max: hello.length - 1 }),
  );
  const changes = fc.array(fc.tuple(position, fc.integer({ min: 0, max: 255 })), {
    minLength: 1,
    maxLength: 4,
  });
  fc.assert(
    fc.property(changes, (list) => {
      const file = hello.slice();
      for (const [at, value] of list) file[at] = value;
      const board = new Board({ files: { "/odd.mo": file }, ticks: 20 });
      const before = board.heapUsed;
      board.run("odd");
      if (board.refused.length > 0) {
        expect(board.heapUsed).toBe(before);
        for (const reason of board.refused[0].reasons) expect(reason).not.toMatch(/undefined|NaN/);
      }
      board.close();
    }),
    { numRuns: 60 },
  );
}, 60_000);

test("a path that leads above the root is nowhere", () => {
  const board = new WholeBoard({ "/hello.mo": hello });
  for (const line of ["/../hello.mo", "/../../hello"]) {
    expect(board.machine.loader.exists(line)).toBe(false);
    expect(board.run(line, "hello")).not.toContain("Hello, world");
    expect(board.machine.loader.modules()).toEqual([]);
  }
});

test.each([0x80000000, 0xffffffff, 0xfffffffd, 0x7fffffff])(
  "a stack of 0x%x bytes is refused for want of memory",
  (size) => {
    const bytes = Uint8Array.from(fixture("test/fixtures/dl/bigstack.mo"));
    const image = new ElfImage(bytes);
    const symbols = image.dynamicSymbols()!;
    const at = symbols.value(symbols.find("dlmodule_thread_stacksize"));
    const segment = image.segments.find(({ vaddr, filesz }) => at >= vaddr && at < vaddr + filesz)!;
    new DataView(bytes.buffer).setUint32(at - segment.vaddr + segment.offset, size, true);
    const board = new WholeBoard({ "/bigstack.mo": bytes });
    board.run("/bigstack.mo", "bigstack");
    expect(board.diagnostics.join("\n")).toContain("there is no memory for its main thread");
    expect(board.machine.loader.modules()).toEqual([]);
  },
);
