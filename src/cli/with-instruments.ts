import type { Cpu } from "../cpu/types.ts";
import type { Machine } from "../machine.ts";
import type { Instrument } from "../machine/instrument.ts";
import { ExitCode, UserError } from "./exit-codes.ts";
import { active } from "./instruments.ts";
import type { Parsed } from "./parse.ts";
import type { Tool } from "./tool.ts";

/** Runs a command with the tools that its options ask for, as often as they want. */
export async function withInstruments(
  parsed: Parsed,
  body: (parsed: Parsed) => Promise<number>,
): Promise<number> {
  const tools: Tool[] = [];
  const counts = parsed.value("profile") !== undefined || parsed.flag("top");
  try {
    // Next to the core: what counts executed code.
    if (parsed.value("coverage") !== undefined && counts)
      throw new UserError(
        ExitCode.Usage,
        "--coverage and --profile or --top count the same code: one of them at a time",
      );
    if (parsed.value("coverage") !== undefined) {
      const { CoverageTool } = await import("./coverage.ts");
      tools.push(new CoverageTool(parsed));
    }
    if (counts) {
      const { ProfileTool } = await import("./profile.ts");
      tools.push(new ProfileTool(parsed));
    }
    if (parsed.value("trace") !== undefined || parsed.value("trace-json") !== undefined) {
      const { TraceTool } = await import("./trace.ts");
      tools.push(new TraceTool(parsed));
    }
    if (parsed.value("gdb") !== undefined) {
      const { GdbServer } = await import("./gdb.ts");
      tools.push(new GdbServer(parsed));
    }
    active.instrument = all(tools);
    for (let now = parsed; ;) {
      const end = await runOnce(tools, () => body(now));
      if (typeof end === "number") return end;
      now = end.again;
    }
  } finally {
    active.instrument = undefined;
    for (const tool of tools) tool.close?.();
  }
}

async function runOnce(
  tools: readonly Tool[],
  body: () => Promise<number>,
): Promise<{ readonly again: Parsed } | number> {
  let code: number;
  try {
    code = await body();
  } catch (error) {
    for (const tool of tools) {
      const end = tool.caught?.(error);
      if (end !== undefined) return end;
    }
    throw error;
  }
  for (const tool of tools) {
    const end = tool.finished?.(code);
    if (typeof end === "object") return end;
    code = end ?? code;
  }
  return code;
}

/** Several instruments as one: the first is next to the core. */
function all(tools: readonly Instrument[]): Instrument {
  return {
    core: (cpu: Cpu) => tools.reduce((inner, tool) => tool.core?.(inner) ?? inner, cpu),
    attach: (machine: Machine) => tools.forEach((tool) => tool.attach?.(machine)),
    detach: (machine: Machine) => tools.forEach((tool) => tool.detach?.(machine)),
  };
}
