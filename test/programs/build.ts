/** One C program as a module and as an executable for qemu-arm. */
import { dirname, join } from "node:path";
import { type Output, missing, noToolchain, qemu, tool } from "../cpu/qemu/tools.ts";

/** Why nothing can be compared with qemu-arm here, or undefined. */
export const withoutTools = missing("qemu-arm") ?? noToolchain;

const SYSTEM = join(import.meta.dir, "../cpu/qemu/programs/system.c");

/** As RT-Thread says that modules are built, but for the machine and the optimisation. */
const MODULE =
  "-D__RTTHREAD__ -mlong-calls -fPIC -shared -nostartfiles -nostdlib -static-libgcc -Wl,--gc-sections,-z,max-page-size=0x4 -e main".split(
    " ",
  );
const LINUX =
  "-nostartfiles -static -Wl,-Ttext-segment=0x60010000 -Wl,--no-warn-rwx-segments".split(" ");

export function buildModule(
  sources: readonly string[],
  flags: readonly string[],
  out: string,
): void {
  const prefix = `-ffile-prefix-map=${dirname(sources[0])}/=`;
  tool("gcc", ...flags, prefix, ...MODULE, ...sources, "-o", out);
  tool("strip", "-R", ".hash", "-R", ".comment", out);
}

/** A relocatable object as a module: what `gcc -c` makes, under another name. */
export function buildObject(source: string, flags: readonly string[], out: string): void {
  const prefix = `-ffile-prefix-map=${dirname(source)}/=`;
  tool("gcc", ...flags, prefix, "-D__RTTHREAD__", "-mlong-calls", "-c", source, "-o", out);
  tool("strip", "-g", "-R", ".comment", out);
}

/** What `gcc` is told for a static executable with newlib and just enough of Linux below it. */
export function linuxArguments(
  sources: readonly string[],
  flags: readonly string[],
  out: string,
): string[] {
  return [...flags, ...LINUX, ...sources, SYSTEM, "-lm", "-o", out];
}

export function buildLinux(...what: Parameters<typeof linuxArguments>): void {
  tool("gcc", ...linuxArguments(...what));
}

export function qemuArm(file: string): { status: Output["status"]; stdout: string } {
  const { status, stdout } = qemu(file, 120_000);
  return { status, stdout: Buffer.from(stdout).toString("latin1") };
}
