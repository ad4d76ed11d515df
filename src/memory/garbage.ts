/** Bytes of garbage, estimated by who makes it, between two looks at the process. A look takes 5 us. */
const LOOK_AFTER = 16 << 20;
/** Growth of the process after which garbage is collected at once. */
const GROWTH_MAX = 32 << 20;

/**
 * Collects the garbage of a process that has a guest's address space. The host's collector counts that as memory in use, twice 1.6 GB of
 * which little was ever touched, and begins by itself when there is about as much garbage beside it. What it is asked for without waiting
 * is a collection of young objects, which leaves old WebAssembly modules alone. So who makes garbage at the bidding of guest
 * code says about how much, and when the process has grown all of it is collected.
 */
export class Garbage {
  private since = 0;
  /** The least the process has had since the last collection. */
  private least = Number.POSITIVE_INFINITY;

  /** `used`: bytes of memory that the process has; `collect` frees what nothing leads to. */
  constructor(
    public used: () => number,
    public collect: () => void,
  ) {}

  /** About so many bytes of garbage were made. */
  made(bytes: number): void {
    if ((this.since += bytes) >= LOOK_AFTER) this.look();
  }

  /** Collects garbage when the process has grown by so many bytes. */
  look(growth = GROWTH_MAX): void {
    this.since = 0;
    const used = this.used();
    this.least = Math.min(this.least, used);
    if (used < this.least + growth) return;
    this.collect();
    this.least = this.used();
  }
}

export const garbage = new Garbage(
  () => (require("bun:jsc") as typeof import("bun:jsc")).memoryUsage().current,
  () => Bun.gc(true),
);
