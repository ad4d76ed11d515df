import { type FSWatcher, statSync, watch } from "node:fs";
import { dirname } from "node:path";
import { message } from "./outcome.ts";

/** A build writes several files: wait until nothing has changed for so long. */
const QUIET_MS = 150;

/** Runs again whenever something below the paths changes, until the process is ended. */
export async function watchPaths(
  paths: readonly string[],
  run: () => Promise<number>,
): Promise<number> {
  let wake: (() => void) | undefined;
  let changed = false;
  const watchers: FSWatcher[] = [];
  for (const path of paths) {
    const folder = statSync(path).isDirectory();
    // Editors and linkers replace a file: its folder sees that.
    watchers.push(
      watch(folder ? path : dirname(path), { recursive: folder }, () => {
        changed = true;
        wake?.();
      }),
    );
  }
  message(`watching ${paths.join(", ")}; Ctrl-C ends`);
  for (;;) {
    if (!changed) await new Promise<void>((resolve) => (wake = resolve));
    while (changed) {
      changed = false;
      await Bun.sleep(QUIET_MS);
    }
    try {
      await run();
    } catch (error) {
      message((error as Error).message);
    }
    // What the run itself wrote is no reason for another one.
    await Bun.sleep(QUIET_MS);
    changed = false;
    message("waiting for changes");
  }
}
