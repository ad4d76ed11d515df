import { describe, expect, test } from "bun:test";
import { join } from "node:path";
import fc from "fast-check";
import { StringTable } from "../../src/elf/bytes.ts";
import { ElfError, ElfImage } from "../../src/elf/mod.ts";
import { makeModule } from "./make-module.ts";

const root = join(import.meta.dir, "../..");
const hello = new Uint8Array(await Bun.file(join(root, "disk/prebuilt/a9/hello.mo")).arrayBuffer());

/** Asks for everything that a loader, a checker or a debugger asks for. */
function readAll(file: Uint8Array): void {
  const image = new ElfImage(file);
  for (const section of image.sections) image.data(section);
  for (const segment of image.segments) image.contents(segment);
  image.needed();
  for (const symbols of [image.dynamicSymbols(), image.staticSymbols()])
    for (let i = 0; i < (symbols?.count ?? 0); i++) symbols!.name(i);
  for (const table of image.relocations())
    for (let i = 0; i < table.count; i++) table.symbols.name(table.symbol(i));
}

/** The error must be ours and say what is wrong in one line. */
function outcome(file: Uint8Array): ElfError | undefined {
  try {
    readAll(file);
    return undefined;
  } catch (error) {
    if (!(error instanceof ElfError)) throw error;
    expect(error.message).toMatch(/^[^\n]{10,200}$/);
    expect(error.message).not.toMatch(/undefined|NaN|object/);
    return error;
  }
}

function patched(at: number, ...bytes: number[]): Uint8Array {
  const file = hello.slice();
  file.set(bytes, at);
  return file;
}

test("a whole module has no defect", () => {
  expect(outcome(hello)).toBeUndefined();
});

test("a file cut at any byte is refused", () => {
  for (let length = 0; length < hello.length; length++) {
    const error = outcome(hello.slice(0, length));
    expect({ length, error: error?.defect }).toEqual({
      length,
      error: length < 4 ? "magic" : "truncated",
    });
  }
});

describe("defects are named", () => {
  const cases: [string, Uint8Array, RegExp][] = [
    ["an empty file", new Uint8Array(0), /the file is empty/],
    ["a text file", Buffer.from("#!/bin/sh\necho hello\n"), /magic bytes/],
    ["a 64-bit file", patched(4, 2), /ELFCLASS64/],
    ["a class that does not exist", patched(4, 9), /class is 9/],
    ["a big-endian file", patched(5, 2), /ELFDATA2MSB/],
    ["a wrong size of program headers", patched(42, 56, 0), /program header is given as 56/],
    ["a wrong size of section headers", patched(46, 64, 0), /section header is given as 64/],
    ["segments far away", patched(28, 0xff, 0xff, 0xff, 0xff), /program header table lies outside/],
    ["sections far away", patched(32, 0xff, 0xff, 0xff, 0x7f), /section header table lies outside/],
    ["65535 sections", patched(48, 0xff, 0xff), /section header table lies outside/],
    ["names in no section", patched(50, 0xf0, 0), /e_shstrndx names section 240/],
    ["names in a section of code", patched(50, 4, 0), /section 4 .* no string table/],
  ];
  for (const [name, file, message] of cases)
    test(name, () => {
      expect(outcome(file)?.message).toMatch(message);
    });

  test("a relocation against a symbol that does not exist", () => {
    const { file } = makeModule({
      symbols: [{ name: "one" }],
      relocations: [{ offset: 0, type: 2, symbol: 77 }],
      data: new Uint8Array(4),
    });
    expect(outcome(file)?.message).toBe(
      "record 0 of .rel.dyn names symbol 77, but .dynsym has 2 symbols",
    );
  });
});

test("symbols and relocations are found through the dynamic segment when there are no sections", () => {
  const spec = {
    symbols: [{ name: "alpha" }, { name: "beta", value: 64, shndx: 1, info: 0x12 }],
    relocations: [
      { offset: 0, type: 21, symbol: 1 },
      { offset: 4, type: 23, symbol: 0 },
    ],
    data: new Uint8Array(8),
  };
  const describe = (file: Uint8Array): unknown =>
    new ElfImage(file)
      .relocations()
      .map((table) =>
        Array.from({ length: table.count }, (_, i) => [
          table.offset(i),
          table.type(i),
          table.symbols.name(table.symbol(i)),
        ]),
      );
  const stripped = makeModule({ ...spec, sectionHeaders: false }).file;
  expect(new ElfImage(stripped).sections).toEqual([]);
  expect(describe(stripped)).toEqual(describe(makeModule(spec).file));
  expect(outcome(stripped)).toBeUndefined();
});

test("any bytes give an image or an ElfError", () => {
  const position = fc.integer({ min: 0, max: hello.length - 1 });
  const byte = fc.oneof(fc.constantFrom(0, 1, 0x7f, 0x80, 0xff), fc.integer({ min: 0, max: 255 }));
  const header = fc.integer({ min: 4, max: 51 + 3 * 32 });
  const changes = fc.array(fc.tuple(fc.oneof(position, header), byte), {
    minLength: 1,
    maxLength: 8,
  });
  fc.assert(
    fc.property(changes, fc.option(position), (list, cut) => {
      const file = hello.slice(0, cut ?? hello.length);
      for (const [at, value] of list) if (at < file.length) file[at] = value;
      outcome(file);
    }),
    { numRuns: 3000 },
  );
});

test("a name of a megabyte is no name, and twenty thousand of them are refused at once", () => {
  const table = new Uint8Array(1 << 20).fill(0x61);
  table[table.length - 1] = 0;
  const strings = new StringTable(table);
  const started = performance.now();
  for (let n = 0; n < 20_000; n++)
    expect(() => strings.at(n, () => "a name")).toThrow("a name is longer than 8192 bytes");
  expect(performance.now() - started).toBeLessThan(5000);
  expect(strings.at((1 << 20) - 4, () => "a name")).toBe("aaa");
});
