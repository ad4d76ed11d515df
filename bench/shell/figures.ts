/** The shell as a person and a pipe have it: the compiled binary on a terminal and at a pipe. */
import { copyFileSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { type Figure, figure, type Section } from "../figure.ts";

const root = join(import.meta.dir, "../..");
const binary = process.env.RTT_SIM_BINARY ?? join(root, "rtt-sim");
const PROMPT = "msh />";
const KEYS = "abcdefghij";
const MEGABYTE = 1 << 20;
/** Pairs of runs of which the least counts. */
const ROUNDS = 7;

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

const PRINT = join(import.meta.dir, "programs/print.mo");
/** What a program prints a megabyte with: arguments of print.mo. */
export const PRINTERS = {
  printf: "p",
  puts: "u",
  putchar: "c",
  rt_kprintf: "k",
  "write of 4 KiB": "w",
} as const;

/** Processor time of a run, in milliseconds; one that says something prints a megabyte. */
function processorTime(argv: readonly string[], silent: boolean): number {
  const { stdout, exitCode, resourceUsage } = Bun.spawnSync([binary, ...argv]);
  if (exitCode !== 0) throw new Error(`${argv.join(" ")}: exit code ${exitCode}`);
  if (stdout.length >= MEGABYTE === silent) throw new Error(`${stdout.length} bytes of output`);
  return Number(resourceUsage.cpuTime.total) / 1000;
}

/** Runs with a megabyte of output and without, in turn. */
function pairs(rounds: number, output: readonly string[], without: readonly string[]) {
  return Array.from({ length: rounds }, () => ({
    without: processorTime(without, true),
    output: processorTime(output, false),
  }));
}

/** A megabyte of a file through the console. */
function fileOutput(rounds: number): ReturnType<typeof pairs> {
  const dir = mkdtempSync(join(tmpdir(), "bench-shell-"));
  try {
    const image = join(dir, "disk.img");
    copyFileSync(join(root, "disk/disk.img"), image);
    const line = `${"0123456789abcdef".repeat(4).slice(0, 63)}\n`;
    writeFileSync(join(dir, "big.txt"), line.repeat(MEGABYTE / line.length));
    const copied = Bun.spawnSync([binary, "disk", "cp", join(dir, "big.txt"), `${image}:/big.txt`]);
    if (copied.exitCode !== 0) throw new Error(`disk cp: ${copied.stderr.toString()}`);
    return pairs(rounds, ["-c", "cat big.txt", image], ["-c", "pwd", image]);
  } finally {
    rmSync(dir, { recursive: true });
  }
}

const printed = (rounds: number, kind: string): ReturnType<typeof pairs> =>
  pairs(rounds, ["run", PRINT, kind], ["run", PRINT, "n"]);

const difference = (pair: { output: number; without: number }): number =>
  pair.output - pair.without;

/** What neighbours on the machine add to a time is left out: the least of many. */
const least = (times: readonly number[]): number => Math.min(...times);

/** Milliseconds from a key to its echo, or from Enter to the next prompt, on a pseudo terminal: the slower line editor. */
export async function typingTime(what: "keys" | "lines"): Promise<number> {
  const times: number[] = [];
  for (const editing of ["plain", "rich"]) times.push(least((await typing(editing, 10))[what]));
  return Math.max(...times);
}

/** Processor milliseconds that a megabyte of output adds to a run: of a file by `cat`, or of print.mo. */
export function outputTime(kind?: string): number {
  const runs = kind === undefined ? fileOutput(ROUNDS) : printed(ROUNDS, kind);
  return least(runs.map(({ output }) => output)) - least(runs.map(({ without }) => without));
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
    const runs = quick ? 5 : 20;
    const about = "processor time less that of a run without output";
    const file = fileOutput(runs).map(difference);
    figures.push(figure("1 MiB of a file to a pipe, by cat", "ms", file, about));
    for (const [name, kind] of Object.entries(PRINTERS)) {
      const program = printed(runs, kind).map(difference);
      figures.push(figure(`1 MiB of a program to a pipe, by ${name}`, "ms", program, about));
    }
    return figures;
  },
};

if (import.meta.main) {
  for (const { name, value, unit, range } of await section.figures(true))
    console.log(name, value.toFixed(2), unit, range);
}
