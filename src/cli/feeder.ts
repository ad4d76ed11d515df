import { LineFeeder } from "../serial/mod.ts";
import type { Board } from "./board.ts";
import type { Settings } from "./settings.ts";

/** Types lines at the console of whatever machine the board has, at the pace of the options. A board gets exactly the bytes of the input. */
export function feederOf(board: Board, { lineDelay, pace, compat404 }: Settings): LineFeeder {
  const ticks = (milliseconds: number): number => board.machine.ticks(milliseconds);
  const target = {
    feed: (bytes: Uint8Array): void => board.machine.kernel.console.feed(bytes),
    end: (): void => board.machine.kernel.console.end(),
  };
  return new LineFeeder(target, {
    delay: ticks(lineDelay),
    enterLast: !compat404,
    pace: pace
      ? (line) => {
          const { silence, least } = pace(line);
          return { silence: ticks(silence), least: ticks(least) };
        }
      : undefined,
  });
}
