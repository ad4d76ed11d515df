import type { Failure, TestResult } from "../result.ts";

/** Milliseconds of a test: the host's when they were measured, or the simulated ones. */
export function millis({ wall, figures }: TestResult): number {
  return wall ?? (figures?.ran ?? 0) / 1e6;
}

export function folderOf(id: string): string {
  const slash = id.lastIndexOf("/");
  return slash < 0 ? "." : id.slice(0, slash);
}

/** A failure with its details, lines without a last line end. */
export function failureText({ message, details, line }: Failure): string {
  // What is wrong with a scenario says its place in full.
  const where = line === undefined || message.includes(`:${line}:`) ? "" : `line ${line}: `;
  const more = details ? `\n${details.replace(/^/gm, "  ")}` : "";
  return `${where}${message}${more}`;
}
