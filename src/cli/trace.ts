import { closeSync } from "node:fs";
import type { Cpu } from "../cpu/types.ts";
import { exportRows } from "../exports.ts";
import type { Machine } from "../machine.ts";
import { type Trace, TRACES, TracingCore } from "../trace/mod.ts";
import { ExitCode, UserError } from "./exit-codes.ts";
import { Output } from "./output.ts";
import type { Parsed } from "./parse.ts";
import { openReport, reserveReport, writeReport } from "./report-file.ts";
import type { Tool } from "./with-instruments.ts";

/** `--trace` and `--trace-json`. */
export class TraceTool implements Tool {
  private readonly traces: ReadonlySet<Trace>;
  private readonly json: string | undefined;
  private readonly output: Output;
  private readonly fd: number | undefined;
  private core_: TracingCore | undefined;

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
    this.output = new Output(this.fd ?? 2);
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
