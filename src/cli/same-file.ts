import { realpathSync, statSync } from "node:fs";
import { basename, dirname, join, resolve } from "node:path";

/** What two names of one file have in common: links of both kinds are followed, and one that does not exist yet has its path. */
export function fileIdentity(path: string): string {
  const found = identityOf(path);
  if (found !== undefined) return found;
  try {
    return join(realpathSync.native(dirname(path)), basename(path));
  } catch {
    return resolve(path);
  }
}

/** Device and inode of a file that exists. */
function identityOf(path: string): string | undefined {
  try {
    const { dev, ino } = statSync(path, { bigint: true });
    return `${dev}:${ino}`;
  } catch {
    // What cannot be looked at is told where it is opened.
    return undefined;
  }
}
