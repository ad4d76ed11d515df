import type { Kernel } from "../kernel.ts";

/** What is left of a time-out in a call that may have to wait more than once; negative means for ever. */
export class Deadline {
  private since: number;

  constructor(
    private readonly k: Kernel,
    public left: number,
  ) {
    this.since = k.tick;
  }

  /** Takes off the ticks since the last look, not below 0. */
  spend(): void {
    if (this.left <= 0) return;
    this.left = Math.max(0, this.left - ((this.k.tick - this.since) >>> 0));
    this.since = this.k.tick;
  }
}
