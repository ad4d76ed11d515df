import type { Handle } from "./file-system.ts";
import type { DirEntry } from "./types.ts";

/** A directory that lists mount points behind its own entries. */
export class MountedDirectory implements Handle {
  readonly type = "dir";
  readonly size = 0;
  /** Of the next mount point; undefined while the directory itself is read. */
  private index = 0;

  constructor(
    private readonly directory: Handle,
    private readonly names: readonly string[],
  ) {}

  next(): DirEntry | undefined {
    const own = this.index === 0 ? this.directory.next!() : undefined;
    if (own) return own;
    const name = this.names[this.index];
    if (name === undefined) return undefined;
    this.index++;
    return { name, directory: true, size: 0 };
  }

  seekEntry(index: number): void {
    this.index = 0;
    this.directory.seekEntry!(0);
    for (let i = 0; i < index && this.next(); i++);
  }

  close(): void {
    this.directory.close();
  }
}
