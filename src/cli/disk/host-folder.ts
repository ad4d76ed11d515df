import {
  closeSync,
  constants,
  fstatSync,
  lstatSync,
  openSync,
  readdirSync,
  readSync,
  realpathSync,
  statSync,
} from "node:fs";
import { join, sep } from "node:path";
import type { HostFolder, HostInfo, HostReader } from "../../vfs/mod.ts";
import { hostError } from "../host-file.ts";

/**
 * A folder of the host for HostFs. Every path is looked at anew: what it stands for must lie inside the folder, links followed, and
 * be a file or a folder. Nothing is written.
 */
export class NodeFolder implements HostFolder {
  private readonly root: string;

  /** @throws UserError when there is no such folder */
  constructor(path: string) {
    try {
      this.root = realpathSync(path);
      if (!statSync(this.root).isDirectory()) throw Object.assign(new Error(), { code: "ENOTDIR" });
    } catch (error) {
      throw hostError(path, error);
    }
  }

  list(names: readonly string[]): HostInfo[] {
    const folder = this.inside(names);
    return readdirSync(folder)
      .sort((a, b) => (a < b ? -1 : a > b ? 1 : 0))
      .flatMap((name) => this.info(names, name));
  }

  open(names: readonly string[]): HostReader {
    const path = this.inside(names);
    // Not through a link that was put there since, and without waiting for a pipe.
    const fd = openSync(
      path,
      constants.O_RDONLY | (constants.O_NOFOLLOW ?? 0) | (constants.O_NONBLOCK ?? 0),
    );
    const stat = fstatSync(fd);
    if (!stat.isFile()) {
      closeSync(fd);
      throw new Error("it is not a file");
    }
    return {
      size: stat.size,
      readAt(offset, into) {
        let done = 0;
        while (done < into.length) {
          const n = readSync(fd, into, done, into.length - done, offset + done);
          if (n === 0) break;
          done += n;
        }
        return done;
      },
      close: () => closeSync(fd),
    };
  }

  /** Nothing for what is neither a file nor a folder, or leads outside. */
  private info(names: readonly string[], name: string): HostInfo[] {
    try {
      const path = this.inside([...names, name]);
      const stat = lstatSync(path);
      const directory = stat.isDirectory();
      if (!directory && !stat.isFile()) return [];
      const size = directory ? 0 : stat.size;
      return [{ name, directory, size, mtime: Math.floor(stat.mtimeMs / 1000) }];
    } catch {
      return [];
    }
  }

  private inside(names: readonly string[]): string {
    const real = realpathSync(join(this.root, ...names));
    const within = real === this.root || real.startsWith(this.root === sep ? sep : this.root + sep);
    if (!within) throw new Error("it leads out of the folder");
    return real;
  }
}
