import type { Task } from "../kernel/call.ts";
import type { Kernel } from "../kernel/mod.ts";
import { type KernelApi, ObjectClass } from "../kernel/types.ts";
import { dismiss, DISMISS_TICKS, PortReader, REQUEST } from "../serial/mod.ts";
import { LATER_COMMANDS } from "./commands/later-table.ts";
import { COMMANDS } from "./commands/table.ts";
import { helpText } from "./commands/system.ts";
import { complete } from "./completion.ts";
import { Finsh } from "./finsh/finsh.ts";
import { executeLine, executeScript, type LineOutcome } from "./execute.ts";
import { History } from "./history.ts";
import { type EditorStep, LineEditor } from "./line-editor.ts";
import { moduleCommands } from "./module-commands.ts";
import { completeRich } from "./rich/completion.ts";
import { RichEditor } from "./rich/editor.ts";
import { markStack, SHELL_FIGURES, SHELL_STACK } from "./stack-figures.ts";
import type { Command, CommandContext, ShellMode, ShellParts } from "./types.ts";

/** Bytes in, text and entered lines out. */
interface Editor {
  echo: boolean;
  feed(byte: number): EditorStep;
  /** The prompt, for the start of a row. */
  prompted(): string;
  /** The prompt and the line, for a new line of the screen. */
  redrawn(): string;
}

/** The shell's thread on the reference board. */
const THREAD = { name: "tshell", priority: 20, slice: 10 } as const;

/** msh: a thread that reads the console and executes lines, and the executor that `system()` and scripts use. */
export class Shell {
  readonly editor: Editor;
  /** What the last line given to `execute` was; lines of scripts and of `system()` do not count. */
  last: LineOutcome | undefined;
  private readonly context: CommandContext;
  private readonly finsh: Finsh;
  /** TCB of the shell's thread, 0 when it has none. */
  private thread = 0;
  private mode: ShellMode = "msh";
  /** The thread waits in getchar. */
  private reading = false;
  /** The thread has left: nothing will be typed any more. */
  private over = false;
  /** Up to that tick a request at the prompt is a file receiver's. */
  private dismissUntil = 0;
  /** A program wrote to the shared stream while the shell was reading. */
  private disturbed = false;

  constructor(parts: ShellParts) {
    const builtIn = parts.kernel.options.compat404 ? COMMANDS : [...COMMANDS, ...LATER_COMMANDS];
    this.context = {
      ...parts,
      get commands(): readonly Command[] {
        const added = moduleCommands(parts);
        return added.length > 0 ? [...builtIn, ...added] : builtIn;
      },
      expectRequest: () => {
        this.dismissUntil = parts.kernel.tick + DISMISS_TICKS;
      },
      typedAt: () => this.thread !== 0,
      setMode: (mode) => {
        this.mode = mode;
      },
    };
    this.finsh = new Finsh(this.context);
    this.editor = parts.editing ? this.richEditor(parts.editing) : this.plainEditor(parts);
  }

  /** Of the last line given to `execute`: what became of the command, 0 for modules and scripts, -1 when not found. */
  get lastStatus(): number {
    const { last } = this;
    return last?.kind === "command" ? last.status : (last?.result ?? 0);
  }

  get kernel(): KernelApi {
    return this.context.kernel;
  }

  get prompt(): string {
    return `${this.mode} ${this.context.vfs.cwd}>`;
  }

  /** Everything that was typed is executed; also when there is no thread any more that could do that. */
  get idle(): boolean {
    const { console, objects } = this.kernel;
    if (this.reading) return (console.available ?? 0) === 0;
    return this.over || objects.find(THREAD.name, ObjectClass.Thread) !== this.thread;
  }

  /** Creates and starts the thread `tshell`. */
  start(): void {
    const { threads } = this.kernel;
    const { name, priority, slice } = THREAD;
    const body = (): Task<void> => this.run();
    this.thread = threads.createTask(name, SHELL_STACK, priority, slice, body, SHELL_FIGURES);
    if (this.thread !== 0) threads.startup(this.thread);
  }

  /** Executes one line in the calling thread, as if it had been typed; gives its status. */
  *execute(line: string, length = line.length): Task<number> {
    this.last = yield* this.system(line, length);
    return this.lastStatus;
  }

  /** msh_exec for `system()`. */
  system(line: string, length = line.length): Task<LineOutcome> {
    return executeLine(this.context, line, length);
  }

  /**
   * To be called when a program writes through the C library's stdout or stderr (not through write() or rt_kprintf).
   *
   * On the board shell and programs share one FILE, opened "r+". A write in the middle of the shell's read leaves it in write
   * mode, so that the byte read next stays in its buffer as unwritten output, and the read after that one writes it out: the
   * next typed character appears twice. Reproduced with `compat404` only.
   */
  doubleEcho(): void {
    if (this.reading && this.kernel.options.compat404) this.disturbed = true;
  }

  /** The script of `rc`, when there is one. */
  *runCommands(): Task<void> {
    const { rc, kernel } = this.context;
    if (rc === undefined) return;
    if (!(yield* executeScript(this.context, rc))) kernel.console.print(`${rc}: no such script\n`);
  }

  /** The terminal has another width now. */
  resized(): void {
    if (this.reading && this.editor instanceof RichEditor)
      this.kernel.console.print(this.editor.resized());
  }

  /** The simulator is about to show something on the terminal: the cursor goes to a row of its own, below the line that is being edited. */
  leave(): void {
    const { reading, editor, kernel } = this;
    if (reading && editor instanceof RichEditor) kernel.console.print(editor.leave());
    else kernel.console.print("\n");
  }

  /** The simulator has shown something on the terminal: the line that is being edited is shown again. */
  redraw(): void {
    if (this.reading) this.kernel.console.print(this.editor.redrawn());
  }

  private plainEditor({ vfs, historyLines }: ShellParts): LineEditor {
    const { context } = this;
    return new LineEditor({
      prompt: () => this.prompt,
      history: new History(historyLines),
      complete: (line) => {
        if (this.mode !== "msh") return { listing: "", line };
        const { commands } = context;
        const help = () => helpText(commands);
        return complete({ vfs, commands: commands.map(({ name }) => name), help }, line);
      },
    });
  }

  private richEditor({ columns, history }: NonNullable<ShellParts["editing"]>): RichEditor {
    return new RichEditor({
      prompt: () => this.prompt,
      columns,
      history,
      complete: (before) =>
        this.mode === "msh" ? completeRich(this.context, before) : { text: before, choices: [] },
    });
  }

  private *run(): Task<void> {
    const { console } = this.kernel;
    yield* this.runCommands();
    console.print(this.editor.prompted());
    for (;;) {
      this.reading = true;
      const byte = yield* console.getchar();
      this.reading = false;
      if (byte < 0) break;
      if (this.dismissUntil > 0 && (yield* this.dismissed(byte))) continue;
      const again = this.disturbed;
      this.disturbed = false;
      yield* this.typed(byte);
      if (again) console.print(String.fromCharCode(byte));
    }
    this.over = true;
  }

  /** Whether the byte is the request of a receiver that came in vain; something else that is typed ends the waiting. */
  private *dismissed(byte: number): Task<boolean> {
    const { kernel, port } = this.context;
    const console = port?.();
    const asked = byte === REQUEST && kernel.tick < this.dismissUntil && console;
    this.dismissUntil = 0;
    if (!asked) return false;
    const prompt = (): void => kernel.console.print(`\r${this.editor.prompted()}`);
    return yield* dismiss(new PortReader(kernel as Kernel, asked), prompt);
  }

  private *typed(byte: number): Task<void> {
    const { console } = this.kernel;
    const { output, entered } = this.editor.feed(byte);
    console.print(output);
    if (!entered) return;
    const { buffer, length } = entered;
    if (this.mode === "msh") {
      yield* this.execute(buffer, length);
      markStack(this.kernel, this.thread, this.last);
    } else {
      yield* this.finsh.run(buffer.slice(0, length));
    }
    console.print(this.editor.prompted());
  }
}
