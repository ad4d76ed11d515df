import { listThread } from "../kernel/mod.ts";
import type { Machine } from "../machine.ts";

export interface MonitorActions {
  /** Shows text; lines end with `\n`. */
  readonly print: (text: string) => void;
  readonly leave: () => void;
  /** The prompt is closed: keys are the guest's again. */
  readonly closed: () => void;
}

interface MonitorCommand {
  readonly name: string;
  readonly help: string;
  readonly run: (monitor: Monitor) => void;
}

const PROMPT = "(rtt-sim) ";

/** The simulator's own prompt (Ctrl-A c): looks at the machine from outside, whatever the guest is doing. */
export class Monitor {
  open = false;
  private line = "";
  private escape: "none" | "begun" | "sequence" = "none";

  constructor(
    readonly machine: Machine,
    readonly actions: MonitorActions,
  ) {}

  start(): void {
    this.open = true;
    this.line = "";
    this.escape = "none";
    this.actions.print(
      `\nThe system goes on; its output is shown later. 'help' lists the commands.\n${PROMPT}`,
    );
  }

  /** Takes bytes as long as it is open; gives the rest. */
  feed(bytes: Uint8Array): Uint8Array {
    let used = 0;
    while (used < bytes.length && this.open) this.key(bytes[used++]);
    return bytes.subarray(used);
  }

  private key(byte: number): void {
    const { print } = this.actions;
    if (this.inSequence(byte)) return;
    if (byte === 0x0d || byte === 0x0a) {
      print("\n");
      this.execute(this.line.trim());
      this.line = "";
      if (this.open) print(PROMPT);
    } else if (byte === 0x7f || byte === 0x08) {
      if (this.line !== "") print("\b \b");
      this.line = this.line.slice(0, -1);
    } else if (byte === 0x03 || byte === 0x15) {
      this.line = "";
      print(`^C\n${PROMPT}`);
    } else if (byte === 0x04 && this.line === "") {
      print("\n");
      this.close();
    } else if (byte >= 0x20 && byte < 0x7f && this.line.length < 200) {
      this.line += String.fromCharCode(byte);
      print(String.fromCharCode(byte));
    }
  }

  /** Keys that move the cursor do nothing here: their sequences (ECMA-48 5.4, and SS3) are left out. */
  private inSequence(byte: number): boolean {
    const before = this.escape;
    const opens = byte === 0x5b || byte === 0x4f;
    if (before === "begun") this.escape = opens ? "sequence" : "none";
    else if (before === "sequence" && byte >= 0x40 && byte < 0x7f) this.escape = "none";
    else if (byte === 0x1b) this.escape = "begun";
    return before !== "none" || byte === 0x1b;
  }

  close(): void {
    this.open = false;
    this.actions.closed();
  }

  /** The line once more, behind something that was shown. */
  redraw(): void {
    this.actions.print(`${PROMPT}${this.line}`);
  }

  private execute(line: string): void {
    if (line === "") return;
    const command = COMMANDS.find(({ name }) => name === line);
    if (command) command.run(this);
    else this.actions.print(`${line}: not known; 'help' lists the commands\n`);
  }
}

const COMMANDS: readonly MonitorCommand[] = [
  { name: "help", help: "this list", run: ({ actions }) => actions.print(help()) },
  { name: "cont", help: "back to the guest's console (or Ctrl-D)", run: (m) => m.close() },
  { name: "quit", help: "leave rtt-sim", run: ({ actions }) => actions.leave() },
  {
    name: "stats",
    help: "counters of the simulation",
    run: ({ machine, actions }) => actions.print(countersText(machine)),
  },
  {
    name: "threads",
    help: "threads, and what those of modules wait for",
    run: ({ machine, actions }) =>
      actions.print(`${listThread(machine.kernel)}${machine.waitReport()}\n`),
  },
  {
    name: "modules",
    help: "what is loaded, and where",
    run: ({ machine, actions }) => {
      const rows = machine.loader
        .modules()
        .map(
          ({ name, path, image, size }) =>
            `${name.padEnd(9)} 0x${(image >>> 0).toString(16)} ${String(size).padStart(8)} ${path}\n`,
        );
      actions.print(rows.join("") || "no module is loaded\n");
    },
  },
  {
    name: "sync",
    help: "write everything to the disk",
    run: ({ machine, actions }) => {
      machine.vfs.sync();
      actions.print("done\n");
    },
  },
];

const help = (): string =>
  COMMANDS.map((command) => `${command.name.padEnd(10)}${command.help}\n`).join("");

export const countersText = (machine: Machine): string =>
  Object.entries(machine.counters())
    .map(([name, value]) => `${name.padEnd(24)}${value}\n`)
    .join("");
