import { expect, test } from "bun:test";
import { join } from "node:path";
import { Glob } from "bun";
import { ElfImage, type ElfSymbols, relocationCode, relocationName } from "../../src/elf/mod.ts";

const root = join(import.meta.dir, "../..");
const modules = ["test/fixtures/**/*.{mo,so}", "disk/**/*.{mo,so}"]
  .flatMap((pattern) => [...new Glob(pattern).scanSync(root)])
  .sort();
const readelf = Bun.which("arm-none-eabi-readelf");

async function open(path: string): Promise<ElfImage> {
  return new ElfImage(new Uint8Array(await Bun.file(join(root, path)).arrayBuffer()));
}

function run(...args: string[]): string {
  return Bun.spawnSync([readelf!, ...args], { cwd: root }).stdout.toString("latin1");
}

const hex = (value: number, digits: number): string => value.toString(16).padStart(digits, "0");
const BIND = ["LOCAL", "GLOBAL", "WEAK"];
const TYPE = ["NOTYPE", "OBJECT", "FUNC", "SECTION", "FILE", "COMMON", "TLS"];
const NDX: Record<number, string> = { 0: "UND", 0xfff1: "ABS", 0xfff2: "COM" };

function symbolLines(symbols: ElfSymbols): string[] {
  return Array.from({ length: symbols.count }, (_, i) =>
    [
      hex(symbols.value(i), 8),
      symbols.size(i),
      TYPE[symbols.type(i)],
      BIND[symbols.bind(i)],
      NDX[symbols.shndx(i)] ?? symbols.shndx(i),
    ].join(" "),
  );
}

/** readelf shows the section's name for a section symbol. */
function symbolName(image: ElfImage, symbols: ElfSymbols, i: number): string {
  return TYPE[symbols.type(i)] === "SECTION"
    ? image.sections[symbols.shndx(i)].name
    : symbols.name(i);
}

test("there are modules to read", () => {
  expect(modules.length).toBeGreaterThan(20);
});

test.skipIf(!readelf)("headers, segments and sections are those of readelf", async () => {
  for (const path of modules) {
    const image = await open(path);
    const header = run("-hW", path);
    expect(header).toContain(
      `Entry point address:               0x${image.header.entry.toString(16)}\n`,
    );
    expect(header).toContain(`0x${image.header.flags.toString(16)}, Version5 EABI`);
    const segments = [
      ...run("-lW", path).matchAll(/^  \w+ +0x(\w+) 0x(\w+) 0x\w+ 0x(\w+) 0x(\w+) /gm),
    ];
    expect(segments.map((m) => m.slice(1).map((t) => parseInt(t, 16)))).toEqual(
      image.segments.map((s) => [s.offset, s.vaddr, s.filesz, s.memsz]),
    );
    const sections = [
      ...run("-SW", path).matchAll(/^  \[ *(\d+)\] (\S*) +\S+ +(\w{8}) (\w{6}) (\w{6}) /gm),
    ];
    expect(
      sections.map(([, n, name, addr, offset, size]) => [
        Number(n),
        Number(n) === 0 ? "" : name,
        parseInt(addr, 16),
        parseInt(offset, 16),
        parseInt(size, 16),
      ]),
    ).toEqual(image.sections.map((s) => [s.index, s.name, s.addr, s.offset, s.size]));
  }
});

test.skipIf(!readelf)("symbols and relocations are those of readelf", async () => {
  for (const path of modules) {
    const image = await open(path);
    const dynamic = image.dynamicSymbols();
    const symbols = dynamic ?? image.staticSymbols()!;
    const listed = run(dynamic ? "--dyn-syms" : "-s", "-W", path).matchAll(
      /^ +\d+: (\w{8}) +(\d+|0x\w+) (\w+) +(\w+) +\w+ +(\w+) ?(.*)$/gm,
    );
    const theirs = [...listed].map(([, value, size, type, bind, ndx]) =>
      [value, Number(size), type, bind, ndx].join(" "),
    );
    expect(theirs).toEqual(symbolLines(symbols));
    const records = run("-rW", path).matchAll(
      /^(\w{8})  (\w{8}) (R_ARM_\w+) *(?:\w{8} +(\S+))?$/gm,
    );
    const ours = image
      .relocations()
      .flatMap((table) =>
        Array.from({ length: table.count }, (_, i) => [
          hex(table.offset(i), 8),
          relocationName(table.type(i)),
          symbolName(image, table.symbols, table.symbol(i)),
        ]),
      );
    expect([...records].map(([, offset, , type, name = ""]) => [offset, type, name])).toEqual(ours);
  }
});

/** Codes that binutils 2.40 spells as drafts of the ABI did, and codes from before the EABI, which have no name there. */
const OLD_NAMES = new Set([32, 33, 34, 35, 36, 37, 129, 135, 249, 250, 251, 252, 253, 254, 255]);

test.skipIf(!readelf)("relocation names are those of binutils", async () => {
  // One record of every type in an object whose table we rewrite.
  const path = join(root, "test/dlmodule/relocations/relocations.o");
  const file = new Uint8Array(await Bun.file(path).arrayBuffer());
  const [table] = new ElfImage(file).relocations();
  const section = new ElfImage(file).section(".rel.text")!;
  const differing: string[] = [];
  for (let first = 0; first < 256; first += table.count) {
    const copy = file.slice();
    for (let i = 0; i < table.count; i++)
      copy[section.offset + 8 * i + 4] = Math.min(first + i, 255);
    const name = `/tmp/rtt-relocations-${process.pid}.o`;
    await Bun.write(name, copy);
    const listed = [...run("-rW", name).matchAll(/^\w{8}  \w{6}(\w\w) (R_ARM_\w+|unrecognized)/gm)];
    expect(listed.length).toBe(table.count);
    for (const [, code, theirs] of listed) {
      const type = parseInt(code, 16);
      const ours = relocationName(type);
      if (theirs.startsWith("R_ARM") && ours !== theirs && !OLD_NAMES.has(type))
        differing.push(`${type} ${ours} ${theirs}`);
      if (ours.startsWith("R_ARM_")) expect(relocationCode(ours)).toBe(type);
    }
  }
  await Bun.file(`/tmp/rtt-relocations-${process.pid}.o`).delete();
  expect(differing).toEqual([]);
});
