import { Mode, type VfsApi, VfsError } from "../vfs/mod.ts";
import { LoadError } from "./load-error.ts";

/** What there is at a path that somebody wants to load. */
export class Finder {
  constructor(
    private readonly vfs: Pick<VfsApi, "resolve" | "stat">,
    /** The path leads to a module inside of an archive. Throws LoadError. */
    private readonly member: (path: string) => boolean,
  ) {}

  /** There is a file at the path, or a module in an archive of the disk (`apps.zip/hello.mo`). */
  exists(path: string): boolean {
    return this.isFile(path) || this.isMember(this.resolve(path));
  }

  /** The path from the root; one that leads above it stays as it is, and is nowhere. */
  resolve(path: string): string {
    try {
      return this.vfs.resolve(path);
    } catch (error) {
      if (!(error instanceof VfsError)) throw error;
      return path;
    }
  }

  /** A name of control characters alone stands for its directory, as in FatFs. */
  private isFile(path: string): boolean {
    try {
      return (this.vfs.stat(path).mode & Mode.Dir) === 0;
    } catch (error) {
      if (!(error instanceof VfsError)) throw error;
      return false;
    }
  }

  private isMember(path: string): boolean {
    try {
      return this.member(path);
    } catch (error) {
      if (!(error instanceof LoadError)) throw error;
      // A damaged archive is there, and loading says what is wrong with it.
      return true;
    }
  }
}
