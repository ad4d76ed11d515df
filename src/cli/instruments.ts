import type { Instrument } from "../machine/instrument.ts";
import type { OptionName } from "./options.ts";
import type { Parsed } from "./parse.ts";

/** The instrument of the machines that the running command makes; settings.ts hands it to them. */
export const active: { instrument?: Instrument } = {};

/** Options that need an instrument. What serves them is loaded only when one is given. */
const OPTIONS: readonly OptionName[] = ["gdb", "trace", "trace-json", "coverage", "profile", "top"];

/** Options that mean something only beside others, or name something that must be there. */
const CHECKED: readonly OptionName[] = [
  "gdb-wait",
  "trace-output",
  "trace-module",
  "trace-thread",
  "trace-name",
  "coverage-merge",
  "symbols",
];

/** Runs a command with the instruments that its options ask for. */
export async function instrumented(
  parsed: Parsed,
  body: (parsed: Parsed) => Promise<number>,
): Promise<number> {
  if (anyOf(CHECKED, parsed)) {
    const { checkPartners } = await import("./partners.ts");
    checkPartners(parsed);
  }
  if (!anyOf(OPTIONS, parsed)) return body(parsed);
  const { withInstruments } = await import("./with-instruments.ts");
  return withInstruments(parsed, body);
}

function anyOf(names: readonly OptionName[], parsed: Parsed): boolean {
  for (const name of names) if (parsed.value(name) !== undefined) return true;
  return false;
}
