/**
 * Builds the firmware: `bun src/firmware/build.ts [--out FILE] [--work DIRECTORY] [--check]`; with `--fixtures` the programs of its tests.
 * With --check nothing that is checked in is written; the exit code is 1 when what is built differs from it.
 *
 * Needs the Debian packages gcc-arm-none-eabi, libstdc++-arm-none-eabi-newlib, newlib-source and make. The result is
 * the same, bit for bit, wherever it is built; it is checked in, so that using or building the simulator needs no toolchain.
 * The first run compiles newlib (about a minute) into .cache/.
 */
import { scriptOptions } from "../cli/script-options.ts";
import { mkdirSync, readdirSync, readFileSync, statSync, writeFileSync } from "node:fs";
import { buildTestPrograms } from "./build/fixtures.ts";
import { kernelNames } from "./build/kernel-names.ts";
import { buildNewlib } from "./build/newlib.ts";
import { hardFloatEntries } from "./build/hard-float.ts";
import { exported, type Library } from "./build/policy.ts";
import { floatPrototypes } from "./build/prototypes.ts";
import { bootedData } from "./build/booted.ts";
import { tables } from "./build/tables.ts";
import { compilerLibrary, MACHINE, run } from "./build/toolchain.ts";

const here = new URL(".", import.meta.url).pathname;
const root = new URL("../..", import.meta.url).pathname;
const { values } = scriptOptions(
  "bun src/firmware/build.ts [--out FILE] [--work DIRECTORY] [--fixtures] [--check]",
  {
    options: {
      out: { type: "string" },
      work: { type: "string" },
      fixtures: { type: "boolean" },
      check: { type: "boolean" },
    },
  },
);
const check = values.check === true;
const work = values.work ?? `${root}.cache/firmware`;
const checkedIn = `${here}prebuilt/firmware.elf`;
const out = values.out ?? (check ? `${work}/firmware.elf` : checkedIn);

/** Functions whose callers in the libraries get ours, which in turn may call the original. */
const WRAPPED = [
  "printf",
  "_vfprintf_r",
  "vfprintf",
  "_vfiprintf_r",
  "vfiprintf",
  "__sfvwrite_r",
  "__swbuf_r",
  "_putc_r",
  "putc",
  "_fputc_r",
  "fputc",
  "putchar",
  "_puts_r",
  "puts",
  "_freopen_r",
  "freopen",
  "_fclose_r",
  "fclose",
  "_tzset_unlocked_r",
  "_tzset_r",
];

const CFLAGS = [
  "-std=gnu11",
  "-O2",
  ...MACHINE,
  "-Wall",
  "-Wextra",
  "-Wno-missing-field-initializers",
  "-Wno-override-init",
  "-Werror",
  "-fno-builtin",
  "-ffunction-sections",
  "-fdata-sections",
  "-funwind-tables",
];

/** What no program calls often. */
const SMALL = [
  "boot.c",
  "cxx.c",
  "exit.c",
  "fnmatch.c",
  "lock.c",
  "more.c",
  "path.c",
  "syscalls.c",
  "time.c",
];

/** What takes in a source of newlib's. */
const OF_NEWLIB = ["format.c"];

if (values.fixtures === true) {
  const same = buildTestPrograms(`${root}test/firmware/`, check);
  process.exit(same ? 0 : 1);
}

mkdirSync(work, { recursive: true });
const newlib = buildNewlib(`${root}.cache/`);
const libsupcxx = compilerLibrary("libsupc++.a");
const libgcc = compilerLibrary("libgcc.a");

const objects = readdirSync(`${here}guest`)
  .filter((file) => file.endsWith(".c"))
  .sort()
  .map((file) => {
    const object = `${work}/${file.replace(".c", ".o")}`;
    const source = `${here}guest/${file}`;
    const maps = [`-ffile-prefix-map=${here}=`, `-ffile-prefix-map=${root}=`];
    const size = SMALL.includes(file) ? ["-Os"] : [];
    const theirs = OF_NEWLIB.includes(file) ? newlib.stdio : [];
    run([
      "arm-none-eabi-gcc",
      ...CFLAGS,
      ...size,
      ...theirs,
      ...newlib.include,
      ...maps,
      "-c",
      source,
      "-o",
      object,
    ]);
    return object;
  });
objects.push(exceptionAllocator());

const kernel = kernelNames();
const library = publicNames();
const passingFloats = floatPrototypes(work, newlib.include)
  .filter(({ name }) => library.includes(name))
  .sort((a, b) => (a.name < b.name ? -1 : 1));
writeFileSync(`${work}/tables.s`, tables(kernel, library) + hardFloatEntries(passingFloats));
run(["arm-none-eabi-as", "-march=armv7-a", `${work}/tables.s`, "-o", `${work}/tables.o`]);

run([
  "arm-none-eabi-gcc",
  ...MACHINE,
  "-nostdlib",
  "-static",
  `-Wl,-T,${here}firmware.ld,--gc-sections,--build-id=none,--no-warn-rwx-segments`,
  ...WRAPPED.map((name) => `-Wl,--wrap=${name}`),
  "-o",
  `${work}/linked.elf`,
  `${work}/tables.o`,
  ...objects,
  "-Wl,--start-group",
  newlib.libc,
  newlib.libm,
  libsupcxx,
  libgcc,
  "-Wl,--end-group",
]);
run([
  "arm-none-eabi-objcopy",
  "--strip-debug",
  "--wildcard",
  "--strip-symbol=$*",
  "--strip-symbol=.L*",
  "--strip-symbol=_rtt_svc_write",
  `${work}/linked.elf`,
  `${work}/stripped.elf`,
]);
/** What stands for a function of the library has its name, in backtraces and for breakpoints, unless that is there as well. */
const there = new Set(definedSymbols([`${work}/stripped.elf`]));
const named = WRAPPED.filter((name) => there.has(`__wrap_${name}`) && !there.has(name));
const booted = bootedData(readFileSync(`${work}/stripped.elf`));
run([
  "arm-none-eabi-objcopy",
  "--set-section-flags=.bss=alloc,load,contents,data",
  ...named.map((name) => `--redefine-sym=__wrap_${name}=${name}`),
  ...Object.entries(booted).map(([section, bytes]) => {
    writeFileSync(`${work}/booted${section}`, bytes);
    return `--update-section=${section}=${work}/booted${section}`;
  }),
  `${work}/stripped.elf`,
  out,
]);

console.log(run(["arm-none-eabi-size", "-A", out]).trim());
console.log(
  `${out}: ${statSync(out).size} bytes, ${kernel.length} stubs, ${library.length} library symbols, ${passingFloats.length} of them with entries for hard float`,
);
if (check && !readFileSync(out).equals(readFileSync(checkedIn))) {
  console.error(`differs: src/firmware/prebuilt/firmware.elf`);
  process.exit(1);
}

/** What the libraries and the guest sources offer and the policy lets out, without what the kernel provides itself. */
function publicNames(): string[] {
  const names = new Set<string>();
  const add = (lib: Library, files: string[]) => {
    for (const name of definedSymbols(files)) if (exported(lib, name)) names.add(name);
  };
  add("libc", [newlib.libc]);
  add("libm", [newlib.libm]);
  add("libsupc++", [libsupcxx]);
  add("libgcc", [libgcc]);
  add("guest", objects);
  for (const name of kernel) names.delete(name);
  return [...names];
}

function definedSymbols(files: string[]): string[] {
  return run(["arm-none-eabi-nm", "--extern-only", "--defined-only", "--format=posix", ...files])
    .split("\n")
    .map((line) => line.split(" "))
    .filter(([, type]) => type && "TDBRWVC".includes(type))
    .map(([name]) => name);
}

/** eh_alloc.o of libsupc++ with its memory from rtt_exception_malloc (guest/cxx.c). */
function exceptionAllocator(): string {
  run(["arm-none-eabi-ar", "x", libsupcxx, "eh_alloc.o"], { cwd: work });
  const object = `${work}/eh_alloc.o`;
  run(["arm-none-eabi-objcopy", "--redefine-sym", "malloc=rtt_exception_malloc", object]);
  return object;
}
