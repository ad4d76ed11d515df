import { statSync } from "node:fs";
import { ExitCode, UserError } from "./exit-codes.ts";
import { hostError } from "./host-file.ts";
import { type OptionName, type OptionRow, OPTIONS } from "./options.ts";
import { type Parsed, usage } from "./parse.ts";

/** Options that mean nothing by themselves, and those of which they need one. */
const PARTNERS: readonly (readonly [option: OptionName, needs: readonly OptionName[]])[] = [
  ["gdb-wait", ["gdb"]],
  ["trace-output", ["trace"]],
  ["trace-module", ["trace", "trace-json"]],
  ["trace-thread", ["trace", "trace-json"]],
  ["trace-name", ["trace", "trace-json"]],
  ["coverage-merge", ["coverage"]],
];

/** Throws UserError when an option of debugging has no effect: nothing is ignored silently. */
export function checkPartners(parsed: Parsed): void {
  for (const [option, needs] of PARTNERS) {
    if (parsed.value(option) === undefined) continue;
    if (needs.some((name) => parsed.value(name) !== undefined)) continue;
    const words = needs.map((name) => `--${name}`).join(" or ");
    const row: OptionRow | undefined = OPTIONS.find(({ name }) => name === option);
    const given = row?.short === undefined ? `--${option}` : `-${row.short} (--${option})`;
    throw usage(`${given} has no effect without ${words}`, "try 'rtt-sim help run'");
  }
  for (const folder of parsed.values("symbols")) {
    let isFolder: boolean;
    try {
      isFolder = statSync(folder).isDirectory();
    } catch (error) {
      throw hostError(folder, error);
    }
    if (!isFolder)
      throw new UserError(
        ExitCode.NoInput,
        `--symbols: ${folder} is not a folder`,
        "name the folder that the file with the symbols is in",
      );
  }
}
