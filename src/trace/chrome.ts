import type { CallRecord } from "./calls.ts";
import type { Turn } from "./sched.ts";

/** An event of the Trace Event Format ("Trace Event Format" of the Chromium project, complete events and metadata). */
interface Event {
  readonly ph: "X" | "M";
  readonly pid: number;
  readonly tid: number;
  readonly name: string;
  readonly cat?: string;
  /** Microseconds. */
  readonly ts?: number;
  readonly dur?: number;
  readonly args?: Record<string, unknown>;
}

const CPU = 1;
const THREADS = 2;

/** Scheduling and kernel calls as chrome://tracing and Perfetto show them: the processor's row, and one row for each thread. */
export class ChromeTrace {
  private readonly events: Event[] = [
    { ph: "M", pid: CPU, tid: 0, name: "process_name", args: { name: "processor" } },
    { ph: "M", pid: CPU, tid: 0, name: "thread_name", args: { name: "cpu 0" } },
    { ph: "M", pid: THREADS, tid: 0, name: "process_name", args: { name: "threads" } },
  ];
  private readonly rows = new Map<string, number>();

  turn({ thread, start, end, why }: Turn): void {
    const tid = this.row(thread);
    const times = { ts: start / 1000, dur: Math.max(0, end - start) / 1000 };
    const args = { ended: why };
    this.events.push({ ph: "X", pid: CPU, tid: 0, name: thread, cat: "sched", ...times, args });
    this.events.push({ ph: "X", pid: THREADS, tid, name: "running", cat: "sched", ...times, args });
  }

  call({ name, thread, start, end }: CallRecord): void {
    const times = { ts: start / 1000, dur: Math.max(0, end - start) / 1000 };
    this.events.push({ ph: "X", pid: THREADS, tid: this.row(thread), name, cat: "call", ...times });
  }

  text(): string {
    return `{"displayTimeUnit":"ms","traceEvents":[\n${this.events.map((event) => JSON.stringify(event)).join(",\n")}\n]}\n`;
  }

  private row(thread: string): number {
    let tid = this.rows.get(thread);
    if (tid === undefined) {
      tid = this.rows.size + 1;
      this.rows.set(thread, tid);
      this.events.push({ ph: "M", pid: THREADS, tid, name: "thread_name", args: { name: thread } });
    }
    return tid;
  }
}
