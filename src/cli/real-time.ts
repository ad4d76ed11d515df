import type { RunResult } from "../kernel/types.ts";
import type { Machine } from "../machine.ts";
import { collectGarbage } from "./garbage.ts";

/** Between two turns of the event loop, so that a program that computes does not delay a key noticeably. */
const TURN_MS = 4;
/** Turns between two looks at what the kernel's garbage has made of the process. */
const TURNS_PER_LOOK = 32;
/** Units of a turn: few at first, then as many as take that long. */
const UNITS = { first: 20_000, least: 1000, most: 4_000_000 } as const;

const SIGNALS = { SIGHUP: 129, SIGINT: 130, SIGQUIT: 131, SIGTERM: 143 } as const;

export interface RealTimeOptions {
  /** Called whenever the machine rests: what was printed goes out. */
  readonly flush: () => void;
  /** The reader of the output is far behind: the machine waits for it. */
  readonly congested?: () => boolean;
  /** Called when no thread can run before a tick (undefined: until there is input); true: there is something to do at once. */
  readonly idle?: (nextTick: number | undefined) => boolean;
  /** The system stopped for good. */
  readonly halted: () => void;
  /** Host milliseconds; 0 = none. */
  readonly wallTimeout?: number;
  readonly timedOut?: () => number;
}

/** Runs a machine beside the host's event loop, until `stop`. */
export class RealTime {
  private over = false;
  private code = 0;
  private units: number = UNITS.first;
  private turns = 0;
  private rouse: (() => void) | undefined;

  constructor(
    private readonly machine: Machine,
    private readonly options: RealTimeOptions,
  ) {}

  /** Something arrived for the machine. */
  readonly wake = (): void => this.rouse?.();

  /** `run` ends with that exit code. */
  readonly stop = (code: number): void => {
    if (this.over) return;
    this.over = true;
    this.code = code;
    this.rouse?.();
  };

  async run(): Promise<number> {
    const { wallTimeout = 0, timedOut } = this.options;
    const handlers = Object.entries(SIGNALS).map(([name, code]) => {
      const handler = (): void => this.stop(code);
      process.on(name, handler);
      return () => process.off(name, handler);
    });
    const limit =
      wallTimeout > 0 ? setTimeout(() => this.stop(timedOut?.() ?? 124), wallTimeout) : undefined;
    try {
      await this.loop();
      return this.code;
    } finally {
      clearTimeout(limit);
      for (const remove of handlers) remove();
    }
  }

  private async loop(): Promise<void> {
    const { machine, options } = this;
    let heard = performance.now();
    while (!this.over) {
      const result = this.turn();
      options.flush();
      if (result.why === "halted") {
        options.halted();
        while (!this.over) await this.sleep(undefined);
        return;
      }
      if (options.congested?.()) {
        // Whatever ends the pause may have been something for the machine, or `stop`.
        while (options.congested() && !this.over) await this.sleep(10);
        continue;
      }
      if (result.why === "idle" && options.idle?.(result.nextTick)) {
        // Who always has something to do has to hear of signals and of what arrives, too.
        if (performance.now() - heard < TURN_MS) continue;
        await this.sleep(0);
        heard = performance.now();
        continue;
      }
      if (this.over) return;
      await this.sleep(result.why === "idle" ? machine.millisecondsUntil(result.nextTick) : 0);
    }
  }

  /** Lets the machine run, and finds out how much it does in a turn: programs, engines and hosts differ a thousandfold. */
  private turn(): RunResult {
    const { kernel } = this.machine;
    const [start, before] = [performance.now(), kernel.clock.units];
    const result = kernel.run({ units: this.units, skipIdle: false });
    if (++this.turns % TURNS_PER_LOOK === 0) collectGarbage();
    if (kernel.clock.units - before < this.units) return result;
    const share = TURN_MS / Math.max(performance.now() - start, TURN_MS / 2);
    this.units = Math.min(UNITS.most, Math.max(UNITS.least, Math.floor(this.units * share)));
    return result;
  }

  /** Until there is something to do; undefined: no time ends it. */
  private sleep(milliseconds: number | undefined): Promise<void> {
    return new Promise((resolve) => {
      let timer: Timer | undefined;
      this.rouse = () => {
        this.rouse = undefined;
        clearTimeout(timer);
        resolve();
      };
      if (milliseconds === 0) setImmediate(() => this.rouse?.());
      // Something has to keep the event loop alive.
      else timer = setTimeout(() => this.rouse?.(), Math.min(milliseconds ?? 60_000, 60_000));
    });
  }
}
