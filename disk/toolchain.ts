/**
 * The documented way of building a module, as data: RT-Thread's module flags for each kind of processor, and the three
 * commands (compile, link, strip) that follow from them. docs/building-modules.md shows the same commands for a shell.
 */
import { chmodSync, existsSync, mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { basename, dirname, join } from "node:path";

export const ROOT = join(import.meta.dir, "..");
export const SDK_INCLUDE = join(ROOT, "src/sdk/include");

/** The compiler whose output is checked in; another one makes other bytes. */
export const TOOLCHAIN = "arm-none-eabi-gcc (15:12.2.rel1-1) 12.2.1 20221205";

/** `.mo` has an entry, `.so` has none, a relocatable `.mo` is a bare object file under the name of a module. */
export type Kind = "mo" | "so" | "rel";

export type Target = "a9" | "thumb" | "m0" | "hard";

export const DEVICE_FLAGS: Record<Target, readonly string[]> = {
  a9: ["-march=armv7-a", "-marm", "-msoft-float"],
  thumb: ["-mcpu=cortex-m4", "-mthumb", "-msoft-float"],
  m0: ["-mcpu=cortex-m0", "-mthumb", "-msoft-float"],
  hard: ["-mcpu=cortex-m4", "-mthumb", "-mfpu=fpv4-sp-d16", "-mfloat-abi=hard"],
};

const C_FLAGS = ["-Wall", "-g", "-gdwarf-2", "-O0"];
const CXX_FLAGS = ["-Woverloaded-virtual", "-fno-exceptions", "-fno-rtti"];
export const M_CFLAGS = ["-mlong-calls", "-fPIC"];
export const M_LFLAGS = [
  "-Wl,--gc-sections,-z,max-page-size=0x4",
  "-shared",
  "-fPIC",
  "-nostartfiles",
  "-nostdlib",
  "-static-libgcc",
];
export const DEFINES = [
  "-D_POSIX_C_SOURCE=199309L",
  "-D__RTTHREAD__",
  "-DRT_USING_NEWLIB",
  "-DHAVE_CCONFIG_H",
];

export interface ModuleJob {
  /** C or C++ file. */
  readonly source: string;
  readonly output: string;
  readonly target: Target;
  readonly kind: Kind;
  /** Compiler flags after the documented ones, so that a later -O wins. */
  readonly cflags?: readonly string[];
  /** Libraries after the object file. */
  readonly libs?: readonly string[];
  /** Symbols and debugging information stay. */
  readonly whole?: boolean;
}

/** The commands of one module; the first two run in the folder of the source, so that no path gets into the file. */
export function commands(job: ModuleJob, object: string): string[][] {
  const cxx = /\.cpp$/.test(job.source);
  const device = DEVICE_FLAGS[job.target];
  const compile = [
    cxx ? "arm-none-eabi-g++" : "arm-none-eabi-gcc",
    ...device,
    ...C_FLAGS,
    ...(cxx ? CXX_FLAGS : []),
    ...M_CFLAGS,
    ...(job.cflags ?? []),
    ...DEFINES,
    `-I${SDK_INCLUDE}`,
    `-ffile-prefix-map=${ROOT}=.`,
    "-c",
    basename(job.source),
    "-o",
    job.kind === "rel" ? job.output : object,
  ];
  if (job.kind === "rel") return [compile, ["arm-none-eabi-strip", "-g", job.output]];
  const link = [
    "arm-none-eabi-gcc",
    ...device,
    ...M_LFLAGS,
    "-e",
    job.kind === "so" ? "0" : "main",
    object,
    ...(job.libs ?? []),
    "-o",
    job.output,
  ];
  if (job.whole) return [compile, link];
  return [compile, link, ["arm-none-eabi-strip", "-R", ".hash", job.output]];
}

export class ToolError extends Error {}

/** Builds one module; throws a ToolError with the compiler's text. */
export function build(job: ModuleJob): void {
  const work = mkdtempSync(join(tmpdir(), "module-"));
  try {
    for (const command of commands(job, join(work, "module.o"))) {
      const run = Bun.spawnSync(command, {
        cwd: dirname(job.source),
        stdout: "pipe",
        stderr: "pipe",
      });
      if (run.exitCode !== 0) {
        throw new ToolError(`${job.source}: ${command.join(" ")}\n${run.stderr.toString()}`);
      }
    }
    chmodSync(job.output, 0o644);
  } finally {
    rmSync(work, { recursive: true, force: true });
  }
}

/** The first line of `arm-none-eabi-gcc --version`, or undefined when there is no such compiler. */
export function toolchain(): string | undefined {
  if (!Bun.which("arm-none-eabi-gcc") || !Bun.which("arm-none-eabi-g++")) return undefined;
  if (!existsSync(SDK_INCLUDE)) return undefined;
  const run = Bun.spawnSync(["arm-none-eabi-gcc", "--version"], { stdout: "pipe" });
  return run.stdout.toString().split("\n")[0];
}
