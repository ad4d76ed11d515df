/** The same hello as a bare program for the board that rtt-sim simulates, to be run by qemu-system-arm beside it. */
import { mkdtempSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";

const COMPILER = "arm-none-eabi-gcc";
const QEMU = "qemu-system-arm";

/** The command that runs it; undefined where QEMU or the compiler is not installed. */
export function qemuHello(root: string): string[] | undefined {
  if (!Bun.which(COMPILER) || !Bun.which(QEMU)) return undefined;
  const program = join(mkdtempSync(join(tmpdir(), "rtt-sim-bench-")), "hello.elf");
  const flags = ["-O1", "-mcpu=cortex-a9", "--specs=rdimon.specs", "-Wl,-Ttext=0x60010000"];
  const { exitCode } = Bun.spawnSync([
    COMPILER,
    ...flags,
    join(root, "disk/hello.c"),
    "-o",
    program,
  ]);
  if (exitCode !== 0) return undefined;
  const machine = ["-M", "vexpress-a9", "-m", "64", "-nographic", "-monitor", "none"];
  return [QEMU, ...machine, "-serial", "none", "-semihosting", "-kernel", program];
}
