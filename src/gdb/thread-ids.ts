import type { Kernel } from "../kernel/mod.ts";

/**
 * Numbers of threads. A TCB is memory that another thread may get, so a number belongs to one incarnation of it, and none comes again.
 *
 * A debugger knows threads by their numbers: after a restart it goes on with the one that it had stopped in. So the thread that is the
 * first to run has the number that was current `before`.
 */
export class ThreadIds {
  /** Number of the thread that is the first to stop; until then it stands for whatever will run first. */
  readonly first: number;
  private firstGiven = false;
  private next: number;
  /** By TCB, and of which incarnation it is. */
  private readonly ids = new Map<number, { id: number; state: unknown }>();

  constructor(
    private readonly kernel: Kernel,
    before?: ThreadIds,
  ) {
    this.first = before?.current ?? 1;
    this.next = before ? before.next + 1 : 2;
  }

  /** TCB of the running thread; 0 before the first. */
  get running(): number {
    return this.kernel.runner.running?.thread ?? 0;
  }

  get current(): number {
    return this.of(this.running);
  }

  /** No thread has the first number yet. */
  get firstIsFree(): boolean {
    return !this.firstGiven;
  }

  of(tcb: number): number {
    if (tcb === 0) return this.first;
    const state = this.kernel.threads.states.get(tcb);
    const known = this.ids.get(tcb);
    const first = !this.firstGiven && tcb === this.running;
    if (first) this.firstGiven = true;
    else if (known && known.state === state) return known.id;
    const id = first ? this.first : this.next++;
    this.ids.set(tcb, { id, state });
    return id;
  }

  /** The thread with a number; undefined when there is none, or none any more. */
  tcb(id: number): number | undefined {
    for (const [tcb, entry] of this.ids)
      if (entry.id === id && this.kernel.threads.states.get(tcb) === entry.state) return tcb;
    return undefined;
  }
}
