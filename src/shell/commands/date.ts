import type { CommandContext } from "../types.ts";

/** RT_LIBC_FIXED_TIMEZONE 8: local time is UTC plus eight hours. */
const ZONE_SECONDS = 8 * 3600;

const DAYS = ["Sun", "Mon", "Tue", "Wed", "Thu", "Fri", "Sat"];
const MONTHS = ["Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"];

/** ctime(): local time in 24 characters and a new line. */
function ctime(seconds: number): string {
  const date = new Date((seconds + ZONE_SECONDS) * 1000);
  const two = (n: number): string => String(n).padStart(2, "0");
  const clock = [date.getUTCHours(), date.getUTCMinutes(), date.getUTCSeconds()].map(two).join(":");
  const day = String(date.getUTCDate()).padStart(2);
  return `${DAYS[date.getUTCDay()]} ${MONTHS[date.getUTCMonth()]} ${day} ${clock} ${date.getUTCFullYear()}\n`;
}

/** The arguments of `date` in order, with their ranges. */
const FIELDS = [
  { name: "year", min: 2000, max: 2099 },
  { name: "month", min: 1, max: 12 },
  { name: "day", min: 1, max: 31 },
  { name: "hour", min: 0, max: 23 },
  { name: "minute", min: 0, max: 59 },
  { name: "second", min: 0, max: 59 },
] as const;

const HINT = [
  "please input: date [year month day hour min sec] or date\n",
  "e.g: date 2018 01 01 23 59 59 or date\n",
] as const;

/** `date` has no result of its own in 4.0.4: what it leaves is the length of the last text printed. */
export function date({ kernel }: CommandContext, argv: readonly string[]): number {
  const { console } = kernel;
  if (argv.length === 1) {
    console.print(ctime(kernel.rtc));
    return 0;
  }
  if (argv.length <= FIELDS.length) {
    console.print(HINT.join(""));
    return HINT[1].length;
  }
  const values: number[] = [];
  for (const [i, { name, min, max }] of FIELDS.entries()) {
    const value = atoi(argv[i + 1]);
    if (value < min || value > max) {
      const text = `${name} is out of range [${min}-${max}]\n`;
      console.print(text);
      return text.length;
    }
    values.push(value);
  }
  const [year, month, day, hour, minute, second] = values;
  // A day the month does not have becomes one of the next month.
  kernel.rtc = Date.UTC(year, month - 1, day, hour, minute, second) / 1000 - ZONE_SECONDS;
  return 0;
}

export function listDate({ kernel }: CommandContext): void {
  kernel.console.print(`${ctime(kernel.rtc)}\n`);
}

function atoi(text: string): number {
  return Number(/^\s*([+-]?\d+)/.exec(text)?.[1] ?? 0);
}
