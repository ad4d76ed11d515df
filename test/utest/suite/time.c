/* Time: components/libc/time and components/drivers/rtc of RT-Thread 4.0.4; ISO C 7.27. */
#include <errno.h>
#include <stdlib.h>
#include <sys/time.h>
#include <time.h>
#include <unistd.h>

#include <rtdevice.h>

#include "utest.h"

/* What the assertions check: rule(ID) cites the one of those that follow it. */
RULE(Z1, "rtc.c rt_rtc_init", "the soft clock begins at 2018-01-01 00:00:00 UTC");
RULE(Z2, "ISO C time", "gives and stores the same");
RULE(Z3, "ISO C gmtime_r", "the calendar in UTC");
RULE(Z4, "ISO C localtime_r", "eight hours later than UTC (RT_LIBC_FIXED_TIMEZONE)");
RULE(Z5, "ISO C mktime", "the inverse of localtime");
RULE(Z6, "ISO C strftime", "the length and the text");
RULE(Z7, "ISO C asctime_r", "26 characters with the end of the line");
RULE(Z8, "ISO C ctime_r", "asctime of the local time");
RULE(Z9, "ISO C difftime", "seconds");
RULE(Z10, "ISO C mktime", "fills in the day of the year; 2000 is a leap year");
RULE(Z11, "POSIX.1 sleep", "0 after that many seconds of ticks");
RULE(Z12, "ISO C clock", "goes on with the ticks");
RULE(Z13, "ISO C time", "goes on with the ticks");
RULE(Z14, "POSIX.1 usleep", "0 after that many milliseconds, rounded up to ticks");
RULE(Z15, "POSIX.1 gettimeofday", "0; the seconds of time, and microseconds below a million");
RULE(Z16, "POSIX.1 clock_getres", "CLOCK_REALTIME: a tick of 10 ms");
RULE(Z17, "POSIX.1 clock_gettime", "0; goes on with the ticks");
RULE(Z18, "POSIX.1 clock_gettime", "-1 for a clock that there is not");
RULE(Z19, "POSIX.1 clock_settime", "0; sets the clock of time and of clock_gettime");
RULE(Z20, "device.c rt_device_open", "RT_EOK for the device rtc");
RULE(Z21, "rtc.c rt_rtc_control", "SET_TIME (0x11) and GET_TIME (0x10): RT_EOK; the clock of time, which goes on");
RULE(Z22, "rtc.c set_date", "RT_EOK; sets the date in local time and keeps the time of day");
RULE(Z23, "rtc.c set_time", "RT_EOK; sets the time of day in local time and keeps the date");

/* The soft RTC starts at 2018-01-01 00:00 UTC; local time is 8 hours ahead. */
static void test_calendar(void) {
    time_t now = time(RT_NULL), later;
    struct tm tm;
    char text[64];
    rule(Z1);
    uassert_in_range(now, 1514764800, 1514764800 + 3600);
    rule(Z2);
    uassert_true(time(&later) == later);
    gmtime_r(&now, &tm);
    rule(Z3);
    uassert_int_equal(tm.tm_year, 118);
    uassert_int_equal(tm.tm_mon, 0);
    uassert_int_equal(tm.tm_mday, 1);
    uassert_int_equal(tm.tm_hour, 0);
    uassert_int_equal(tm.tm_wday, 1);
    localtime_r(&now, &tm);
    rule(Z4);
    uassert_int_equal(tm.tm_hour, 8);
    rule(Z5);
    uassert_true(mktime(&tm) == now);
    now = 1000000000;
    gmtime_r(&now, &tm);
    rule(Z6);
    uassert_int_equal(strftime(text, sizeof(text), "%Y-%m-%d %H:%M:%S", &tm), 19);
    uassert_str_equal(text, "2001-09-09 01:46:40");
    rule(Z7);
    uassert_str_equal(asctime_r(&tm, text), "Sun Sep  9 01:46:40 2001\n");
    rule(Z8);
    uassert_str_equal(ctime_r(&now, text), "Sun Sep  9 09:46:40 2001\n");
    rule(Z9);
    uassert_true(difftime(now + 5, now) == 5.0);
    tm.tm_year = 100;
    tm.tm_mon = 1;
    tm.tm_mday = 29;
    tm.tm_hour = 12;
    tm.tm_min = tm.tm_sec = 0;
    tm.tm_isdst = 0;
    rule(Z10);
    uassert_true(mktime(&tm) == 951796800);
    uassert_int_equal(tm.tm_yday, 59);
}

/* sleep, usleep: in ticks; the clock goes on with them. */
static void test_sleeping(void) {
    rt_tick_t begin;
    clock_t clocks;
    time_t seconds;
    struct timeval tv;
    align_to_tick();
    begin = rt_tick_get();
    clocks = clock();
    seconds = time(RT_NULL);
    rule(Z11);
    uassert_int_equal(sleep(2), 0);
    uassert_int_equal(rt_tick_get() - begin, 200);
    rule(Z12);
    uassert_in_range(clock() - clocks, 200, 201);
    rule(Z13);
    uassert_int_equal(time(RT_NULL) - seconds, 2);
    begin = rt_tick_get();
    rule(Z14);
    uassert_int_equal(usleep(30000), 0);
    uassert_in_range(rt_tick_get() - begin, 3, 4);
    rule(Z15);
    uassert_int_equal(gettimeofday(&tv, RT_NULL), 0);
    uassert_in_range(tv.tv_sec - time(RT_NULL), 0, 1);
    uassert_in_range(tv.tv_usec, 0, 999999);
}

/* clock_gettime, clock_settime: CLOCK_REALTIME with a resolution of a tick. */
static void test_clocks(void) {
    struct timespec a, b;
    rule(Z16);
    uassert_int_equal(clock_getres(CLOCK_REALTIME, &a), 0);
    uassert_int_equal(a.tv_sec, 0);
    uassert_int_equal(a.tv_nsec, 10000000);
    rule(Z17);
    uassert_int_equal(clock_gettime(CLOCK_REALTIME, &a), 0);
    rt_thread_delay(50);
    uassert_int_equal(clock_gettime(CLOCK_REALTIME, &b), 0);
    uassert_in_range((b.tv_sec - a.tv_sec) * 100 + (b.tv_nsec - a.tv_nsec) / 10000000, 49, 51);
    rule(Z18);
    uassert_int_equal(clock_gettime(0x77, &a), -1);
    a.tv_sec = 1600000000;
    a.tv_nsec = 0;
    rule(Z19);
    uassert_int_equal(clock_settime(CLOCK_REALTIME, &a), 0);
    uassert_in_range(time(RT_NULL) - 1600000000, 0, 1);
    clock_gettime(CLOCK_REALTIME, &b);
    uassert_in_range(b.tv_sec - 1600000000, -1, 1);
}

/* The device rtc is set and read with RT_DEVICE_CTRL_RTC_GET_TIME and RT_DEVICE_CTRL_RTC_SET_TIME. */
static void test_rtc_device(void) {
    rt_device_t rtc = rt_device_find("rtc");
    time_t value = 1700000000, read = 0;
    rule(Z20);
    uassert_int_equal(rt_device_open(rtc, 0), RT_EOK);
    rule(Z21);
    uassert_int_equal(rt_device_control(rtc, 0x11, &value), RT_EOK);
    uassert_int_equal(rt_device_control(rtc, 0x10, &read), RT_EOK);
    uassert_in_range(read - value, 0, 1);
    uassert_in_range(time(RT_NULL) - value, 0, 1);
    rt_thread_delay(300);
    rt_device_control(rtc, 0x10, &read);
    uassert_in_range(read - value, 3, 4);
    rt_device_close(rtc);
}

/* set_date and set_time: local time, which is UTC + 8 h; each keeps the other half. */
static void test_set_clock(void) {
    struct tm tm;
    time_t before = time(RT_NULL), now;
    rule(Z22);
    uassert_int_equal(set_date(2021, 3, 14), RT_EOK);
    rule(Z23);
    uassert_int_equal(set_time(1, 59, 26), RT_EOK);
    now = time(RT_NULL);
    gmtime_r(&now, &tm);
    /* 01:59 in the zone is the day before in UTC. */
    uassert_int_equal(tm.tm_year, 121);
    uassert_int_equal(tm.tm_mon, 2);
    uassert_int_equal(tm.tm_mday, 13);
    uassert_int_equal(tm.tm_hour, 17);
    uassert_int_equal(tm.tm_min, 59);
    uassert_in_range(tm.tm_sec, 26, 27);
    rule(Z22);
    uassert_int_equal(set_date(2020, 2, 29), RT_EOK);
    now = time(RT_NULL);
    gmtime_r(&now, &tm);
    uassert_int_equal(tm.tm_mday, 28);
    uassert_int_equal(tm.tm_hour, 17);
    rt_rtc_control_(RT_DEVICE_CTRL_RTC_SET_TIME, &before);
}

static void testcase(void) {
    UTEST_UNIT_RUN(test_calendar);
    UTEST_UNIT_RUN(test_sleeping);
    UTEST_UNIT_RUN(test_clocks);
    UTEST_UNIT_RUN(test_rtc_device);
    UTEST_UNIT_RUN(test_set_clock);
}
UTEST_TC_EXPORT(testcase, "libc.time", RT_NULL, RT_NULL, 20);
