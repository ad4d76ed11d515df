import type { Report, ReportParts } from "../debug/mod.ts";
import type { Loader } from "../dlmodule/mod.ts";
import type { SymbolFiles } from "../dwarf/mod.ts";
import type { Firmware } from "../firmware/mod.ts";
import { BrokenList, type Kernel, OBJECT } from "../kernel/mod.ts";
import { GuestFault } from "../memory/mod.ts";
import type { VfsApi } from "../vfs/types.ts";
import type { Verdict } from "./driver.ts";
import type { MachineOptions } from "./options.ts";
import type { Outcomes } from "./outcome.ts";

/** What makes reports, with the disassembler; loaded when there is something to report. */
const debug = () => require("../debug/mod.ts") as typeof import("../debug/mod.ts");

/** Debugging information from the modules themselves and from files beside them; loaded when it is needed. */
function ownSymbols(vfs: VfsApi): SymbolFiles {
  const { diskSymbols } =
    require("../debug/disk-symbols.ts") as typeof import("../debug/disk-symbols.ts");
  return diskSymbols(vfs);
}

type Start = ReturnType<Loader["starts"]>[number];

/** Tells what went wrong in a machine: when it does, and who asks afterwards. */
export class Reports {
  private readonly parts: ReportParts;

  constructor(
    private readonly kernel: Kernel,
    private readonly loader: Loader,
    private readonly outcomes: Outcomes,
    vfs: VfsApi,
    symbols: Firmware,
    private readonly options: MachineOptions,
  ) {
    const files = () => (options.symbols ?? ownSymbols)(vfs);
    this.parts = { kernel, loader, symbols, image: options.firmware, files };
    this.plugIn();
  }

  /** Who waits for what, held by whom, since when; lines without a last line end. */
  waiting(): string {
    const starts = this.loader.starts().map((start) => this.startLine(start));
    return [...starts, debug().deadlockReport(this.kernel)].join("\n");
  }

  /** Who runs, and who is ready but does not get a turn. */
  running(): string {
    const starts = this.loader.starts().map((start) => this.startLine(start));
    const threads = debug().busyReport(this.kernel);
    // What a thread of the system loads is no module yet.
    return starts.length > 0 && threads === "  no module runs"
      ? starts.join("\n")
      : [...starts, threads].join("\n");
  }

  /** Where the threads of modules stand: a backtrace each; empty when there are none. */
  threadTraces(): string {
    return debug().threadTraces(this.parts);
  }

  /** A run that did not end by itself, as plain data (debug/json.ts). */
  standstill(verdict: Verdict, text: string): Record<string, unknown> {
    return debug().standstillObject(this.parts, verdict.replace("timeout", "time-out"), text);
  }

  private startLine({ thread, module, phase }: Start): string {
    return `  thread ${this.kernel.objects.name(thread)} is loading ${module.path}, and ${phase} of it ${phase === "module_init" ? "has" : "have"} not returned`;
  }

  private plugIn(): void {
    const { kernel, loader, options, outcomes, parts } = this;
    const { hooks } = kernel;
    const say = options.diagnostics ?? (() => {});
    const tell = (make: () => Report): Report | undefined => {
      try {
        const report = make();
        options.reports?.(report);
        say(report.text);
        return report;
      } catch (error) {
        if (!(error instanceof GuestFault || error instanceof BrokenList)) throw error;
        say(`a report could not be made, for data of the kernel was overwritten: ${error.message}`);
        return undefined;
      }
    };
    // A thread that faulted is reported once, whatever its stack pointer is when the kernel looks at it.
    let faulted = 0;
    hooks.fault = (fault, thread) => {
      loader.causes.note(thread, "fault");
      faulted = thread;
      const report = tell(() => debug().faultReport(parts, fault, thread));
      // In a callback that a thread of the system, or an interrupt, called: it is the system that stops. In a module's code that another
      // thread of nobody runs: it stops, too, but where the loader takes over, who tells more.
      if (!report || OBJECT.module_id.get(kernel.memory, thread) !== 0) return;
      if (report.callback)
        outcomes.setLast({ kind: "fault", name: report.module ?? "", value: -1 });
      else if (report.module !== undefined)
        outcomes.failed({ kind: "fault", name: report.module, value: -1 });
    };
    hooks.stackOverflow = (thread) => {
      loader.causes.note(thread, "stack overflow");
      if (faulted !== thread) tell(() => debug().overflowReport(parts, thread));
      faulted = 0;
    };
    hooks.assertion = (expression, fn, line, thread) => {
      loader.causes.note(thread, "assert");
      const report = tell(() => debug().assertionReport(parts, { expression, fn, line }, thread));
      if (report?.heapHeader !== undefined) loader.heapDamageTold(report.heapHeader);
    };
    let broken = 0;
    hooks.heapBroken = (header, by) => {
      if (header === broken || loader.heapDamageKnown(header)) return;
      broken = header;
      const thread = kernel.scheduler.current;
      const name = thread === 0 ? "" : kernel.objects.name(thread);
      outcomes.failed({ kind: "heap corruption", name, value: -1 });
      if (tell(() => debug().heapReport(parts, header, by, thread))) loader.heapDamageTold(header);
    };
    hooks.kernelBroken = (message) =>
      tell(() => {
        // Whose registers are in the core; the scheduler may have chosen another one.
        const thread = kernel.runner.running?.thread ?? kernel.scheduler.current;
        return debug().kernelReport(parts, message, thread);
      });
    loader.onAbort(({ thread }) => tell(() => debug().abortReport(parts, thread)));
  }
}
