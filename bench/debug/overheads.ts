import { existsSync, mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";

const ROOT = join(import.meta.dir, "../..");
const MODULE = join(ROOT, "disk/prebuilt/a9/bench.mo");

/** What the same run costs with and without. */
export const VARIANTS = ["plain", "gdb attached", "profile", "coverage"] as const;
export type Variant = (typeof VARIANTS)[number];

/** CPU seconds of one process that runs the benchmark module for so many rounds. */
export async function cpuSeconds(
  variant: Variant,
  rounds: number,
  engine: "auto" | "interp",
): Promise<number> {
  const dir = mkdtempSync(join(tmpdir(), "rtt-bench-"));
  try {
    const socket = join(dir, "gdb");
    const options: Record<Variant, readonly string[]> = {
      plain: [],
      "gdb attached": ["--gdb", `unix:${socket}`, "--gdb-wait"],
      profile: ["--profile", join(dir, "out.folded")],
      coverage: ["--coverage", join(dir, "out.info")],
    };
    const child = Bun.spawn(
      [
        process.execPath,
        join(ROOT, "src/main.ts"),
        "run",
        ...(engine === "auto" ? [] : ["--engine", engine]),
        ...options[variant],
        MODULE,
        String(rounds),
      ],
      { stdin: "ignore", stdout: "ignore", stderr: "ignore" },
    );
    if (variant === "gdb attached") await runFree(socket);
    if ((await child.exited) !== 0) throw new Error(`${variant}: the run failed`);
    return Number(child.resourceUsage()?.cpuTime.total ?? 0) / 1e6;
  } finally {
    rmSync(dir, { recursive: true, force: true });
  }
}

/** What the benchmark module costs with a variant, as a multiple of what it costs without: the best of some runs of each, in turns. */
export async function overhead(variant: Variant, rounds: number, runs: number): Promise<number> {
  const best = { plain: Infinity, with: Infinity };
  for (let n = 0; n < runs; n++) {
    best.plain = Math.min(best.plain, await cpuSeconds("plain", rounds, "auto"));
    best.with = Math.min(best.with, await cpuSeconds(variant, rounds, "auto"));
  }
  return best.with / best.plain;
}

/** A debugger that says "continue" and waits. */
async function runFree(socket: string): Promise<void> {
  while (!existsSync(socket)) await Bun.sleep(5);
  await Bun.connect({
    unix: socket,
    socket: {
      open: (connection) => void connection.write("+$vCont;c#a8"),
      data: (connection, bytes) => {
        // New modules are reported; the run goes on.
        if (bytes.toString("latin1").includes("library:")) connection.write("+$vCont;c#a8");
      },
    },
  });
}
