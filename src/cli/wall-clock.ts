import type { WallClock } from "../kernel/types.ts";

export function wallClock(): WallClock {
  return {
    now: () => performance.now(),
    epochSeconds: () => Math.floor(Date.now() / 1000),
  };
}
