import { join } from "node:path";
import {
  DEFINES,
  DEVICE_FLAGS,
  M_CFLAGS,
  M_LFLAGS,
  SDK_INCLUDE,
  type Target,
} from "../../disk/toolchain.ts";

export const gcc = Bun.which("arm-none-eabi-gcc");
export const gdb = Bun.which("gdb-multiarch");
export const PROGRAMS = join(import.meta.dir, "programs");

/** Builds a module as documented but unstripped; a `.so` has no entry. */
export function compile(
  source: string,
  output: string,
  { target = "a9", flags = ["-g", "-O0"] }: { target?: Target; flags?: readonly string[] } = {},
): string {
  const command = [
    gcc as string,
    ...DEVICE_FLAGS[target],
    ...M_CFLAGS,
    ...DEFINES,
    "-w",
    ...flags,
    `-I${SDK_INCLUDE}`,
    ...M_LFLAGS,
    "-e",
    output.endsWith(".so") ? "0" : "main",
    source,
    "-o",
    output,
  ];
  const { exitCode, stderr } = Bun.spawnSync(command, { stdout: "pipe", stderr: "pipe" });
  if (exitCode !== 0) throw new Error(`${command.join(" ")}\n${stderr.toString()}`);
  return output;
}
