import { closeSync } from "node:fs";
import type { Cpu } from "../cpu/types.ts";
import { exportRows } from "../exports.ts";
import type { Machine } from "../machine.ts";
import { type FilterUse, type Trace, TRACES, TracingCore } from "../trace/mod.ts";
import { ExitCode, UserError } from "./exit-codes.ts";
import { message } from "./outcome.ts";
import { Output } from "./output.ts";
import type { Parsed } from "./parse.ts";
import { openReport, reserveReport, writeReport } from "./report-file.ts";
import type { Tool } from "./tool.ts";

/** Threads or modules that a message lists. */
const NAMES_SHOWN = 20;

/** `--trace` and `--trace-json`. */
export class TraceTool implements Tool {
  private readonly traces: ReadonlySet<Trace>;
  private readonly json: string | undefined;
  private readonly output: Output;
  private readonly fd: number | undefined;
  private core_: TracingCore | undefined;
  /** What the filters have met, in all machines of the command. */
  private readonly use: FilterUse = {
    threads: new Set(),
    modules: new Set(),
    name: false,
    any: false,
  };

  constructor(private readonly parsed: Parsed) {
    this.traces = new Set(
      parsed
        .values("trace")
        .flatMap((words) => words.split(","))
        .map(parseTrace),
    );
    this.json = parsed.value("trace-json");
    const file = parsed.value("trace-output");
    this.fd = file === undefined ? undefined : openReport(file);
    // Found out before a long run, not after it.
    if (this.json !== undefined) reserveReport(this.json);
    this.output = new Output(this.fd ?? 2, false, file === undefined ? "the trace" : file);
  }

  core(cpu: Cpu): Cpu {
    const { parsed, traces } = this;
    const encoder = new TextEncoder();
    this.core_ = new TracingCore(cpu, {
      traces,
      json: this.json !== undefined,
      filter: {
        module: parsed.value("trace-module"),
        thread: parsed.value("trace-thread"),
        name: parsed.value("trace-name"),
      },
      use: this.use,
      line: (text) => this.output.write(encoder.encode(`${text}\n`)),
    });
    return this.core_;
  }

  attach({ kernel, loader, firmware }: Machine): void {
    const prototypes = new Map(exportRows.map(({ name, proto }) => [name, proto]));
    this.core_?.attach({ kernel, loader, firmware, prototypes });
  }

  detach(): void {
    this.core_?.finish();
    this.output.flush();
    const { chrome } = this.core_ ?? {};
    if (chrome && this.json !== undefined) writeReport(this.json, chrome.text());
  }

  close(): void {
    this.output.flush();
    if (this.fd !== undefined) closeSync(this.fd);
    this.tellUnmatched();
  }

  /** A filter that nothing fits is a mistake more often than an answer. */
  private tellUnmatched(): void {
    const { parsed, use } = this;
    const list = (names: ReadonlySet<string>): string =>
      [...names].slice(0, NAMES_SHOWN).join(", ") + (names.size > NAMES_SHOWN ? ", ..." : "");
    const thread = parsed.value("trace-thread");
    const module = parsed.value("trace-module");
    const name = parsed.value("trace-name");
    const filters = [thread, module, name].filter((value) => value !== undefined);
    if (this.core_ === undefined || filters.length === 0) return;
    const told: string[] = [];
    if (thread !== undefined && thread !== "irq" && !use.threads.has(thread))
      told.push(`--trace-thread: no thread '${thread}' ran\n  threads: ${list(use.threads)}`);
    if (module !== undefined && !use.modules.has(module)) {
      const there = use.modules.size > 0 ? `modules: ${list(use.modules)}` : "none was loaded";
      told.push(`--trace-module: no module '${module}' was loaded\n  ${there}`);
    }
    if (name !== undefined && !use.name)
      told.push(`--trace-name: nothing that was traced has a name like '${name}'`);
    if (told.length === 0 && !use.any)
      told.push("trace: nothing passed all of the filters --trace-...");
    for (const text of told) message(text);
  }
}

function parseTrace(word: string): Trace {
  const found = TRACES.find((trace) => trace === word);
  if (found) return found;
  throw new UserError(
    ExitCode.Usage,
    `--trace: '${word}' is not known`,
    `choose some of: ${TRACES.join(",")}`,
  );
}
