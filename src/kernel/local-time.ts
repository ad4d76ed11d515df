import { RT_EOK, RT_ERROR } from "./abi/constants.ts";
import type { ExportRow } from "./call.ts";
import type { Kernel } from "./kernel.ts";
import type { KernelApi } from "./types.ts";

/** Local time is UTC + 8 h, as the reference board is configured. */
const ZONE_MS = 8 * 3600 * 1000;

type Change = (date: Date, a: number, b: number, c: number) => void;

/** Changes one half of the clock and keeps the other. -RT_ERROR: no such date. */
const setter =
  (change: Change) =>
  (k: Pick<KernelApi, "rtc">, a: number, b: number, c: number): number => {
    const date = new Date(k.rtc * 1000 + ZONE_MS);
    change(date, a, b, c);
    const seconds = Math.floor((date.getTime() - ZONE_MS) / 1000);
    if (Number.isNaN(seconds)) return -RT_ERROR;
    k.rtc = seconds;
    return RT_EOK;
  };

/** set_date and set_time of components/drivers/rtc/rtc.c, in local time. */
export const setDate = setter((date, year, month, day) =>
  date.setUTCFullYear(year, month - 1, day),
);

/** What is no date by any calendar, or before the epoch: mktime of the original carries it over to another year. */
const noDate = (year: number, month: number, day: number): boolean =>
  year < 1970 || year > 9999 || month < 1 || month > 12 || day < 1 || day > 31;
export const setTime = setter((date, hour, minute, second) =>
  date.setUTCHours(hour, minute, second),
);

export const rtcRows: readonly ExportRow<Kernel>[] = [
  {
    name: "set_date",
    proto: "rt_err_t set_date(rt_uint32_t year, rt_uint32_t month, rt_uint32_t day);",
    header: "drivers/rtc.h",
    call: (k, year, month, day) =>
      !k.options.compat404 && noDate(year >>> 0, month >>> 0, day >>> 0)
        ? -RT_ERROR
        : setDate(k, year >>> 0, month >>> 0, day >>> 0),
  },
  {
    name: "set_time",
    proto: "rt_err_t set_time(rt_uint32_t hour, rt_uint32_t minute, rt_uint32_t second);",
    header: "drivers/rtc.h",
    call: (k, hour, minute, second) => setTime(k, hour >>> 0, minute >>> 0, second >>> 0),
  },
];
