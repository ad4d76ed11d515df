import { listThread } from "../kernel/mod.ts";
import type { Machine } from "../machine.ts";
import { commonPrefix, LineHistory, RichEditor } from "../shell/mod.ts";

export interface MonitorActions {
  /** Shows text; lines end with `\n`. */
  readonly print: (text: string) => void;
  readonly leave: () => void;
  /** Of the terminal; 0: unknown. */
  readonly columns: () => number;
  /** The prompt is closed: keys are the guest's again. */
  readonly closed: () => void;
}

interface MonitorCommand {
  readonly name: string;
  readonly help: string;
  readonly run: (monitor: Monitor) => void;
}

const PROMPT = "(rtt-sim) ";
const CTRL_D = 0x04;

/** Lines that the prompt remembers while the session lasts. */
const HISTORY = 100;

/** The simulator's own prompt (Ctrl-A c): looks at the machine from outside, whatever the guest is doing. */
export class Monitor {
  private readonly history = new LineHistory(HISTORY);
  /** While it is open. */
  private editor: RichEditor | undefined;

  constructor(
    readonly machine: Machine,
    readonly actions: MonitorActions,
  ) {}

  get open(): boolean {
    return this.editor !== undefined;
  }

  /** Opens it, on a row of the terminal of its own. */
  start(): void {
    this.editor = this.newEditor();
    this.actions.print(
      `The system goes on; its output is shown later. 'help' lists the commands.\n${PROMPT}`,
    );
  }

  /** Takes bytes as long as it is open; gives the rest. */
  feed(bytes: Uint8Array): Uint8Array {
    let used = 0;
    while (used < bytes.length && this.open) this.key(bytes[used++]);
    return bytes.subarray(used);
  }

  private key(byte: number): void {
    const { editor } = this;
    if (!editor) return;
    if (byte === CTRL_D && editor.empty) {
      this.leave();
      this.close();
      return;
    }
    const { output, entered } = editor.feed(byte);
    this.show(output);
    if (!entered) return;
    this.execute(entered.buffer.trim());
    if (this.open) this.actions.print(PROMPT);
  }

  close(): void {
    this.editor = undefined;
    this.actions.closed();
  }

  /** Ends rtt-sim. */
  quit(): void {
    this.editor = undefined;
    this.actions.leave();
  }

  /** The cursor goes to a row of its own, below the line that is being edited. */
  leave(): void {
    this.show(this.editor?.leave() ?? "");
  }

  /** The line once more, behind something that was shown. */
  redraw(): void {
    this.show(this.editor?.redrawn() ?? "");
  }

  /** The terminal has another width now. */
  resized(): void {
    this.show(this.editor?.resized() ?? "");
  }

  private newEditor(): RichEditor {
    return new RichEditor({
      prompt: () => PROMPT,
      columns: () => this.actions.columns(),
      history: this.history,
      complete: (before) => {
        const names = COMMANDS.map(({ name }) => name).filter((name) => name.startsWith(before));
        if (names.length === 1) return { text: names[0], choices: [] };
        return { text: names.length > 0 ? commonPrefix(names) : before, choices: names };
      },
    });
  }

  /** What the editor says is bytes, a character each. */
  private show(bytes: string): void {
    if (bytes !== "") this.actions.print(Buffer.from(bytes, "latin1").toString());
  }

  private execute(typed: string): void {
    const line = Buffer.from(typed, "latin1").toString();
    if (line === "") return;
    const command = COMMANDS.find(({ name }) => name === line);
    if (command) command.run(this);
    else this.actions.print(`${line}: not known; 'help' lists the commands\n`);
  }
}

const COMMANDS: readonly MonitorCommand[] = [
  { name: "help", help: "this list", run: ({ actions }) => actions.print(help()) },
  { name: "cont", help: "back to the guest's console (or Ctrl-D)", run: (m) => m.close() },
  { name: "quit", help: "leave rtt-sim", run: (m) => m.quit() },
  {
    name: "stats",
    help: "counters of the simulation",
    run: ({ machine, actions }) => actions.print(countersText(machine)),
  },
  {
    name: "threads",
    help: "threads, and what those of modules wait for",
    run: ({ machine, actions }) =>
      actions.print(`${listThread(machine.kernel)}${machine.reports.waiting()}\n`),
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
