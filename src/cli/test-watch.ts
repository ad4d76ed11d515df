import { type FSWatcher, realpathSync, statSync, watch } from "node:fs";
import { dirname, join, resolve } from "node:path";
import { message } from "./outcome.ts";
import { located } from "./test-discover.ts";

/** A build writes several files: wait until nothing has changed for so long. */
const QUIET_MS = 150;

/** What may be a test, or have some. */
const TEST = /\.(mo|smoke\.toml|img|img\.gz)$/i;

/** What is run again and again. */
export interface Watched {
  run(): Promise<number>;
  /** Absolute paths of the files that decided how the last run went. */
  readonly files: ReadonlySet<string>;
  /** A signal ended the last run. */
  readonly ended: boolean;
}

/** Runs again whenever a file that matters changes, or a test appears below the paths, until the process is ended. */
export async function watchPaths(paths: readonly string[], watched: Watched): Promise<number> {
  let wake: (() => void) | undefined;
  let changed = false;
  const matters = (file: string): boolean =>
    watched.files.has(file) ||
    (TEST.test(file) && folders.some((folder) => file.startsWith(join(folder, "/"))));
  const watchers = new Map<string, FSWatcher>();
  const add = (folder: string, recursive: boolean): void => {
    if (watchers.has(folder)) return;
    try {
      const watcher = watch(folder, { recursive }, (_, name) => {
        if (name !== null && !matters(resolve(folder, name))) return;
        changed = true;
        wake?.();
      });
      watchers.set(folder, watcher);
    } catch {
      // What is not there cannot change.
    }
  };
  // As `files` names them: events have the paths that were given to `watch`.
  const folders = paths
    .filter((path) => statSync(path).isDirectory())
    .map((path) => realpathSync(path));
  const follow = (): void => {
    for (const folder of folders) add(folder, true);
    // Editors and linkers replace a file: its folder sees that.
    for (const file of [...watched.files, ...paths.map(located)])
      if (!folders.some((folder) => file === folder || file.startsWith(join(folder, "/"))))
        add(dirname(file), false);
  };
  follow();
  message(`watching ${paths.join(", ")}; Ctrl-C ends`);
  for (;;) {
    if (!changed) await new Promise<void>((resolve) => (wake = resolve));
    while (changed) {
      changed = false;
      await Bun.sleep(QUIET_MS);
    }
    try {
      const code = await watched.run();
      if (watched.ended) {
        for (const watcher of watchers.values()) watcher.close();
        return code;
      }
    } catch (error) {
      message((error as Error).message);
    }
    follow();
    // What the run itself wrote is no reason for another one.
    await Bun.sleep(QUIET_MS);
    changed = false;
    message("waiting for changes");
  }
}
