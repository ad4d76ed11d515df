import { ExitCode } from "./exit-codes.ts";
import { writeAll } from "./output.ts";

/** Commands whose `--json` is one object on stdout, also when nothing could be run. */
const COMMANDS = new Set(["run", "test"]);

/** Whether the command line, which may be malformed, asks for JSON: what follows the module belongs to the module. */
export function wantsJson(argv: readonly string[]): boolean {
  const [command, ...rest] = argv;
  if (!COMMANDS.has(command)) return false;
  const end = rest.findIndex(
    (word) => word === "--" || (command === "run" && /\.(mo|so)$/.test(word)),
  );
  return (end < 0 ? rest : rest.slice(0, end)).includes("--json");
}

/** Says on stdout, for programs, what is said on stderr. */
export function printJsonError(exitCode: number, message: string, hint: string | undefined): void {
  const report = {
    result: exitCode === ExitCode.Internal ? "internal-error" : "error",
    exitCode,
    error: { message, hint },
  };
  writeAll(1, new TextEncoder().encode(`${JSON.stringify(report, undefined, 2)}\n`));
}
