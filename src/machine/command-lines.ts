import { type Kernel, SCHEDULE, type Task } from "../kernel/mod.ts";
import { type Shell, SHELL_FIGURES } from "../shell/mod.ts";
import type { Outcomes } from "./outcome.ts";

/** The stack of thread tshell, in bytes, its priority and its slice in ticks, as the board has them. */
const STACK = 4096;
const PRIORITY = 20;
const SLICE = 10;

/** Thread tshell of a system that nobody types at: it executes what the host gives it, one after the other. */
export class CommandLines {
  private readonly waiting: (() => Task<void>)[] = [];
  private executing = false;
  private thread = 0;

  constructor(
    private readonly kernel: Kernel,
    private readonly shell: Shell,
    private readonly outcomes: Outcomes,
  ) {}

  /** Nothing is executed or waits for it. */
  get empty(): boolean {
    return !this.executing && this.waiting.length === 0;
  }

  start(): void {
    const { threads } = this.kernel;
    this.thread = threads.createTask(
      "tshell",
      STACK,
      PRIORITY,
      SLICE,
      () => this.serve(),
      SHELL_FIGURES,
    );
    threads.startup(this.thread);
  }

  add(name: string, body: () => Task<number>): void {
    const { kernel, outcomes } = this;
    this.waiting.push(function* () {
      outcomes.set({ kind: "command", name, value: 0 });
      const value = yield* body();
      outcomes.command({ kind: "command", name, value });
    });
    if (this.thread === 0) return;
    kernel.threads.resume(this.thread);
    kernel.scheduler.schedule();
  }

  private *serve(): Task<void> {
    const { kernel, outcomes } = this;
    yield* this.shell.runCommands();
    for (;;) {
      const line = this.waiting.shift();
      if (line) {
        this.executing = true;
        yield* line();
        if (this.shell.last?.kind === "not-found")
          outcomes.setLast({ kind: "not found", name: outcomes.last.name, value: -1 });
        this.executing = false;
        kernel.pause();
      } else {
        kernel.threads.suspend(kernel.threads.current);
        yield SCHEDULE;
      }
    }
  }
}
