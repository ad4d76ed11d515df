import { LineFeeder } from "../serial/mod.ts";
import type { Board } from "./board.ts";
import type { Settings } from "./settings.ts";

/** Types lines at the console of whatever machine the board has, at the pace of the options. */
export function feederOf(board: Board, { lineDelay, pace }: Settings): LineFeeder {
  const ticks = (milliseconds: number): number => board.machine.ticks(milliseconds);
  const target = {
    feed: (bytes: Uint8Array): void => board.machine.kernel.console.feed(bytes),
    end: (): void => board.machine.kernel.console.end(),
  };
  return new LineFeeder(target, {
    delay: ticks(lineDelay),
    pace: pace
      ? (line) => {
          const { silence, least } = pace(line);
          return { silence: ticks(silence), least: ticks(least) };
        }
      : undefined,
  });
}
