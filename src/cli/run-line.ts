import { ArgumentError, commandLine as lineOf } from "../smoke/command-line.ts";
import { ExitCode, UserError } from "./exit-codes.ts";

/** The line that starts a program with these arguments. */
export function commandLine(name: string, args: readonly string[]): string {
  try {
    return lineOf(name, args);
  } catch (error) {
    if (!(error instanceof ArgumentError)) throw error;
    throw new UserError(ExitCode.Usage, error.message, error.fix);
  }
}
