import type { Report } from "../debug/mod.ts";
import { codeOf, explanation, type Machine, standstillOf, type Verdict } from "../machine/mod.ts";
import type { Figures, Incident, Leak, StackUse } from "./result.ts";

/** Bytes of output that are kept; a program that prints without end must not use up the host's memory. */
const OUTPUT_MAX = 16 << 20;

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
  private readonly stacks = new Map<string, StackUse>();
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
    loader.onEnd(({ path, leaks }) => {
      if (leaks.length > 0) this.leaks.push({ module: path, things: leaks });
    });
  }

  /** What comes from now on counts. */
  begin(): void {
    const { kernel, cpu } = this.machine!;
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
    const standstill = standstillOf(verdict, machine);
    if (standstill) this.faults.push(standstill as unknown as Incident);
    return {
      verdict,
      result: verdict === "done" || verdict === "halted" ? outcome.kind : verdict,
      exitCode: codeOf(verdict, machine),
      value: outcome.value,
      nanoseconds: kernel.nanoseconds,
      ran: kernel.nanoseconds - this.begun,
      instructions: cpu.stats.instructions - this.instructionsBefore,
      heapMaximum: kernel.heap.max,
      heapBefore: this.heapBefore,
      stacks: [...this.stacks.values()],
      leaks: this.leaks,
      faults: this.faults,
      outputBytes: this.bytes,
    };
  }

  /** Threads of modules; those of the system have no guest code on their stacks. */
  private noteStack(thread: number): void {
    const { kernel, loader } = this.machine!;
    if (SYSTEM.has(kernel.objects.name(thread))) return;
    const { name, stackMax, stackSize } = kernel.threads.describe(thread);
    if (loader.modules().length === 0 && stackMax === 0) return;
    const known = this.stacks.get(name);
    if (known && known.used >= stackMax) return;
    this.stacks.set(name, { thread: name, used: stackMax, size: stackSize });
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

const SYSTEM = new Set(["tidle0", "timer", "mmcsd_de", "sys_work", "main", "tshell", "dlreap"]);
