/** Start-up of the binary against that of a compiled program that does nothing: CPU time of whole processes, in turn. */
import { existsSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { median } from "./figure.ts";

const ROUNDS = 25;
const root = join(import.meta.dir, "..");
const binary = join(root, "rtt-sim");

function cpuOf(command: string[]): number {
  const { resourceUsage, exitCode } = Bun.spawnSync(command, { cwd: root, stderr: "ignore" });
  if (exitCode !== 0) throw new Error(`${command.join(" ")} exited with ${exitCode}`);
  return Number(resourceUsage.cpuTime.total);
}

/** CPU time of `rtt-sim ARGV` over that of the empty program; medians. */
export function startRatio(argv: readonly string[]): number {
  if (!existsSync(binary)) throw new Error("no ./rtt-sim: run bun src/build.ts first");
  const folder = mkdtempSync(join(tmpdir(), "rtt-sim-start-"));
  try {
    const source = join(folder, "empty.ts");
    const empty = join(folder, "empty");
    writeFileSync(source, "export {};\n");
    cpuOf([process.execPath, "build", "--compile", "--bytecode", source, "--outfile", empty]);
    const rounds = Array.from({ length: ROUNDS }, () => [cpuOf([binary, ...argv]), cpuOf([empty])]);
    return median(rounds.map(([a]) => a)) / median(rounds.map(([, b]) => b));
  } finally {
    rmSync(folder, { recursive: true });
  }
}
