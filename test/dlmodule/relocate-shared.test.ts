/**
 * Relocations of shared objects, as GNU ld writes them into a module. dynamic.so and dynamic.elf are one source, once linked with
 * -shared and once at fixed addresses: every word must mean the same symbol in both.
 */
import { describe, expect, setDefaultTimeout, test } from "bun:test";
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { bind, planLoad, relocate } from "../../src/dlmodule/mod.ts";
import { ElfImage, type ElfSymbols, relocationName } from "../../src/elf/mod.ts";
import { GuestMemory } from "../../src/memory/mod.ts";
import { makeModule } from "../elf/make-module.ts";
import { inspect, libraryOf } from "../../src/dlmodule/check/mod.ts";
import { Board } from "./board.ts";
import { smallObject } from "./small-object.ts";

setDefaultTimeout(120_000);

const DIR = join(import.meta.dir, "relocations");
const BLOCK = 0x60300000;
const file = (name: string): Uint8Array => new Uint8Array(readFileSync(join(DIR, name)));

const memory = new GuestMemory();
const view = new DataView(memory.wasm.buffer);

/** Places a module at BLOCK. */
function load(bytes: Uint8Array, lookup: (name: string) => number): ReturnType<typeof planLoad> {
  const plan = planLoad(new ElfImage(bytes), { compat404: false });
  const bindings = bind(plan, { lookup, compat404: false });
  memory.fill(BLOCK, bindings.size, 0);
  for (const { vaddr, bytes: data } of plan.segments)
    memory.write(BLOCK + vaddr - plan.start, data);
  relocate(plan, bindings, view, BLOCK);
  return plan;
}

/** Symbols of a linked file by name. */
function symbolsOf(image: ElfImage): Map<string, number> {
  const table: ElfSymbols = image.staticSymbols()!;
  const found = new Map<string, number>();
  for (let i = 1; i < table.count; i++) found.set(table.name(i), table.value(i));
  return found;
}

/** What a word means: a symbol of the source with an offset, or a number. */
function meaning(value: number, symbols: ReadonlyMap<string, number>, bias: number): string {
  const OUTSIDE = ["imported", "imported_thumb", "imported_data"];
  const INSIDE = ["main", "hidden_thumb", "exported", "variable", "words", "slots"];
  for (const name of OUTSIDE) {
    const distance = value - theirs.get(name)!;
    if (distance >= 0 && distance <= 8) return `${name}+${distance}`;
  }
  let best = `${value}`;
  let least = 64;
  for (const name of INSIDE) {
    const distance = value - ((symbols.get(name)! & ~1) + bias);
    if (distance >= 0 && distance < least) {
      least = distance;
      best = `${name}+${distance}`;
    }
  }
  return best;
}

const linked = new ElfImage(file("dynamic.elf"));
const theirs = symbolsOf(linked);
const shared = new ElfImage(file("dynamic.so"));
const ours = symbolsOf(shared);
const data = linked.data(linked.section(".data")!);
const got = linked.section(".got")!;

/** A word of dynamic.elf by its address. */
function word(address: number): number {
  for (const [bytes, at] of [
    [data, linked.section(".data")!.addr],
    [linked.data(got), got.addr],
  ] as const)
    if (address >= at && address + 4 <= at + bytes.length)
      return new DataView(bytes.buffer, bytes.byteOffset).getInt32(address - at, true);
  throw new Error(`0x${address.toString(16)} lies nowhere`);
}

describe("words and slots of the global offset table mean what GNU ld makes of them", () => {
  const plan = load(file("dynamic.so"), (name) => theirs.get(name) ?? 0);
  const bias = BLOCK - plan.start;
  const length = (from: string, to: string): number => (theirs.get(to)! - theirs.get(from)!) >> 2;
  for (let n = 0; n < length("words", "slots"); n++)
    test(`word ${n}`, () => {
      const a = memory.ldu32(ours.get("words")! + bias + 4 * n);
      const b = word(theirs.get("words")! + 4 * n);
      expect(meaning(a, ours, bias)).toBe(meaning(b, theirs, 0));
    });
  for (let n = 0; n < length("slots", "end"); n++)
    test(`slot ${n}`, () => {
      const mine = ours.get("slots")! + bias + 4 * n;
      const other = theirs.get("slots")! + 4 * n;
      const a = memory.ldu32(mine + memory.ld32(mine));
      const b = word(other + word(other));
      expect(meaning(a, ours, bias)).toBe(meaning(b, theirs, 0));
    });
  test("procedure linkage table: its slots hold the functions", () => {
    const slots = plan.relocations.flatMap((table) =>
      Array.from({ length: table.count }, (_, i) => ({ table, i })).filter(
        ({ table: { type }, i: n }) => relocationName(type.call(table, n)) === "R_ARM_JUMP_SLOT",
      ),
    );
    const values = slots.map(({ table, i }) => [
      table.symbols.name(table.symbol(i)),
      memory.ldu32(table.offset(i) + bias),
    ]);
    expect(Object.fromEntries(values)).toEqual({
      imported: theirs.get("imported")!,
      imported_thumb: theirs.get("imported_thumb")!,
    });
  });
  test("all types that GNU ld gives a module are there", () => {
    const types = new Set(
      plan.relocations.flatMap((table) =>
        Array.from({ length: table.count }, (_, i) => relocationName(table.type(i))),
      ),
    );
    expect([...types].sort()).toEqual([
      "R_ARM_ABS32",
      "R_ARM_GLOB_DAT",
      "R_ARM_JUMP_SLOT",
      "R_ARM_RELATIVE",
    ]);
  });
});

test("REL32 and NONE, which today's GNU ld no longer writes", () => {
  const bytes = new Uint8Array(12);
  const words = new DataView(bytes.buffer);
  words.setInt32(0, 12, true);
  words.setInt32(4, 0x1234, true);
  const { file: module, dataAddress } = makeModule({
    symbols: [{ name: "imported" }],
    relocations: [
      { offset: 0, type: 3, symbol: 1 },
      { offset: 4, type: 0, symbol: 1 },
    ],
    data: bytes,
  });
  const plan = load(module, () => 0x60012345);
  const at = BLOCK + dataAddress - plan.start;
  expect(memory.ldu32(at)).toBe((0x60012345 + 12 - at) >>> 0);
  expect(memory.ldu32(at + 4)).toBe(0x1234);
});

describe("COPY: a program has copies of a library's variables (lld -pie)", () => {
  const files = { "/copy.mo": file("copy.mo"), "/lib/libcopied.so": file("libcopied.so") };
  test("as many bytes as the symbol has, from the library's initial values", () => {
    const board = new Board({ files });
    const before = board.heapUsed;
    expect(board.run("copy")).toBe("77 text of ours -3 vwxy\n5 77 1\n");
    expect(board.heapUsed).toBe(before);
    const image = new ElfImage(files["/lib/libcopied.so"]);
    const theirs = image.dynamicSymbols()!;
    const own = new ElfImage(files["/copy.mo"]).dynamicSymbols()!;
    const data = image.section(".data")!;
    const one = new Board({ files });
    one.do(function* () {
      const module = (yield* one.loader.load("/copy.mo", { as: "program" }))!;
      for (const name of ["number", "text", "odd"]) {
        const [mine, other] = [own.find(name), theirs.find(name)];
        const at = theirs.value(other) - data.addr;
        const want = image.data(data).subarray(at, at + theirs.size(other));
        const got = one.memory.read(module.bias + own.value(mine), own.size(mine));
        expect(Buffer.from(got)).toEqual(Buffer.from(want));
      }
      yield* one.loader.unload(module);
    });
    expect(one.loader.modules()).toEqual([]);
  });
  test("the check says whose they are, and that they are copies", () => {
    const target = {
      name: "rtt-sim",
      stock: false,
      has: (name: string) => name === "printf",
      names: () => [],
    };
    const library = libraryOf("libcopied.so", files["/lib/libcopied.so"])!;
    const options = { target, hardFloat: false, firmware: undefined };
    const report = inspect("copy.mo", files["/copy.mo"], { ...options, libraries: [library] });
    expect(report.verdict).toBe("loadable");
    expect(report.details!.imports.filter(({ from }) => from === "libcopied.so")).toHaveLength(4);
    expect(report.warnings.join()).toMatch(
      /copies of variables of others, number, text, odd: .*-fPIC/,
    );
    const alone = inspect("copy.mo", files["/copy.mo"], { ...options, libraries: [] });
    expect(alone.verdict).toBe("refused");
    expect(alone.reasons.join()).toContain("number");
  });
  test("the loader names what nobody has, and what reaches out of memory", () => {
    const alone = new Board({ files: { "/copy.mo": files["/copy.mo"] } });
    alone.run("copy");
    expect(alone.refused[0].reasons.join()).toMatch(/number/);
    const { file: module, dataAddress } = makeModule({
      symbols: [{ name: "printf" }],
      relocations: [{ offset: 0, type: 20, symbol: 1 }],
      data: new Uint8Array(8),
      entry: 64,
    });
    const symbol = new ElfImage(module).section(".dynsym")!.offset + 16;
    new DataView(module.buffer).setUint32(symbol + 8, 0xfffffff0, true);
    const board = new Board({ files: { "/x.mo": module } });
    board.run("x");
    expect(board.refused[0].reasons.join()).toMatch(
      new RegExp(`R_ARM_COPY\\) patches 0x${dataAddress.toString(16)}, outside the segments`),
    );
  });
});

test("SBREL32: distances from the beginning of the data (or code), as lld makes them; GNU ld has none", () => {
  const bytes = file("static-base.o");
  const plan = load(bytes, () => 0);
  const linkedByLld = new ElfImage(file("static-base.elf"));
  const [ours, theirs] = [
    memory.read(BLOCK, 28),
    linkedByLld.data(linkedByLld.section(".text")!),
  ].map((code) => Buffer.from(code).toString("hex"));
  expect(ours).toBe(theirs);
  expect(plan.relocations[0].count).toBe(5);
  const target = { name: "rtt-sim", stock: false, has: () => true, names: () => [] };
  const options = { target, libraries: [], hardFloat: false, firmware: undefined };
  const { verdict, warnings } = inspect("x.mo", bytes, options);
  expect(verdict).toBe("loadable");
  expect(warnings.join()).toContain("put into r9");
  // A variable of others has no such distance.
  expect(() => load(smallObject(9, 0, 0), () => 0x60012345)).toThrow(
    /R_ARM_SBREL32\) counts from .* target is no part of it/,
  );
});

describe("refused by name, with the reason", () => {
  const refused = (bytes: Uint8Array): string => {
    const board = new Board({ files: { "/x.mo": bytes } });
    const before = board.heapUsed;
    board.run("x");
    expect(board.heapUsed).toBe(before);
    return board.refused.flatMap(({ reasons }) => reasons).join("\n");
  };
  test("IRELATIVE: a function that is chosen at load time", () => {
    expect(refused(file("ifunc.so"))).toMatch(
      /R_ARM_IRELATIVE \(1 record\): functions chosen at load time \(ifunc\).*remove/,
    );
  });
  for (const [type, pattern] of [
    [17, /R_ARM_TLS_DTPMOD32.*thread-local.*emulated/],
    [18, /R_ARM_TLS_DTPOFF32.*thread-local.*emulated/],
    [19, /R_ARM_TLS_TPOFF32.*thread-local.*emulated/],
    [13, /R_ARM_TLS_DESC.*thread-local.*emulated/],
  ] as const)
    test(relocationName(type), () => {
      const { file: module } = makeModule({
        symbols: [{ name: "printf" }],
        relocations: [{ offset: 0, type, symbol: 1 }],
        data: new Uint8Array(4),
        entry: 64,
      });
      expect(refused(module)).toMatch(pattern);
    });
});

const [ld, as] = ["ld", "as"].map((tool) => Bun.which(`arm-none-eabi-${tool}`));
test.skipIf(!ld || !as)(
  "dynamic.so and dynamic.elf are what the assembler and linker of this machine make",
  () => {
    const out = mkdtempSync(join(tmpdir(), "rtt-dynamic-"));
    const run = (...command: string[]): void => {
      const { exitCode, stderr } = Bun.spawnSync(command, { cwd: out });
      if (exitCode !== 0) throw new Error(stderr.toString());
    };
    for (const name of ["dynamic", "dynamic-targets"])
      run(as!, "-march=armv7-a", join(DIR, `${name}.s`), "-o", `${name}.o`);
    run(ld!, "-shared", "-z", "max-page-size=4", "-e", "main", "dynamic.o", "-o", "shared");
    const fixed = ["-N", "-T", join(DIR, "dynamic.ld"), "dynamic.o", "dynamic-targets.o"];
    run(ld!, ...fixed, "-e", "main", "-o", "fixed");
    const made = (name: string) => new Uint8Array(readFileSync(join(out, name)));
    const [so, elf] = [made("shared"), made("fixed")];
    rmSync(out, { recursive: true });
    expect(Buffer.from(so).equals(file("dynamic.so"))).toBeTrue();
    expect(Buffer.from(elf).equals(file("dynamic.elf"))).toBeTrue();
  },
);

test("the two sets together have every type that a GCC module can carry", async () => {
  const names = new Set<string>();
  for (const name of [
    "relocations.o",
    "more.o",
    "dynamic.so",
    "ifunc.so",
    "static-base.o",
    "copy.mo",
  ])
    for (const table of new ElfImage(file(name)).relocations())
      for (let i = 0; i < table.count; i++) names.add(relocationName(table.type(i)).slice(6));
  const wanted =
    "ABS32 GLOB_DAT JUMP_SLOT RELATIVE COPY IRELATIVE NONE REL32 CALL JUMP24 PC24 PLT32 THM_CALL THM_JUMP24 THM_JUMP19 " +
    "THM_JUMP11 THM_JUMP8 THM_PC12 THM_PC8 V4BX PREL31 TARGET1 TARGET2 MOVW_ABS_NC MOVT_ABS MOVW_PREL_NC MOVT_PREL " +
    "THM_MOVW_ABS_NC THM_MOVT_ABS THM_MOVW_PREL_NC THM_MOVT_PREL GOT_BREL GOT_PREL BASE_PREL GOTOFF32 ABS16 ABS12 ABS8 SBREL32";
  expect(wanted.split(" ").filter((name) => !names.has(name))).toEqual([]);
});
