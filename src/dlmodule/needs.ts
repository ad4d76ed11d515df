/** The paths that a file's DT_NEEDED leads to, by its own path in small letters. */
type Known = Map<string, readonly string[]>;

/**
 * What threads have read of the files that need each other: kept as long as the outermost load of the thread goes on, for a file may be
 * another one the next time.
 */
export class Needs {
  private readonly threads = new Map<number, { depth: number; readonly known: Known }>();

  /** The thread loads what a file needs, until `leave`. */
  enter(thread: number): void {
    const entry = this.threads.get(thread);
    if (entry) entry.depth++;
    else this.threads.set(thread, { depth: 1, known: new Map() });
  }

  leave(thread: number): void {
    const entry = this.threads.get(thread);
    if (entry && --entry.depth === 0) this.threads.delete(thread);
  }

  /** What the thread knows; outside of a load nothing, and nothing is kept. */
  of(thread: number): Known {
    return this.threads.get(thread)?.known ?? new Map();
  }
}
