import { closeSync, openSync, writeFileSync } from "node:fs";
import { ExitCode, UserError } from "./exit-codes.ts";

const WHY: Readonly<Record<string, string>> = {
  ENOENT: "no such folder",
  ENOTDIR: "part of the path is not a folder",
  EISDIR: "it is a folder",
  EACCES: "permission denied",
  EROFS: "the file system is read-only",
  ENOSPC: "the disk is full",
  EDQUOT: "the disk quota is used up",
  EFBIG: "the file would be too large",
};

/** Why a file of results could not be written. */
function outputError(path: string, error: unknown): UserError {
  const { code } = error as { code?: string };
  return new UserError(
    ExitCode.NoOutput,
    `cannot write ${path}: ${WHY[code ?? ""] ?? code ?? String(error)}`,
  );
}

/** Opens a file of results from its beginning; that it can be written is found out before a long run, not after it. */
export function openReport(path: string): number {
  if (path === "") throw new UserError(ExitCode.Usage, "the name of a file of results is empty");
  try {
    return openSync(path, "w");
  } catch (error) {
    throw outputError(path, error);
  }
}

/** The same, for one that is written at the end. */
export function reserveReport(path: string): void {
  closeSync(openReport(path));
}

/** Throws UserError(74). */
export function writeReport(path: string, text: string): void {
  try {
    writeFileSync(path, text);
  } catch (error) {
    throw outputError(path, error);
  }
}
