import { existsSync } from "node:fs";

/** Thumb-2 without floating-point registers: the soft-float ABI of the reference board's modules. */
export const MACHINE = ["-mthumb", "-march=armv7-a", "-mfloat-abi=soft"];

/** Runs a command to its end; a failure ends the build with what it printed. */
export function run(command: string[], options: { cwd?: string } = {}): string {
  const result = Bun.spawnSync(command, { ...options, stdout: "pipe", stderr: "pipe" });
  if (result.exitCode === 0) return result.stdout.toString();
  throw new Error(
    `${command.slice(0, 3).join(" ")} ... failed (${result.exitCode}):\n${result.stderr}${result.stdout.toString().slice(-4000)}`,
  );
}

/** True when everything the build of the firmware needs is there. */
export function toolchainPresent(): boolean {
  return (
    Bun.which("arm-none-eabi-gcc") !== null &&
    Bun.which("make") !== null &&
    existsSync(NEWLIB_ARCHIVE)
  );
}

/** Debian package newlib-source. */
export const NEWLIB_ARCHIVE = "/usr/src/newlib/newlib-3.3.0.tar.xz";

/** The path of one of the compiler's libraries for MACHINE. */
export function compilerLibrary(name: string): string {
  return run(["arm-none-eabi-gcc", ...MACHINE, `-print-file-name=${name}`]).trim();
}
