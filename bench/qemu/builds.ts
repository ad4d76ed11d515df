/** The kernels as programs for everything they are compared on. */
import { join } from "node:path";

const KERNELS_FOLDER = join(import.meta.dir, "kernels");
const SDK = join(import.meta.dir, "../../src/sdk/include");

/** Names in the order of kernels.inc, with how often each repeats its work in one sample: about 0.1 s under qemu-arm. */
export const KERNELS: Readonly<Record<string, number>> = {
  sieve: 3000,
  crc32: 12000,
  matmul: 3000,
  recursion: 5000,
  bytes: 7000,
  sorting: 1500,
  list: 15000,
  machine: 50000,
  hash: 4000,
  fft: 1500,
  nbody: 3000,
  mandelbrot: 150,
  sha256: 15000,
  indirect: 5000,
  hostcalls: 300,
};
/** The same in the order of floats.inc: what programs calculate with floating point, and what the C library does. */
export const FLOATS: Readonly<Record<string, number>> = {
  dotf: 20000,
  dotd: 20000,
  scale: 20000,
  matf: 400,
  matd: 400,
  fir: 1000,
  iir: 4000,
  fftf: 1000,
  horner: 5000,
  lengths: 20000,
  controller: 10000,
  variance: 10000,
  sines: 1000,
  exponents: 300,
  singles: 1000,
  numerals: 5000,
  parsing: 20000,
};
/** Of these, the ones whose results depend on the C library. */
export const LIBRARY_KERNELS: readonly string[] = [
  "sines",
  "exponents",
  "singles",
  "numerals",
  "parsing",
];
/** Those of KERNELS with floating point. */
export const FLOAT_KERNELS: readonly string[] = ["nbody", "mandelbrot"];
/** On the board and in clang's WebAssembly there is no system to call: a function that returns at once says nothing. */
export const SYSTEM_KERNELS: readonly string[] = ["hostcalls"];

/** A set of kernels: KERNELS or FLOATS. */
export type KernelSet = "kernels" | "floats";
const CORE: Readonly<Record<KernelSet, readonly string[]>> = {
  kernels: ["integers.c", "calls.c", "structures.c", "numbers.c"],
  floats: ["floats.c"],
};
const list = (set: KernelSet): string => `-DKERNEL_LIST="${set}.inc"`;
const PORTABLE = "-O2 -ffp-contract=off -fno-math-errno -fwrapv -w".split(" ");
/** -fno-builtin as in RT-Thread's builds of modules: loops stay loops. */
const LOOPS = ["-fno-tree-loop-distribute-patterns"];

/** RT-Thread's flags for modules, with -O2 and with floating-point instructions. */
const MODULE_MACHINE: Readonly<Record<string, string>> = {
  a32: "-march=armv7-a -marm -mfpu=vfpv3 -mfloat-abi=softfp",
  thumb: "-mcpu=cortex-m4 -mthumb -msoft-float",
  soft: "-march=armv7-a -marm -msoft-float",
  m4: "-mcpu=cortex-m4 -mthumb -mfpu=fpv4-sp-d16 -mfloat-abi=softfp",
};
const MODULE =
  "-mlong-calls -fPIC -D__RTTHREAD__ -DRT_USING_NEWLIB -DHAVE_CCONFIG_H -shared -nostartfiles -nostdlib -static-libgcc -Wl,--gc-sections,-z,max-page-size=0x4 -e main".split(
    " ",
  );

export type Isa = "a32" | "thumb" | "soft" | "m4";

function run(command: string[]): void {
  const { exitCode, stderr } = Bun.spawnSync(command, { stdout: "ignore", stderr: "pipe" });
  if (exitCode !== 0) throw new Error(`${command.join(" ")}: ${exitCode}\n${stderr}`);
}
const sources = (...names: string[]): string[] => names.map((name) => join(KERNELS_FOLDER, name));

export function buildModule(isa: Isa, out: string, set: KernelSet = "kernels"): void {
  const machine = MODULE_MACHINE[isa].split(" ");
  const files = sources(...CORE[set], "main.c", "module.c");
  const prefix = `-ffile-prefix-map=${KERNELS_FOLDER}/=`;
  run([
    ...["arm-none-eabi-gcc", ...machine, ...PORTABLE, ...LOOPS, ...MODULE, `-I${SDK}`, prefix],
    ...[list(set), ...files, "-o", out],
  ]);
  run(["arm-none-eabi-strip", "-R", ".hash", "-R", ".comment", out]);
}

/** A shared library with all kernels, for bench/workload. */
export function buildLibrary(out: string): void {
  const machine = MODULE_MACHINE.a32.split(" ");
  const own = MODULE.map((flag) => (flag === "main" ? "0" : flag));
  const prefix = `-ffile-prefix-map=${KERNELS_FOLDER}/=`;
  run([
    ...["arm-none-eabi-gcc", ...machine, ...PORTABLE, ...LOOPS, ...own, `-I${SDK}`, prefix],
    ...[list("kernels"), ...sources(...CORE.kernels, "module.c", "main.c"), "-o", out],
  ]);
  run(["arm-none-eabi-strip", "-R", ".hash", "-R", ".comment", out]);
}

/** For qemu-arm. */
export function buildLinux(isa: Isa, out: string, set: KernelSet = "kernels"): void {
  const machine = MODULE_MACHINE[isa].split(" ");
  const own = ["-nostartfiles", "-static", "-Wl,-Ttext-segment=0x60010000"];
  const system = join(import.meta.dir, "../../test/cpu/qemu/programs/system.c");
  run([
    ...["arm-none-eabi-gcc", ...machine, ...PORTABLE, ...LOOPS, ...own],
    ...[
      "-Wl,--no-warn-rwx-segments",
      list(set),
      ...sources(...CORE[set], "main.c", "linux.c"),
      system,
    ],
    ...["-o", out, "-lm"],
  ]);
}

/** For mps2-an385 of qemu-system-arm: a Cortex-M3, without floating-point instructions. */
export function buildBoard(out: string): void {
  const own = ["-mcpu=cortex-m3", "-mthumb", "-ffreestanding", "-nostdlib"];
  const script = `-Wl,-T,${join(KERNELS_FOLDER, "semihosting.ld")},--no-warn-rwx-segments`;
  const files = [list("kernels"), ...sources(...CORE.kernels, "main.c", "semihosting.c")];
  run([
    ...["arm-none-eabi-gcc", ...own, ...PORTABLE, ...LOOPS, script, ...files],
    ...["-lgcc", "-lc", "-o", out],
  ]);
}

export function buildNative(out: string, set: KernelSet = "kernels"): void {
  const files = [list(set), ...sources(...CORE[set], "main.c", "linux.c")];
  run(["gcc", ...PORTABLE, ...LOOPS, ...files, "-o", out, "-lm"]);
}

/** Throws when the clang that is installed makes no WebAssembly. */
export function buildWasm(out: string, set: KernelSet = "kernels"): void {
  // Copies of structures are instructions: there is no library to call.
  const own = ["--target=wasm32", "-nostdlib", "-mbulk-memory", "-Wl,--no-entry,--export-all"];
  const flags = "-O2 -fno-builtin -fno-math-errno -fwrapv -ffp-contract=off -w".split(" ");
  run(["clang", ...own, ...flags, list(set), ...sources(...CORE[set], "wasm.c"), "-o", out]);
}

/** Of what is installed here, why a side is left out; undefined: it can be built. */
export function missing(side: "qemu-arm" | "qemu-system" | "native" | "wasm"): string | undefined {
  const tools = {
    "qemu-arm": ["qemu-arm", "arm-none-eabi-gcc"],
    "qemu-system": ["qemu-system-arm", "arm-none-eabi-gcc"],
    native: ["gcc"],
    wasm: ["clang", "wasm-ld"],
  }[side];
  const absent = tools.filter((tool) => !Bun.which(tool));
  return absent.length > 0 ? `${absent.join(", ")} not installed` : undefined;
}

export const kernelNames = Object.keys(KERNELS);
