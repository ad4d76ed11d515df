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
const CALLS = 3;

/**
 * A moment in microseconds, as a multiple of 1/1024: sums of those are exact, so that one event ends where the next begins. Readers take
 * events of one row that overlap, however little, for broken ones.
 */
const moment = (nanoseconds: number): number => Math.round(nanoseconds * 1.024) / 1024;

/**
 * Scheduling and kernel calls as chrome://tracing and Perfetto show them: the processor's row, one row for each thread with its turns, and
 * one with its calls, which last from turn to turn.
 */
export class ChromeTrace {
  private readonly events: Event[] = [
    { ph: "M", pid: CPU, tid: 0, name: "process_name", args: { name: "processor" } },
    { ph: "M", pid: CPU, tid: 0, name: "thread_name", args: { name: "cpu 0" } },
    { ph: "M", pid: THREADS, tid: 0, name: "process_name", args: { name: "threads" } },
    { ph: "M", pid: CALLS, tid: 0, name: "process_name", args: { name: "kernel calls" } },
  ];
  /** By thread: two may have one name. */
  private readonly rows = new Map<string, number>();

  turn({ thread, tcb, start, end, why }: Turn): void {
    const tid = this.row(thread, tcb);
    const times = span(start, end);
    const args = { ended: why };
    this.events.push({ ph: "X", pid: CPU, tid: 0, name: thread, cat: "sched", ...times, args });
    this.events.push({ ph: "X", pid: THREADS, tid, name: "running", cat: "sched", ...times, args });
  }

  call({ name, thread, tcb, start, end }: CallRecord): void {
    const tid = this.row(thread, tcb);
    this.events.push({ ph: "X", pid: CALLS, tid, name, cat: "call", ...span(start, end) });
  }

  text(): string {
    return `{"displayTimeUnit":"ms","traceEvents":[\n${this.events.map((event) => JSON.stringify(event)).join(",\n")}\n]}\n`;
  }

  private row(thread: string, tcb: number): number {
    const key = `${tcb} ${thread}`;
    let tid = this.rows.get(key);
    if (tid === undefined) {
      tid = this.rows.size + 1;
      this.rows.set(key, tid);
      for (const pid of [THREADS, CALLS])
        this.events.push({ ph: "M", pid, tid, name: "thread_name", args: { name: thread } });
    }
    return tid;
  }
}

function span(start: number, end: number): { readonly ts: number; readonly dur: number } {
  const ts = moment(start);
  return { ts, dur: Math.max(0, moment(end) - ts) };
}
