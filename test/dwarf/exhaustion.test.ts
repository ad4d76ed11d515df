/** Small files that would keep a reader busy for ever, or fill its memory: each refers to the same bytes again and again. */
import { describe, expect, test } from "bun:test";
import { DebugInfo } from "../../src/dwarf/mod.ts";
import { CallFrames } from "../../src/dwarf/unwind/mod.ts";

/** An ELF32 file with these sections and nothing else. */
function elf(sections: Record<string, Uint8Array>): Uint8Array {
  const names = ["", ...Object.keys(sections), ".shstrtab"];
  const strings = new TextEncoder().encode(`${names.join("\0")}\0`);
  const contents = [new Uint8Array(0), ...Object.values(sections), strings];
  const start = 52 + contents.reduce((sum, { length }) => sum + length, 0);
  const bytes = new Uint8Array(start + 40 * names.length);
  const view = new DataView(bytes.buffer);
  bytes.set([0x7f, 0x45, 0x4c, 0x46, 1, 1, 1]);
  for (const [at, value] of [
    [16, 3],
    [18, 40],
    [40, 52],
    [46, 40],
    [48, names.length],
    [50, names.length - 1],
  ])
    view.setUint16(at, value, true);
  view.setUint32(20, 1, true);
  view.setUint32(32, start, true);
  view.setUint32(36, 0x5000000, true);
  let offset = 52;
  let name = 0;
  for (const [n, content] of contents.entries()) {
    bytes.set(content, offset);
    const header = start + 40 * n;
    const type = n === 0 ? 0 : n === contents.length - 1 ? 3 : 1;
    for (const [at, value] of [
      [0, name],
      [4, type],
      [16, offset],
      [20, content.length],
      [32, 1],
    ])
      view.setUint32(header + at, value, true);
    offset += content.length;
    name += names[n].length + 1;
  }
  return bytes;
}

const word = (value: number) => [
  value & 255,
  (value >>> 8) & 255,
  (value >>> 16) & 255,
  value >>> 24,
];

/** Entries of a DWARF 4 unit behind its head. */
function unit(body: Uint8Array | readonly number[], abbrev = 0): Uint8Array {
  const bytes = new Uint8Array(11 + body.length);
  bytes.set([...word(7 + body.length), 4, 0, ...word(abbrev), 4]);
  bytes.set(body, 11);
  return bytes;
}

function joined(...parts: (Uint8Array | readonly number[])[]): Uint8Array {
  const bytes = new Uint8Array(parts.reduce((sum, { length }) => sum + length, 0));
  let at = 0;
  for (const part of parts) {
    bytes.set(part, at);
    at += part.length;
  }
  return bytes;
}

const MIB = 1 << 20;
/** Tags and forms. */
const [UNIT, FUNCTION] = [0x11, 0x2e];
const [STRP, SEC_OFFSET, PRESENT] = [0x0e, 0x17, 0x19];
const [NAME, STMT_LIST, RANGES] = [0x03, 0x10, 0x55];

/** One abbreviation of a unit without attributes, one of a function with these. */
const abbreviations = (...attributes: number[]) => [
  ...[1, UNIT, 1, 0, 0],
  ...[2, FUNCTION, 0, ...attributes, 0, 0],
  0,
];

/** A unit with `count` functions of `size` zero bytes of attributes. */
function functions(count: number, size: number): Uint8Array {
  const body = new Uint8Array(1 + count * (1 + size) + 1);
  body[0] = 1;
  for (let n = 0; n < count; n++) body[1 + n * (1 + size)] = 2;
  return unit(body);
}

const text = new Uint8Array(60_000).fill(0x61, 0, 59_999);

const FILES: Record<string, () => Record<string, Uint8Array>> = {
  "attributes that take no room": () => ({
    ".debug_info": functions(MIB, 0),
    ".debug_abbrev": joined(
      [1, UNIT, 1, 0, 0, 2, FUNCTION, 0],
      Uint8Array.from({ length: 60_000 }, (_, n) => (n % 2 ? PRESENT : 0x70)),
      [0, 0, 0],
    ),
  }),
  "functions with the same long name": () => ({
    ".debug_info": functions(MIB, 4),
    ".debug_abbrev": Uint8Array.from(abbreviations(NAME, STRP)),
    ".debug_str": text,
  }),
  "functions without anything": () => ({
    ".debug_info": functions(4 * MIB, 0),
    ".debug_abbrev": Uint8Array.from(abbreviations()),
  }),
  "functions with the same long list of ranges": () => ({
    ".debug_info": functions(MIB, 4),
    ".debug_abbrev": Uint8Array.from(abbreviations(RANGES, SEC_OFFSET)),
    ".debug_ranges": joined(
      ...Array.from({ length: 60_000 }, (_, n) => [...word(n), ...word(n + 9)]),
      new Uint8Array(8),
    ),
  }),
  "units with abbreviations that overlap": () => ({
    ".debug_info": joined(...Array.from({ length: 50_000 }, (_, n) => unit([1], 5 * n))),
    ".debug_abbrev": joined(
      Uint8Array.from({ length: 5 * 200_000 }, (_, n) => [1, UNIT, 0, 0, 0][n % 5]),
      [0],
    ),
  }),
  "units with line tables that overlap": () => ({
    ".debug_info": joined(
      ...Array.from({ length: 20_000 }, (_, n) => unit([1, ...word(n * 40), 0])),
    ),
    ".debug_abbrev": Uint8Array.from([1, UNIT, 1, STMT_LIST, SEC_OFFSET, 0, 0, 0]),
    ".debug_line": joined(
      ...Array.from({ length: 20_000 }, (_, n) => [
        ...word(40 * (20_000 - n) + MIB - 4),
        ...[2, 0, ...word(20), 1, 1, 0, 14, 13, 0, 1, 1, 1, 1, 0, 0, 0, 1, 0, 0, 1],
        ...new Uint8Array(40 - 31),
      ]),
      new Uint8Array(MIB).fill(20),
    ),
  }),
};

describe("debugging information that has no end is given up", () => {
  for (const [what, sections] of Object.entries(FILES))
    test(what, () => {
      const file = elf(sections());
      const problems: string[] = [];
      const before = process.memoryUsage().rss;
      const start = performance.now();
      const info = DebugInfo.read(file, { problem: (text) => problems.push(text) });
      for (let address = 0; address < 64; address += 2) {
        info?.line(address);
        info?.functions(address);
      }
      // Without a limit each takes minutes, or gigabytes.
      expect(performance.now() - start).toBeLessThan(8000);
      // What is kept: beside the guest memory of other tests, the host lets garbage grow as it likes.
      Bun.gc(true);
      expect(process.memoryUsage().rss - before).toBeLessThan(1 << 30);
      if (!info) expect(problems.join()).toMatch(/more information than|too many/);
      if (what.includes("line tables"))
        expect(problems).toContain(
          "lines: given up, for it has more information than a file of its size can have",
        );
    });

  test("a description of frames that is all states", () => {
    const common = [...word(14 - 4 + 4), ...word(0xffffffff), 1, 0, 4, 0x7c, 14, 0x0c, 13, 0, 0, 0];
    const program = new Uint8Array(4 * MIB).fill(0x0a);
    for (let n = 1; n < program.length; n += 2) program[n] = 0x0b;
    const description = [...word(12 + program.length), ...word(0), ...word(0), ...word(1 << 30)];
    const frames = new CallFrames(joined(common, description, program));
    const registers = Array.from({ length: 16 }, (_, n) => n);
    const memory = { word: () => 0, half: () => 0 };
    const start = performance.now();
    for (let pc = 0; pc < 1000; pc += 2) {
      registers[15] = pc;
      expect(frames.unwind(memory, 0, registers)).toBeUndefined();
    }
    expect(performance.now() - start).toBeLessThan(8000);
  });
});
