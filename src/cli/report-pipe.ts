import { closeSync, constants, openSync, statSync, writeSync } from "node:fs";

/** Milliseconds between two looks whether a pipe can be opened, or takes more. */
const LOOK_MS = 2;

/** Milliseconds of host time for which readers are waited for. */
export interface Patience {
  /** Until one comes. */
  readonly come: number;
  /** Until one that is there takes something. */
  readonly take: number;
}

/** How a report in a pipe ended: its reader has everything, never came, went away, or takes nothing any more. */
export type Sent = "all" | "nobody" | "gone" | "stuck";

export function isPipe(file: string): boolean {
  return statSync(file, { throwIfNoEntry: false })?.isFIFO() ?? false;
}

/** A report on its way into a pipe, whose reader is never waited for in a call to the system. */
export class PipeReport {
  private fd: number | undefined;
  private bytes: Uint8Array = new Uint8Array();
  private done = 0;
  /** When something last went well. */
  private last = 0;

  /** Looks whether it can be opened at all. @throws what `openSync` does, but not when nobody reads it */
  constructor(readonly file: string) {
    this.open();
  }

  begin(bytes: Uint8Array): void {
    this.bytes = bytes;
    this.touch();
  }

  /** It may depend on another pipe how soon this one is read. */
  touch(): void {
    this.last = performance.now();
  }

  /** Writes what its reader takes now; how it ended, or undefined: it has not. @throws what `openSync` and `writeSync` do */
  step(patience: Patience): Sent | undefined {
    const waited = performance.now() - this.last;
    if (this.fd === undefined) {
      this.open();
      if (this.fd === undefined) return waited > patience.come ? "nobody" : undefined;
      this.touch();
    }
    try {
      while (this.done < this.bytes.length) {
        this.done += writeSync(this.fd, this.bytes, this.done);
        this.touch();
      }
    } catch (error) {
      const { code } = error as { code?: string };
      if (code === "EPIPE") return "gone";
      if (code !== "EAGAIN") throw error;
      return waited > patience.take ? "stuck" : undefined;
    }
    return "all";
  }

  get progress(): number {
    return this.last;
  }

  close(): void {
    if (this.fd !== undefined) closeSync(this.fd);
    this.fd = undefined;
  }

  private open(): void {
    try {
      this.fd = openSync(this.file, constants.O_WRONLY | constants.O_NONBLOCK);
    } catch (error) {
      // Nobody reads it yet.
      if ((error as { code?: string }).code !== "ENXIO") throw error;
    }
  }
}

/** Fills all pipes, each as fast as it is read, whatever order they are read in; `ended` is told of each, with an error of the host. */
export function fillPipes(
  reports: Iterable<PipeReport>,
  patience: Patience,
  ended: (report: PipeReport, how: Sent | Error) => void,
): void {
  const left = new Set(reports);
  for (;;) {
    const before = Math.max(...[...left].map(({ progress }) => progress));
    let lively = false;
    for (const report of left) {
      const how = attempt(report, patience);
      lively ||= report.progress > before;
      if (how === undefined) continue;
      // Its reader learns that this is the end, and may turn to the next.
      report.close();
      left.delete(report);
      ended(report, how);
    }
    if (left.size === 0) return;
    if (lively) for (const report of left) report.touch();
    else Bun.sleepSync(LOOK_MS);
  }
}

function attempt(report: PipeReport, patience: Patience): Sent | Error | undefined {
  try {
    return report.step(patience);
  } catch (error) {
    return error as Error;
  }
}
