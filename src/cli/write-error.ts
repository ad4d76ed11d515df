import { ExitCode, UserError } from "./exit-codes.ts";

const WHY: Readonly<Record<string, string>> = {
  ENOENT: "there is no such folder",
  EACCES: "permission denied",
  EPERM: "permission denied",
  EROFS: "the file system is read-only",
  EISDIR: "it is a folder",
  EEXIST: "it is not a folder",
  ENOTDIR: "part of the path is not a folder",
  ENOSPC: "the host's disk is full",
  EDQUOT: "the quota is used up",
  ENXIO: "nobody reads that pipe",
  ELOOP: "its links lead in a circle",
  ENAMETOOLONG: "the name is too long",
};

/** Why `what`, a file or folder of the host, could not be written. */
export function cannotWrite(what: string, error: unknown, option = ""): UserError {
  const code = (error as { code?: string }).code ?? String(error);
  return new UserError(ExitCode.NoOutput, `${option}cannot write ${what}: ${WHY[code] ?? code}`);
}
