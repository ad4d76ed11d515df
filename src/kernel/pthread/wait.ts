import { RT_EINTR } from "../abi/constants.ts";
import type { Task } from "../call.ts";
import type { Kernel } from "../kernel.ts";

/** The result of a kernel function that may have to wait. */
export function* finish(result: number | Task<number>): Task<number> {
  return typeof result === "number" ? result : yield* result;
}

/** The same for POSIX functions that no signal interrupts: it waits again. */
export function* uninterrupted(k: Kernel, wait: () => number | Task<number>): Task<number> {
  for (;;) {
    const result = yield* finish(wait());
    if (result !== -RT_EINTR || k.options.compat404) return result;
  }
}
