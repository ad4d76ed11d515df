/** The shell as a person and a pipe have it: the compiled binary on a terminal and at a pipe. */
import { copyFileSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { type Figure, figure, type Section } from "../figure.ts";

const root = join(import.meta.dir, "../..");
const binary = join(root, "rtt-sim");
const PROMPT = "msh />";
const KEYS = "abcdefghij";

/** A binary at its prompt, on a pseudo terminal. */
class Terminal {
  private seen = "";
  private wanted: { text: string; resolve: (time: number) => void } | undefined;
  private readonly terminal: Bun.Terminal;
  private readonly child: Bun.Subprocess;

  constructor(argv: readonly string[]) {
    this.terminal = new Bun.Terminal({
      cols: 80,
      rows: 24,
      data: (_terminal, bytes) => {
        const now = performance.now();
        this.seen += Buffer.from(bytes).toString("latin1");
        if (!this.wanted || !this.seen.includes(this.wanted.text)) return;
        const { resolve } = this.wanted;
        this.wanted = undefined;
        this.seen = "";
        resolve(now);
      },
    });
    this.child = Bun.spawn([binary, "--history", "0", "--snapshot", ...argv, "disk/disk.img"], {
      cwd: root,
      terminal: this.terminal,
    });
  }

  /** When the text has come back. */
  sees(text: string): Promise<number> {
    return new Promise((resolve) => {
      this.wanted = { text, resolve };
    });
  }

  /** Milliseconds from typing to seeing. */
  async takes(typed: string, text: string): Promise<number> {
    const seen = this.sees(text);
    const start = performance.now();
    this.terminal.write(typed);
    return (await seen) - start;
  }

  async close(): Promise<void> {
    this.child.kill("SIGKILL");
    await this.child.exited;
    this.terminal.close();
  }
}

async function typing(
  editing: string,
  rounds: number,
): Promise<{ keys: number[]; lines: number[] }> {
  const terminal = new Terminal(["--editing", editing]);
  await terminal.sees(PROMPT);
  const [keys, lines]: [number[], number[]] = [[], []];
  for (let round = 0; round < rounds; round++) {
    for (const key of KEYS) keys.push(await terminal.takes(key, key));
    await terminal.takes("\x7f".repeat(KEYS.length - 3), "\b");
    await terminal.takes("\r", PROMPT);
    await Bun.sleep(5);
    await terminal.takes("pwd", "pwd");
    lines.push(await terminal.takes("\r", PROMPT));
  }
  await terminal.close();
  return { keys, lines };
}

/** One megabyte through the console: whole runs with and without it. */
function output(rounds: number): number[] {
  const dir = mkdtempSync(join(tmpdir(), "bench-shell-"));
  try {
    const image = join(dir, "disk.img");
    copyFileSync(join(root, "disk/disk.img"), image);
    const line = `${"0123456789abcdef".repeat(4).slice(0, 63)}\n`;
    writeFileSync(join(dir, "big.txt"), line.repeat(16384));
    const run = (...argv: string[]): { cpu: number; size: number } => {
      const { stdout, exitCode, resourceUsage } = Bun.spawnSync([binary, ...argv, image]);
      if (exitCode !== 0) throw new Error(`${argv.join(" ")}: exit code ${exitCode}`);
      return { cpu: Number(resourceUsage.cpuTime.total) / 1000, size: stdout.length };
    };
    const copied = Bun.spawnSync([binary, "disk", "cp", join(dir, "big.txt"), `${image}:/big.txt`]);
    if (copied.exitCode !== 0) throw new Error(`disk cp: ${copied.stderr.toString()}`);
    return Array.from({ length: rounds }, () => {
      const without = run("-c", "pwd");
      const { cpu, size } = run("-c", "cat big.txt");
      if (size < 1048576) throw new Error(`${size} bytes of output`);
      return cpu - without.cpu;
    });
  } finally {
    rmSync(dir, { recursive: true });
  }
}

export const section: Section = {
  question: "How fast does the shell answer?",
  async figures(quick) {
    const rounds = quick ? 10 : 50;
    const figures: Figure[] = [];
    for (const editing of ["plain", "rich"]) {
      const { keys, lines } = await typing(editing, rounds);
      figures.push(
        figure(`key to echo, ${editing}`, "ms", keys, `median of ${keys.length} keys on a pty`),
        figure(`command to prompt, ${editing}`, "ms", lines, "Enter behind pwd to the prompt"),
      );
    }
    const runs = output(quick ? 5 : 20);
    figures.push(
      figure(
        "1 MiB of output to a pipe",
        "ms",
        runs,
        "processor time of a cat less that of a run without it",
      ),
    );
    return figures;
  },
};

if (import.meta.main) {
  for (const { name, value, unit, range } of await section.figures(true))
    console.log(name, value.toFixed(2), unit, range);
}
