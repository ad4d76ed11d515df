import { readFileSync } from "node:fs";
import { UserError } from "./exit-codes.ts";

const NUMBERS = { SIGHUP: 1, SIGINT: 2, SIGTERM: 15 } as const;

/** Between two turns of the event loop, in which signals are heard. */
const TURN_MS = 25;

/** A signal ended the work. */
export class SignalError extends UserError {}

/**
 * Signals that ask the process to end, for work that is done in one go: it lets the event loop turn now and then and ends in good
 * order when one came.
 */
export class Signals {
  /** 128 and the number of the signal that came. */
  code: number | undefined;
  /** Its name. */
  name = "";
  /** Called when one came. */
  heard: (() => void) | undefined;
  private last = performance.now();
  private readonly taken: (() => void)[];

  constructor() {
    const ignored = ignoredSignals();
    this.taken = Object.entries(NUMBERS)
      .filter(([, number]) => !(ignored & (1 << (number - 1))))
      .map(([name, number]) => {
        const handler = (): void => {
          this.code ??= 128 + number;
          this.name ||= name;
          this.heard?.();
        };
        process.on(name, handler);
        return () => void process.off(name, handler);
      });
  }

  /** Whether it is time for `turn`. */
  get due(): boolean {
    return performance.now() - this.last >= TURN_MS;
  }

  /** Hears what came; to be called often. */
  async turn(): Promise<void> {
    if (this.due) await this.listen();
  }

  async listen(): Promise<void> {
    await new Promise((resolve) => setImmediate(resolve));
    this.last = performance.now();
  }

  /** The same, and ends the work. @throws UserError with the exit code of the signal */
  async check(): Promise<void> {
    await this.turn();
    this.throwIfEnded();
  }

  private throwIfEnded(): void {
    if (this.code !== undefined) throw new SignalError(this.code, `ended by ${this.name}`);
  }

  /** Runs what gives way now and then. @throws UserError with the exit code of a signal that came */
  async through<T>(steps: Generator<void, T>): Promise<T> {
    for (;;) {
      const { done, value } = steps.next();
      if (done) return value;
      await this.listen();
      this.throwIfEnded();
    }
  }

  /** The signals do again what they did before. */
  close(): void {
    for (const free of this.taken) free();
  }
}

/** What the process was started without, for instance by nohup: one bit for each signal. It stays so. */
export function ignoredSignals(): number {
  try {
    const mask = /^SigIgn:\s*(\w+)/m.exec(readFileSync("/proc/self/status", "latin1"));
    return mask ? Number.parseInt(mask[1].slice(-8), 16) : 0;
  } catch {
    return 0;
  }
}

/** What steps come to, with an ear for signals or without one. */
export async function ended<T>(
  steps: Generator<void, T>,
  signals: Signals | undefined,
): Promise<T> {
  if (signals) return signals.through(steps);
  for (;;) {
    const { done, value } = steps.next();
    if (done) return value;
    // Nobody types: a debugger may have come.
    await new Promise((resolve) => setImmediate(resolve));
  }
}
