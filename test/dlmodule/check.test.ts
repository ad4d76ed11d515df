/** `rtt-sim check`: what it says of modules, held against the compiler's, binutils' and the loader's own word. */
import { describe, expect, setDefaultTimeout, test } from "bun:test";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import {
  type CheckReport,
  checkText,
  inspect,
  type Library,
  libraryOf,
  readSymbolList,
  STOCK_404,
  type Target,
} from "../../src/dlmodule/check/mod.ts";
import { makeModule } from "../elf/make-module.ts";
import { Board, fixture } from "./board.ts";
import { smallObject } from "./small-object.ts";

setDefaultTimeout(120_000);

const root = join(import.meta.dir, "../..");
const board = new Board({ files: {} });
const here: Target = {
  name: "rtt-sim",
  stock: false,
  has: (name) => board.firmware.lookup(name) !== 0,
  names: () => [...board.firmware.entries()].map(({ name }) => name),
};
const stock: Target = {
  name: "4.0.4",
  stock: true,
  has: (name) => STOCK_404.has(name),
  names: () => STOCK_404,
};

function check(bytes: Uint8Array, target = here, libraries: Library[] = []): CheckReport {
  return inspect("x.mo", bytes, {
    target,
    libraries,
    hardFloat: false,
    floatEntries: { has: (name) => board.firmware.floatEntry(name) !== 0 },
    firmware: undefined,
  });
}

const MODULES = [...new Bun.Glob("**/*.{mo,so}").scanSync(join(root, "test"))]
  .map((path) => `test/${path}`)
  .filter((path) => !/noise|corrupt/.test(path))
  .sort();

test("the verdict is the loader's, for every module of the tests", () => {
  const differing: string[] = [];
  for (const path of MODULES) {
    const bytes = fixture(path);
    const report = check(bytes);
    // Libraries that a file needs are not on the board.
    if ((report.details?.needed.length ?? 0) > 0) continue;
    const one = new Board({ files: { "/m.mo": bytes }, ticks: 1 });
    let loaded = false;
    one.do(function* () {
      // A file whose module_init faults was placed all the same: that no check can know.
      const placed = () => (loaded = true);
      yield* one.loader.load("/m.mo", { as: "program", placed });
    });
    if (loaded !== (report.verdict === "loadable"))
      differing.push(`${path}: ${report.reasons.join()}`);
    // The loader stops at the first kind of error, the check goes on.
    if (!loaded)
      expect(report.reasons).toEqual(expect.arrayContaining([...one.refused[0].reasons]));
    one.close();
  }
  expect(differing).toEqual([]);
  expect(MODULES.length).toBeGreaterThan(60);
}, 60_000);

test("every key of the report is in the documentation", () => {
  const text = readFileSync(join(root, "docs/building-modules.md"), "utf8");
  const table = text.slice(text.indexOf("`--json` is an array"), text.indexOf("## make, CMake"));
  const missing = new Set<string>();
  const look = (value: unknown): void => {
    if (Array.isArray(value)) for (const each of value) look(each);
    else if (typeof value === "object" && value !== null)
      for (const [key, inner] of Object.entries(value)) {
        if (!table.includes(`\`${key}\``)) missing.add(key);
        look(inner);
      }
  };
  for (const path of ["disk/prebuilt/a9/cxx.mo", "test/dlmodule/check/depth.long.mo"])
    look(check(fixture(path), { ...here, stock: true, has: () => false }));
  expect([...missing]).toEqual([]);
});

describe("stack use is what the compiler says", () => {
  for (const name of ["arm", "thumb", "hard"])
    test(name, () => {
      const usage = readFileSync(join(import.meta.dir, `check/stack.${name}.su`), "utf8");
      const compiler = usage
        .trim()
        .split("\n")
        .map((line) => /:(\w+)\t(\d+)\t(.*)$/.exec(line)!)
        .map(([, fn, bytes, kind]) => [fn, kind.startsWith("dynamic") ? null : Number(bytes)]);
      const ours = check(fixture(`test/dlmodule/check/stack.${name}.mo`)).details!.stackUse;
      expect(Object.fromEntries(ours.map(({ name: fn, stack }) => [fn, stack]))).toEqual(
        Object.fromEntries(compiler),
      );
    });
});

describe("stack with all that a function calls is the sum of the compiler's figures along the source's deepest calls", () => {
  for (const name of ["long", "plt", "t2", "t2plt", "t1", "object"])
    test(name, () => {
      const usage = readFileSync(join(import.meta.dir, `check/depth.${name}.su`), "utf8");
      const own = Object.fromEntries(
        [...usage.matchAll(/:(\w+)\t(\d+)\t/g)].map(([, fn, bytes]) => [fn, Number(bytes)]),
      );
      const report = check(fixture(`test/dlmodule/check/depth.${name}.mo`));
      const found = Object.fromEntries(report.details!.stackUse.map((use) => [use.name, use]));
      const chain = own.chain + own.middle + own.bottom;
      expect(chain).toBeGreaterThan(own.chain + own.shallow + own.bottom);
      for (const [fn, bytes] of [
        ["bottom", own.bottom],
        ["middle", own.middle + own.bottom],
        ["shallow", own.shallow + own.bottom],
        ["chain", chain],
        ["main", own.main + chain],
        ["pointer", own.pointer + chain],
      ] as const)
        expect([fn, found[fn].deepest, found[fn].recursion]).toEqual([fn, bytes, undefined]);
      expect(Object.keys(found).filter((fn) => found[fn].throughPointers)).toEqual(["pointer"]);
      expect(found.direct).toMatchObject({ deepest: null, recursion: ["direct"] });
      for (const fn of ["even", "odd", "leads"]) {
        expect(found[fn].deepest).toBeNull();
        expect(found[fn].recursion?.toSorted()).toEqual(["even", "odd"]);
      }
      // Jumps at the end of each other are a loop; Thumb-1 code has none that reach far enough.
      if (name === "t1") expect(found.ping.recursion?.toSorted()).toEqual(["ping", "pong"]);
      else {
        expect(found.ping.recursion).toBeUndefined();
        expect(found.pong.deepest).toBe(Math.max(chain, own.pong, own.ping));
      }
      const text = checkText(report);
      expect(text).toContain(`stack with all calls inside the module: main ${own.main + chain}`);
      expect(text).toMatch(
        /recursion, whose stack has no bound: direct, (even > odd > even|odd > even > odd)/,
      );
    });
});

const binutils = Bun.which("arm-none-eabi-readelf") && Bun.which("arm-none-eabi-size");
test.skipIf(!binutils)("sizes and undefined symbols are binutils'", () => {
  for (const path of ["disk/prebuilt/a9/md5.mo", "disk/prebuilt/a9/cxx.mo"]) {
    const run = (...command: string[]): string =>
      Bun.spawnSync(command, { cwd: root }).stdout.toString();
    const { sizes, imports, entry } = check(fixture(path)).details!;
    const [, row] = run("arm-none-eabi-size", path).split("\n");
    const [text, data, bss] = row.trim().split(/\s+/).map(Number);
    expect([sizes.code + sizes.constants, sizes.data, sizes.bss]).toEqual([text, data, bss]);
    const undefinedNames = [
      ...run("arm-none-eabi-readelf", "-W", "--dyn-syms", path).matchAll(/UND (\w+)/g),
    ];
    expect(imports.map(({ name }) => name)).toEqual(undefinedNames.map(([, name]) => name).sort());
    expect(run("arm-none-eabi-readelf", "-h", path)).toContain(
      `0x${entry!.address.toString(16)}\n`,
    );
  }
});

describe("against a stock 4.0.4", () => {
  const reasons = (path: string): string => check(fixture(path), stock).reasons.join("\n");
  test("md5 of the disk lacks what the real kernel lacked", () => {
    const said = reasons("disk/prebuilt/a9/md5.mo");
    expect(said).toMatch(/^fclose, fopen, fread: files of <stdio.h>: open, read, .*\n/);
    expect(said).toMatch(/\nfree, malloc: heap of the C library: rt_malloc, /);
  });
  test("hello loads", () => {
    expect(check(fixture("disk/prebuilt/a9/hello.mo"), stock).verdict).toBe("loadable");
  });
  test("constructors do not run, large frames do not fit", () => {
    const { warnings } = check(fixture("disk/prebuilt/a9/cxx.mo"), stock);
    expect(warnings.join("\n")).toMatch(/does not run its 1 constructor:/);
    expect(check(fixture("test/dlmodule/check/stack.arm.mo"), stock).warnings.join("\n")).toMatch(
      /huge takes 70\d\d\d bytes of stack; 4.0.4 gives a main thread 2048/,
    );
  });
  test("weak symbols have to be there, unknown relocations are passed over", () => {
    const { file } = makeModule({
      symbols: [{ name: "nowhere", info: 0x20 }, { name: "printf" }],
      relocations: [
        { offset: 0, type: 21, symbol: 1 },
        { offset: 4, type: 26, symbol: 2 },
      ],
      data: new Uint8Array(8),
      entry: 64,
    });
    expect(check(file).verdict).toBe("loadable");
    const report = check(file, stock);
    expect(report.reasons).toEqual([expect.stringMatching(/^nowhere: /)]);
    expect(report.warnings.join()).toMatch(/passes over R_ARM_GOT_BREL \(1 record\)/);
  });
  test("a symbol list of list_symbols, or of a kernel with RTMSymTab", () => {
    const text = "msh />list_symbols\r\nprintf => 0x60012340\r\nrt_malloc => 0x60012350\r\nmsh />";
    expect(readSymbolList(Buffer.from(text))).toEqual(["printf", "rt_malloc"]);
    const firmware = fixture("src/firmware/prebuilt/firmware.elf");
    expect(readSymbolList(firmware)).toEqual([...here.names()]);
    expect(readSymbolList(new Uint8Array(40))).toBeUndefined();
    expect(readSymbolList(Buffer.from("rt_malloc\nown_function\n"))).toEqual([
      "rt_malloc",
      "own_function",
    ]);
    expect(readSymbolList(Buffer.from("hi"))).toBeUndefined();
  });
});

test("libraries that are checked along are found", () => {
  const library = (name: string): Library =>
    libraryOf(name, fixture(`test/dlmodule/libraries/${name}`))!;
  const linked = fixture("test/dlmodule/libraries/linked.mo");
  expect(check(linked).reasons.join()).toMatch(/base_count.*middle/);
  const report = check(linked, here, [library("libbase.so"), library("libmiddle.so")]);
  expect(report.verdict).toBe("loadable");
  const from = Object.fromEntries(report.details!.imports.map((one) => [one.name, one.from]));
  expect(from).toMatchObject({
    base_next: "libbase.so",
    middle: "libmiddle.so",
    shared_name: "libmiddle.so",
    printf: "rtt-sim",
  });
});

test("a value that has no room is found without a board, with the loader's words", () => {
  for (const [type, word, address, said] of [
    [
      8,
      0,
      0x12345678,
      /R_ARM_ABS8\).*has no room for the value of far, 0x12345678: an address needs a word/,
    ],
    [5, 0, 0x12345678, /R_ARM_ABS16\).*has no room.*needs a word/],
    [102, 0xe7fe, 0x12345678, /R_ARM_THM_JUMP11\).*cannot reach far.*bl or b\.w/],
    [8, 0, 0x78, undefined],
    [2, 0, 0x12345678, undefined],
  ] as const) {
    const object = smallObject(type, 0, word, { name: "far", absolute: address });
    const report = check(object);
    const one = new Board({ files: { "/m.mo": object }, ticks: 1 });
    one.do(function* () {
      yield* one.loader.load("/m.mo", { as: "library" });
    });
    const told = one.refused[0]?.reasons ?? [];
    one.close();
    // The check has no address to go by, and says which one it has taken.
    const assumed = / \(assumed: loaded at 0x60200000, the kernel's functions at 0x60040000\)$/;
    expect(report.reasons.every((reason) => assumed.test(reason))).toBeTrue();
    const bare = (text: string) => text.replace(assumed, "").replace(/ at 0x\w+|: it is \d+/g, "");
    expect(report.reasons.map(bare)).toEqual(told.map(bare));
    if (said) expect(report.reasons).toEqual([expect.stringMatching(said)]);
    else expect(report.verdict).toBe("loadable");
  }
});

test("names that would move the cursor are shown by their numbers", () => {
  const hostile = "un\x1b[2Jd\x9bmed";
  const { file } = makeModule({
    symbols: [{ name: hostile }, { name: "idle", info: 0x20 }, { name: "asleep", info: 0x20 }],
    relocations: [0, 1, 2].map((n) => ({ offset: 4 * n, type: 2, symbol: n + 1 })),
    data: new Uint8Array(12),
  });
  const text = checkText({ ...check(file), file: "a\x1b[2Jb.mo" });
  expect(text).toMatch(/^[ -~\n]+$/);
  expect(text).toContain("a\\x1b[2Jb.mo");
  expect(text).toContain("un\\x1b[2Jd\\x9bmed");
  // Weak ones may stay without a definition.
  expect(text).toContain("imports: 3, unresolved 1, 2 weak without a definition\n");
  expect(text).toMatch(/^ +unresolved: un[^,]*$/m);
  expect(text).toMatch(/^ +without a definition: asleep \(weak\), idle \(weak\)$/m);
});

test("files that are no modules", () => {
  for (const bytes of [
    new Uint8Array(0),
    Buffer.from("text"),
    fixture("disk/prebuilt/a9/hello.mo").slice(0, 100),
  ])
    expect(check(bytes)).toMatchObject({ verdict: "malformed", reasons: [expect.any(String)] });
  const { file } = makeModule({
    symbols: [],
    relocations: [],
    data: new Uint8Array(4),
    machine: 243,
  });
  expect(checkText(check(file))).toBe(
    "x.mo: file that rtt-sim would not load\n" +
      "  error: it was built for another processor (EM_RISCV); this system runs EM_ARM\n",
  );
});
