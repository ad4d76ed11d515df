/** The disassembler against binutils: random encodings of every row, and everything that compilers made of real code. */
import { afterAll, beforeAll, describe, expect, test } from "bun:test";
import { mkdtempSync, readFileSync, readdirSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { decode, disassemble } from "../../src/cpu/mod.ts";
import { isDefined } from "./qemu/float-generate.ts";
import { operandsDefined } from "./qemu/constraints.ts";
import {
  type Encoding,
  type FieldValues,
  type TableName,
  decodesAs,
  encode,
  tables,
} from "./qemu/encodings.ts";
import { Random } from "./qemu/random.ts";
import { noToolchain, tool } from "./qemu/tools.ts";

const absent = noToolchain;
const because = absent ? ` (${absent})` : "";
const FULL = process.env.RTT_SIM_FULL === "1";
const BASE = 0x60100000;

let folder = "";
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), "rtt-sim-disasm-"));
});
afterAll(() => rmSync(folder, { recursive: true }));

/** objdump's text without its comments, blanks as ours. */
function normalise(text: string): string {
  return text
    .replace(/\s*@.*$/, "")
    .replace(/\s*<[^>]*>$/, "")
    .replace(/\s+/g, " ")
    .trim();
}

const reader = (bytes: Uint8Array, base: number) => (address: number) =>
  bytes[address - base] | (bytes[address - base + 1] << 8);

/** Encodings of which binutils 2.40 prints something wrong or incomplete. */
function misprinted({ id, mnemonic }: Encoding, f: FieldValues): boolean {
  return (
    (/\.(ssat|usat)_asr$/.test(id) && f.i === 0) || // asr #0 for asr #32
    (id === "a32.uxtab16" && f.r === 3) || // ROR in capitals
    (/thumb32\.(ldrd|strd)_pre$/.test(id) && f.i === 0) || // no exclamation mark
    (/^thumb32\.ldr\w*_lit$/.test(id) && f.U === 0 && f.i >>> 8 === 14) || // LDRT
    (id === "thumb32.hint" && f.i > 12) || // hints of later architectures
    (id === "a32.hint" && (f.i === 16 || f.i === 20) && f.c !== 14) || // ESB, CSDB only when unconditional
    (mnemonic === "CPS" && (f.o === 1 || (f.M === 0 && f.p !== 0))) // reserved
  );
}

describe("random encodings of every row", () => {
  for (const table of ["thumb16", "thumb32", "a32", "neon"] as const) {
    test.skipIf(absent !== undefined)(
      `${table}${because}`,
      () => {
        const samples = sampleRows(table, FULL ? 400 : 40);
        const bytes = Uint8Array.from(samples.flatMap(({ opcode, e }) => bytesOf(e, opcode)));
        const expected = objdumpBinary(bytes, table.startsWith("thumb"));
        const wrong: string[] = [];
        let at = BASE;
        for (const { e } of samples) {
          const line = disassemble(reader(bytes, BASE), at, table.startsWith("thumb"));
          const text = expected.get(at);
          if (text !== undefined && line.text !== text)
            wrong.push(`${e.id}: "${line.text}", objdump "${text}"`);
          at += line.size;
        }
        expect(wrong).toEqual([]);
        expect(new Set(samples.map(({ e }) => e.id)).size).toBe(
          tables[table].length - (table === "thumb16" ? 1 : 0),
        );
      },
      60_000,
    );
  }
});

function sampleRows(table: TableName, each: number) {
  const random = new Random(20);
  const samples: { e: Encoding; opcode: number }[] = [];
  for (const e of tables[table]) {
    if (e.mnemonic === "IT") continue; // the next instructions would depend on it
    for (let found = 0, tries = 0; found < each && tries < 50 * each; tries++) {
      const f: FieldValues = {};
      for (const [letter, width] of e.fields)
        f[letter] = random.once(4) ? random.pick([0, 2 ** width - 1]) : random.below(2 ** width);
      if ((table === "a32" || table === "neon") && "c" in f && random.once(2)) f.c = 14;
      const opcode = encode(e, f);
      if (!decodesAs(e, opcode) || misprinted(e, f)) continue;
      if (table === "neon" ? !isDefined(opcode) : !operandsDefined(e, f)) continue;
      samples.push({ e, opcode });
      found++;
    }
  }
  return samples;
}

function bytesOf(e: Encoding, opcode: number): number[] {
  const low = [opcode & 255, (opcode >>> 8) & 255];
  const high = [(opcode >>> 16) & 255, opcode >>> 24];
  return e.bits === 16 ? low : e.table === "thumb32" ? [...high, ...low] : [...low, ...high];
}

function objdumpBinary(bytes: Uint8Array, thumb: boolean): Map<number, string> {
  const file = join(folder, "code.bin");
  writeFileSync(file, bytes);
  const options = ["-D", "-b", "binary", "-m", "arm", `--adjust-vma=${BASE}`];
  const listing = tool("objdump", ...options, ...(thumb ? ["-M", "force-thumb"] : []), file);
  const lines = new Map<number, string>();
  for (const line of listing.split("\n")) {
    const [address, , ...text] = line.split("\t");
    if (/^ *[0-9a-f]+:$/.test(address) && !/UNPREDICTABLE/.test(line))
      lines.set(parseInt(address, 16), normalise(text.join(" ")));
  }
  return lines;
}

/** Instructions of compiled code compared, and the rows they were of. */
let compared = 0;
const seen = new Set<string>();
afterAll(() => {
  const rows = Object.values(tables).flat().length;
  if (compared)
    console.log(
      `${compared} compiled instructions as objdump writes them, of ${seen.size} of ${rows} rows`,
    );
});

describe("compiled code", () => {
  const targets: Record<string, string[]> = {
    a32: ["-march=armv7-a", "-marm"],
    "cortex-m4": ["-mcpu=cortex-m4", "-mthumb"],
    "armv7-a thumb": ["-march=armv7-a", "-mthumb"],
    "cortex-m0": ["-mcpu=cortex-m0", "-mthumb"],
    "vfpv3 a32": ["-march=armv7-a", "-marm", "-mfpu=vfpv3", "-mfloat-abi=softfp"],
    "fpv4-sp thumb": ["-mcpu=cortex-m4", "-mthumb", "-mfpu=fpv4-sp-d16", "-mfloat-abi=softfp"],
    "fpv5 thumb": ["-mcpu=cortex-m7", "-mthumb", "-mfpu=fpv5-d16", "-mfloat-abi=softfp"],
    "neon a32": ["-mcpu=cortex-a9", "-marm", "-mfpu=neon", "-mfloat-abi=softfp", "-ffast-math"],
    "neon thumb": ["-mcpu=cortex-a9", "-mthumb", "-mfpu=neon", "-mfloat-abi=softfp", "-ffast-math"],
    "vfpv4 a32": ["-mcpu=cortex-a7", "-marm", "-mfpu=vfpv4", "-mfloat-abi=softfp"],
  };
  const levels = FULL ? ["-O0", "-O2", "-O3", "-Os"] : ["-O2"];
  for (const [name, options] of Object.entries(targets))
    for (const level of name.startsWith("neon") ? ["-O3"] : levels) {
      test.skipIf(absent !== undefined)(
        `${name} ${level}, newlib and libgcc included${because}`,
        () => {
          const { lines, wrong, unknown } = compareWithObjdump(compile([...options, level]));
          expect(wrong).toEqual([]);
          expect(unknown).toEqual([]);
          expect(lines).toBeGreaterThan(10_000);
          compared += lines;
        },
        60_000,
      );
    }
});

function compile(options: string[]): string {
  const sources = join(import.meta.dir, "qemu/programs");
  const file = join(folder, "program.elf");
  const inputs = readdirSync(sources).filter((n) => n.endsWith(".c"));
  tool(
    "gcc",
    ...["-mfloat-abi=soft", ...options, "-w", "-nostartfiles", "-static", "-o", file],
    ...["-Wl,--no-warn-rwx-segments", ...inputs.map((n) => join(sources, n)), "-lm"],
  );
  return file;
}

/** Compares every instruction of an executable with `objdump -d`. */
function compareWithObjdump(file: string) {
  const code = textSection(file);
  const wrong: string[] = [];
  const unknown: string[] = [];
  let lines = 0;
  let thumb = false;
  let itState = 0;
  const kinds = mappingSymbols(file);
  for (const row of tool("objdump", "-d", file).split("\n")) {
    const [place, bytes, ...rest] = row.split("\t");
    if (!/^ *[0-9a-f]+:$/.test(place)) {
      itState = 0;
      continue;
    }
    const address = parseInt(place, 16);
    thumb = kinds(address) === "t";
    if (/^\.(word|short|byte)/.test(rest[0]) || bytes.length < 4) continue;
    const line = disassemble(reader(code.bytes, code.address), address, thumb, itState);
    itState = line.itState;
    lines++;
    seen.add(rowOf(code, address, thumb));
    if (/^\.(word|short)/.test(line.text)) unknown.push(`${bytes} ${rest.join(" ")}`);
    // Targets are written without 0x in front of a symbol.
    const text = normalise(rest.join(" ")).replace(/\b(b\S*|cbn?z \w+,) ([0-9a-f]+)$/, "$1 0x$2");
    if (line.text !== text) wrong.push(`${place} "${line.text}", objdump "${text}"`);
  }
  return { lines, wrong: wrong.slice(0, 20), unknown: [...new Set(unknown)].slice(0, 20) };
}

/** The row of the decode tables an instruction belongs to. */
function rowOf(
  code: { address: number; bytes: Uint8Array },
  address: number,
  thumb: boolean,
): string {
  const read = reader(code.bytes, code.address);
  const [first, second] = [read(address), read(address + 2)];
  const table = !thumb ? "a32" : decode.isThumb32(first) ? "thumb32" : "thumb16";
  const opcode =
    table === "a32" ? (second << 16) | first : table === "thumb32" ? (first << 16) | second : first;
  const decoder = {
    a32: decode.a32Decoder,
    thumb16: decode.thumb16Decoder,
    thumb32: decode.thumb32Decoder,
  }[table];
  return `${table}.${decoder.decode(opcode)?.encoding.name}`;
}

/** $a, $t, $d: what the bytes of .text are, by address. */
function mappingSymbols(file: string): (address: number) => string {
  const symbols = [...tool("nm", "--special-syms", "-n", file).matchAll(/^(\w+) t \$([atd])/gm)];
  const starts = symbols.map(([, address]) => parseInt(address, 16));
  return (address) => {
    let low = 0;
    let high = starts.length;
    while (high - low > 1) {
      const middle = (low + high) >> 1;
      if (starts[middle] <= address) low = middle;
      else high = middle;
    }
    return symbols[low][2];
  };
}

function textSection(file: string): { address: number; bytes: Uint8Array } {
  const found = tool("objdump", "-h", "-w", file).match(/ \.text +(\w+) +(\w+) +\w+ +(\w+)/)!;
  const [size, address, offset] = found.slice(1).map((v) => parseInt(v, 16));
  return { address, bytes: new Uint8Array(readFileSync(file)).slice(offset, offset + size) };
}
