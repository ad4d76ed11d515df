/** A DOS date and time: `date` is year-1980, month, day in 7, 4, 5 bits; `time` hour, minute, seconds/2 in 5, 6, 5 bits. */
export interface Stamp {
  readonly date: number;
  readonly time: number;
}

/** What a system without a clock writes. */
export const NO_STAMP: Stamp = { date: 0, time: 0 };

const FIRST = Date.UTC(1980, 0, 1) / 1000;
const LAST = Date.UTC(2107, 11, 31, 23, 59, 58) / 1000;

/** The stamp of a time in seconds since 1970 UTC, moved into the years 1980 to 2107. */
export function toStamp(seconds: number): Stamp {
  const t = new Date(Math.min(Math.max(Math.floor(seconds), FIRST), LAST) * 1000);
  return {
    date: ((t.getUTCFullYear() - 1980) << 9) | ((t.getUTCMonth() + 1) << 5) | t.getUTCDate(),
    time: (t.getUTCHours() << 11) | (t.getUTCMinutes() << 5) | (t.getUTCSeconds() >> 1),
  };
}

/**
 * Seconds since 1970 of a stamp taken as UTC. As RT-Thread does it, a month of 0 counts as January; so the empty stamp is the
 * day before 1980 began, 315446400.
 */
export function fromStamp({ date, time }: Stamp): number {
  const month = Math.max((date >> 5) & 15, 1) - 1;
  return (
    Date.UTC(1980 + (date >> 9), month, date & 31, time >> 11, (time >> 5) & 63, (time & 31) * 2) /
    1000
  );
}
