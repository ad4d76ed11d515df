import type { Report } from "../debug/mod.ts";
import { codeOf, explanation, type Machine, standstillOf, type Verdict } from "../machine/mod.ts";
import type { Figures, Incident, Leak, StackUse } from "./result.ts";

/** Bytes of output that are kept; a program that prints without end must not use up the host's memory. */
const OUTPUT_MAX = 16 << 20;

/** Threads whose stacks are reported: of more, those that used most. */
const STACKS_MAX = 1000;

/** Ends of a program, or of a line for msh, that have a value. */
const GAVE: ReadonlySet<string> = new Set(["returned", "exit", "leaks", "command"]);

/** What the simulator keeps of one thread, from its creation to its end. */
type ThreadState = Parameters<Machine["kernel"]["threads"]["states"]["set"]>[1];

/** Takes notes of a machine: what it prints, what is said about it, what it used. */
export class Observer {
  /** What was printed, as far as it is kept. */
  private kept = new Uint8Array(4096);
  private used = 0;
  /** Bytes printed since `begin`. */
  private bytes = 0;
  private full = false;
  private afterCr = false;
  private readonly said: string[] = [];
  private faults: Incident[] = [];
  private leaks: Leak[] = [];
  /** By the thread itself: an address is used again, and names need not differ. */
  private stacks = new Map<ThreadState, StackUse>();
  /** The threads of the booted system and of the loader, once it is booted. */
  private system: WeakSet<ThreadState> | undefined;
  private machine: Machine | undefined;
  private heapBefore = 0;
  private instructionsBefore = 0;
  private begun = 0;

  /** Options of the machine that is to be observed. */
  readonly options = {
    output: (bytes: Uint8Array): void => this.write(bytes),
    diagnostics: (text: string): void => void this.said.push(text),
    reports: (report: Report): void =>
      void this.faults.push(debug().reportObject(report) as Incident & object),
  };

  constructor(
    /** Where output goes besides. */
    private readonly through?: (bytes: Uint8Array) => void,
  ) {}

  attach(machine: Machine): void {
    this.machine = machine;
    const { kernel, loader } = machine;
    kernel.hooks.threadGone = (thread) => this.noteStack(thread);
    loader.onReaper((thread) => this.system?.add(kernel.threads.states.get(thread)!));
    loader.onEnd(({ path, leaks }) => {
      if (leaks.length > 0) this.leaks.push({ module: path, things: leaks });
    });
  }

  /** What comes from now on counts. */
  begin(): void {
    const { kernel, cpu } = this.machine!;
    this.system ??= new WeakSet(kernel.threads.states.values());
    this.bytes = 0;
    this.leaks = [];
    this.faults = [];
    this.heapBefore = kernel.heap.used;
    this.instructionsBefore = cpu.stats.instructions;
    this.begun = kernel.nanoseconds;
    this.stacks.clear();
  }

  /** Where the output is now: for `since`. */
  get mark(): number {
    return this.used;
  }

  /** Output from a mark on, with `\n` for the line ends of the serial line; one character a byte when it is no UTF-8. */
  since(mark = 0): string {
    const bytes = Buffer.from(this.kept.subarray(mark, this.used));
    const text = bytes.toString("utf8");
    return text.includes("\ufffd") ? bytes.toString("latin1") : text;
  }

  get messages(): string {
    return this.said.join("\n");
  }

  /** The messages since the last time, which are forgotten. */
  takeMessages(): string {
    return this.said.splice(0).join("\n");
  }

  /** What there is to say about the end itself. */
  explain(verdict: Verdict): void {
    const text = explanation(verdict, this.machine!);
    if (text !== undefined) this.said.push(text);
  }

  /** To be called before the machine is closed. */
  figures(verdict: Verdict): Figures {
    const machine = this.machine!;
    const { kernel, cpu, outcome } = machine;
    for (const thread of kernel.threads.states.keys()) this.noteStack(thread);
    const ended = verdict === "done" || verdict === "halted";
    const standstill = standstillOf(verdict, machine);
    if (standstill) this.faults.push(standstill as unknown as Incident);
    return {
      verdict,
      result: ended ? outcome.kind : verdict,
      exitCode: codeOf(verdict, machine),
      value: ended && GAVE.has(outcome.kind) ? outcome.value : null,
      nanoseconds: kernel.nanoseconds,
      ran: kernel.nanoseconds - this.begun,
      instructions: cpu.stats.instructions - this.instructionsBefore,
      heapMaximum: kernel.heap.max,
      heapBefore: this.heapBefore,
      stacks: [...largest(this.stacks).values()],
      leaks: this.leaks,
      faults: this.faults,
      outputBytes: this.bytes,
    };
  }

  /** Threads of modules, and what they started. */
  private noteStack(thread: number): void {
    const { kernel, loader } = this.machine!;
    const state = kernel.threads.states.get(thread)!;
    if (this.system?.has(state) !== false) return;
    const { name, stackMax, stackSize } = kernel.threads.describe(thread);
    if (loader.modules().length === 0 && stackMax === 0) return;
    this.stacks.set(state, { thread: name, used: stackMax, size: stackSize });
    if (this.stacks.size === 2 * STACKS_MAX) this.stacks = largest(this.stacks);
  }

  private write(bytes: Uint8Array): void {
    this.through?.(bytes);
    for (const byte of bytes) {
      if (this.afterCr && byte !== 0x0a) this.keep(0x0d);
      this.afterCr = byte === 0x0d;
      if (!this.afterCr) this.keep(byte);
    }
  }

  private keep(byte: number): void {
    this.bytes++;
    if (this.used === OUTPUT_MAX) {
      if (!this.full) this.said.push(`output beyond ${OUTPUT_MAX >> 20} MiB is not kept`);
      this.full = true;
      return;
    }
    if (this.used === this.kept.length) {
      const larger = new Uint8Array(2 * this.kept.length);
      larger.set(this.kept);
      this.kept = larger;
    }
    this.kept[this.used++] = byte;
  }
}

/** Loaded when there is something to report. */
function debug(): typeof import("../debug/mod.ts") {
  return require("../debug/mod.ts") as typeof import("../debug/mod.ts");
}

/** The STACKS_MAX that used most, in the order they came. */
function largest(stacks: Map<ThreadState, StackUse>): Map<ThreadState, StackUse> {
  if (stacks.size <= STACKS_MAX) return stacks;
  const entries = [...stacks];
  const most = entries.toSorted(([, a], [, b]) => b.used - a.used).slice(0, STACKS_MAX);
  const kept = new Set(most.map(([state]) => state));
  return new Map(entries.filter(([state]) => kept.has(state)));
}
