import { describe, expect, test } from "bun:test";
import { join } from "node:path";
import { explainMissing, LoadError, type LoadPlan, planLoad } from "../../src/dlmodule/mod.ts";
import { moduleName } from "../../src/dlmodule/module.ts";
import { ElfImage, PT } from "../../src/elf/mod.ts";
import { makeModule } from "../elf/make-module.ts";

const root = join(import.meta.dir, "../..");
const hello = new Uint8Array(await Bun.file(join(root, "disk/prebuilt/a9/hello.mo")).arrayBuffer());

function plan(file: Uint8Array, compat404 = false): LoadPlan {
  return planLoad(new ElfImage(file), { compat404 });
}

/** The file with words of a program header changed; `n` counts PT_LOADs. */
function withLoad(n: number, field: number, value: number): Uint8Array {
  const file = hello.slice();
  const { segments } = new ElfImage(hello);
  const { index } = segments.filter(({ type }) => type === PT.LOAD)[n];
  new DataView(file.buffer).setUint32(52 + 32 * index + 4 * field, value, true);
  return file;
}
const VADDR = 2;
const MEMSZ = 5;

function refusal(file: Uint8Array, compat404 = false): LoadError {
  try {
    plan(file, compat404);
  } catch (error) {
    if (error instanceof LoadError) return error;
    throw error;
  }
  throw new Error("it was not refused");
}

test("the block spans the segments, the entry is main", () => {
  const image = new ElfImage(hello);
  const { start, size, entry, segments } = plan(hello);
  const loads = image.segments.filter(({ type }) => type === PT.LOAD);
  const last = loads[loads.length - 1];
  expect(start).toBe(loads[0].vaddr);
  expect(size).toBe(last.vaddr + last.memsz - loads[0].vaddr);
  const symbols = image.dynamicSymbols()!;
  expect(entry).toBe(symbols.value(symbols.find("main")));
  expect(segments.map(({ writable }) => writable)).toEqual([false, true]);
});

describe("console texts of the original", () => {
  test("a segment with fewer bytes in memory than in the file", () => {
    const { filesz } = new ElfImage(hello).segments[0];
    const error = refusal(withLoad(0, MEMSZ, 1));
    expect(error.console).toBe(`invalid elf: segment 0: p_memsz: 1, p_filesz: ${filesz}\n`);
    expect(error.message).toMatch(/segment 0 has \d+ bytes in the file but only 1 in memory/);
  });
  test("overlapping segments", () => {
    expect(refusal(withLoad(1, VADDR, 0)).console).toBe(
      "\x1b[31m[E/DLMD] invalid elf: segment should be sorted and not overlapped\n\x1b[0m\n",
    );
  });
  test("nothing to load", () => {
    const { file } = makeModule({ symbols: [], relocations: [], data: new Uint8Array(4) });
    for (const n of [0, 1]) new DataView(file.buffer).setUint32(52 + 32 * n, 0, true);
    expect(refusal(file).console).toBe("\x1b[31m[E/DLMD] Module: size error\n\x1b[0m\n");
  });
  test("an address that wraps around", () => {
    expect(refusal(withLoad(1, MEMSZ, 0xffffff00)).console).toMatch(
      /^\x1b\[31m\[E\/DLMD\] invalid elf: segment \d address overflow\n\x1b\[0m\n$/,
    );
  });
  test("an executable", () => {
    const { file } = makeModule({ symbols: [], relocations: [], data: new Uint8Array(4), type: 2 });
    const error = refusal(file);
    expect(error.console).toBe("Module: unsupported elf type\n");
    expect(error.message).toMatch(/ET_EXEC.*-shared -fPIC/);
  });
  test("a gap between segments is only a warning", () => {
    const image = new ElfImage(hello);
    const loads = image.segments.filter(({ type }) => type === PT.LOAD);
    const file = withLoad(1, VADDR, loads[1].vaddr + 0x1000);
    expect(plan(file).warnings).toEqual([
      `\x1b[33m[W/DLMD] warning: too much padding before segment ${loads[1].index}\x1b[0m\n`,
    ]);
  });
});

test("a module for another processor is refused by its name; 4.0.4 does not look", () => {
  const spec = { symbols: [], relocations: [], data: new Uint8Array(4), machine: 243 };
  const { file } = makeModule(spec);
  expect(refusal(file).message).toMatch(/EM_RISCV/);
  expect(plan(file, true).size).toBeGreaterThan(0);
});

test("hidden and local symbols are not exported, weak and data symbols are", () => {
  const { file } = makeModule({
    symbols: [
      { name: "local", value: 64, info: 0x02, shndx: 4 },
      { name: "global", value: 68, info: 0x12, shndx: 4 },
      { name: "weak", value: 72, info: 0x22, shndx: 4 },
      { name: "data", value: 76, info: 0x11, shndx: 4 },
      { name: "hidden", value: 80, info: 0x12, shndx: 4, other: 2 },
      { name: "undefined", info: 0x12 },
    ],
    relocations: [],
    data: new Uint8Array(4),
  });
  const { exports, functions } = plan(file);
  expect([...exports.keys()]).toEqual(["global", "weak", "data"]);
  // 4.0.4 enters every global function, undefined ones too.
  expect(functions.map(({ name }) => name)).toEqual(["global", "hidden", "undefined"]);
});

test("names of modules", () => {
  const names = ["hello.mo", "/mo/a.b.mo", "/bin/longmodulename.mo", "/dir.d/plain", "/x/.mo"];
  expect(names.map(moduleName)).toEqual(["hello", "a.b", "longmodu", "plain", ""]);
});

describe("missing symbols are explained", () => {
  const exported = ["rt_thread_create", "rt_kprintf", "printf", "malloc"];
  const symbols = {
    lookup: () => 0,
    entries: () => exported.map((name) => ({ name, address: 1 })),
    nearest: () => undefined,
  };
  const cases: [string, RegExp][] = [
    ["__aeabi_uidiv", /add -lgcc/],
    ["__udivdi3", /add -lgcc/],
    ["_Znwj", /operator new/],
    [
      "_ZTVN10__cxxabiv120__si_class_type_infoE",
      /-r -nostdlib .* -lstdc\+\+ in place|-r -nostdlib/,
    ],
    ["__cxa_guard_acquire", /-fno-threadsafe-statics/],
    ["_Unwind_Resume", /-fno-exceptions/],
    ["__errno", /rt_get_errno/],
    ["_ctype_", /isdigit\(\).*compare/],
    ["_impure_ptr", /stdin, stdout or stderr/],
    ["strtok", /RTM_EXPORT/],
    ["sqrtf", /RTM_EXPORT/],
    ["_ZN3Foo3barEv", /source file that defines it/],
    ["_GLOBAL_OFFSET_TABLE_", /-shared/],
    ["__errno_location", /glibc/],
    ["rt_cpus_lock", /uniprocessor/],
    ["rt_thread_creat", /did you mean rt_thread_create\?/],
    ["no_such_function", /not exported by the kernel and not defined in the module/],
  ];
  for (const [name, text] of cases)
    test(name, () => {
      const [line] = explainMissing([name], symbols);
      expect(line).toContain(name);
      expect(line).toMatch(text);
    });
  test("symbols with one cause share a line", () => {
    expect(explainMissing(["__aeabi_idiv", "strange", "__aeabi_dadd"], symbols)).toEqual([
      "__aeabi_idiv, __aeabi_dadd: arithmetic helper of the compiler: add -lgcc at the end of the link line",
      "strange: not exported by the kernel and not defined in the module",
    ]);
  });
});
