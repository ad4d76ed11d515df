import { mkdirSync, statSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import type { Machine } from "../machine.ts";
import { decode437 } from "../fat/mod.ts";
import { VfsError } from "../vfs/mod.ts";
import { ExitCode, UserError } from "./exit-codes.ts";
import { cannotWrite } from "./write-error.ts";

/** O_ACCMODE of newlib's open flags. */
const ACCESS_MODE = 3;
const DEPTH_MAX = 64;

/** `--out DIR`: what the run makes or changes on the disk is copied to the host when it is over. */
export class OutFolder {
  private readonly before = new Map<string, number>();
  private readonly written = new Set<string>();

  constructor(
    private readonly folder: string,
    private readonly machine: Machine,
  ) {
    try {
      mkdirSync(folder, { recursive: true });
    } catch (error) {
      throw this.failure(folder, error);
    }
    if (!statSync(folder).isDirectory())
      throw new UserError(ExitCode.NoOutput, `--out: ${folder} is not a folder`);
    for (const { path, size } of walk(machine, "/", 0)) this.before.set(path, size);
    const { vfs } = machine;
    const { opened } = vfs;
    vfs.opened = (fd) => {
      opened?.(fd);
      const { type, path, flags } = vfs.file(fd);
      if (type === "file" && (flags & ACCESS_MODE) !== 0) this.written.add(path);
    };
  }

  /** Copies; gives the guest paths. */
  save(): string[] {
    const saved: string[] = [];
    const { vfs } = this.machine;
    for (const { path, size, directory } of walk(this.machine, "/", 0)) {
      const known = this.before.get(path);
      const host = join(this.folder, decode437(path));
      try {
        if (directory) {
          if (known === undefined) mkdirSync(host, { recursive: true });
          continue;
        }
        if (known === size && !this.written.has(path)) continue;
        mkdirSync(dirname(host), { recursive: true });
        writeFileSync(host, vfs.readFile(path));
        saved.push(path);
      } catch (error) {
        if (error instanceof VfsError) continue;
        throw this.failure(host, error);
      }
    }
    return saved;
  }

  private failure(path: string, error: unknown): UserError {
    return cannotWrite(path, error, "--out: ");
  }
}

/** Files and folders in the order of the disk; the device files are not on it. */
function* walk(
  machine: Machine,
  folder: string,
  depth: number,
): Generator<{ path: string; size: number; directory: boolean }> {
  const { vfs } = machine;
  let entries: ReturnType<typeof vfs.list>;
  try {
    entries = vfs.list(folder);
  } catch (error) {
    if (error instanceof VfsError) return;
    throw error;
  }
  for (const { name, size, directory } of entries) {
    const path = folder === "/" ? `/${name}` : `${folder}/${name}`;
    if (path === "/dev" || name === "." || name === ".." || depth > DEPTH_MAX) continue;
    yield { path, size: directory ? -1 : size, directory };
    if (directory) yield* walk(machine, path, depth + 1);
  }
}
