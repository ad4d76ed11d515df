import { discover } from "./test-discover.ts";
import { filesOf } from "./test-files.ts";
import { load } from "./test-run.ts";

/** Host files that the tests below a path read, before anything is run. What is wrong with the path is told where it is used. */
export function inputsBelow(path: string): string[] {
  try {
    // Nothing is run: no firmware is needed.
    return discover([path]).flatMap((ref) => filesOf(load(ref, new Uint8Array())));
  } catch {
    return [];
  }
}
