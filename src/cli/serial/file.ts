import { closeSync, openSync } from "node:fs";
import { ExitCode, UserError } from "../exit-codes.ts";
import { Output } from "../output.ts";
import type { Link } from "./link.ts";

/** A line that is only listened to. */
export class FileLink implements Link {
  readonly congested = false;
  onData: (bytes: Uint8Array) => void = () => {};
  onRoom: () => void = () => {};
  private readonly fd: number;
  private readonly output: Output;

  constructor(readonly where: string) {
    this.fd = openForWriting(where);
    this.output = new Output(this.fd, false, where);
  }

  write(bytes: Uint8Array): void {
    this.output.write(bytes);
  }

  close(): void {
    this.output.flush();
    closeSync(this.fd);
  }
}

/** A new, empty file. */
export function openForWriting(path: string): number {
  try {
    return openSync(path, "w");
  } catch (error) {
    const code = (error as { code?: string }).code;
    const why: Record<string, string> = {
      ENOENT: "no such folder",
      EACCES: "permission denied",
      EISDIR: "is a directory",
      ENOTDIR: "part of the path is not a folder",
    };
    throw new UserError(
      ExitCode.NoOutput,
      `cannot write ${path}: ${why[code ?? ""] ?? code ?? String(error)}`,
    );
  }
}

/** A line that leads nowhere. */
export class NullLink implements Link {
  readonly where = "null";
  readonly congested = false;
  onData: (bytes: Uint8Array) => void = () => {};
  onRoom: () => void = () => {};
  write(): void {}
  close(): void {}
}
