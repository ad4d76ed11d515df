import type { HowEnded } from "./module.ts";

/** Why the kernel is about to end a thread's module: noted by the hooks that come before `endModule`. */
export class Causes {
  private readonly noted = new Map<number, HowEnded>();

  /** For KernelHooks.fault, stackOverflow and assertion. A later, more exact cause replaces an earlier one. */
  note(thread: number, how: HowEnded): void {
    this.noted.set(thread, how);
  }

  take(thread: number): HowEnded {
    const how = this.noted.get(thread) ?? "fault";
    this.noted.clear();
    return how;
  }
}
