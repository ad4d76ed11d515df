/* Time: components/libc/time and components/drivers/rtc of RT-Thread 4.0.4; ISO C 7.27. */
#include <errno.h>
#include <stdlib.h>
#include <sys/time.h>
#include <time.h>
#include <unistd.h>

#include <rtdevice.h>

#include "utest.h"

/* The soft RTC starts at 2018-01-01 00:00 UTC; local time is 8 hours ahead. */
static void test_calendar(void) {
    time_t now = time(RT_NULL), later;
    struct tm tm;
    char text[64];
    rule("ISO C time");
    uassert_in_range(now, 1514764800, 1514764800 + 3600);
    uassert_true(time(&later) == later);
    gmtime_r(&now, &tm);
    rule("POSIX.1 gmtime_r");
    uassert_int_equal(tm.tm_year, 118);
    uassert_int_equal(tm.tm_mon, 0);
    uassert_int_equal(tm.tm_mday, 1);
    uassert_int_equal(tm.tm_hour, 0);
    uassert_int_equal(tm.tm_wday, 1);
    localtime_r(&now, &tm);
    rule("POSIX.1 localtime_r");
    uassert_int_equal(tm.tm_hour, 8);
    rule("ISO C mktime");
    uassert_true(mktime(&tm) == now);
    now = 1000000000;
    gmtime_r(&now, &tm);
    rule("ISO C strftime");
    uassert_int_equal(strftime(text, sizeof(text), "%Y-%m-%d %H:%M:%S", &tm), 19);
    uassert_str_equal(text, "2001-09-09 01:46:40");
    rule("POSIX.1 asctime_r");
    uassert_str_equal(asctime_r(&tm, text), "Sun Sep  9 01:46:40 2001\n");
    rule("POSIX.1 ctime_r");
    uassert_str_equal(ctime_r(&now, text), "Sun Sep  9 09:46:40 2001\n");
    rule("ISO C difftime");
    uassert_true(difftime(now + 5, now) == 5.0);
    tm.tm_year = 100;
    tm.tm_mon = 1;
    tm.tm_mday = 29;
    tm.tm_hour = 12;
    tm.tm_min = tm.tm_sec = 0;
    tm.tm_isdst = 0;
    rule("ISO C mktime");
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
    rule("POSIX.1 sleep");
    uassert_int_equal(sleep(2), 0);
    uassert_int_equal(rt_tick_get() - begin, 200);
    rule("ISO C clock");
    uassert_in_range(clock() - clocks, 200, 201);
    rule("ISO C time");
    uassert_int_equal(time(RT_NULL) - seconds, 2);
    begin = rt_tick_get();
    rule("POSIX.1 usleep");
    uassert_int_equal(usleep(30000), 0);
    uassert_in_range(rt_tick_get() - begin, 3, 4);
    rule("POSIX.1 gettimeofday");
    uassert_int_equal(gettimeofday(&tv, RT_NULL), 0);
    rule("ISO C time");
    uassert_in_range(tv.tv_sec - time(RT_NULL), 0, 1);
    uassert_in_range(tv.tv_usec, 0, 999999);
}

/* clock_gettime, clock_settime: CLOCK_REALTIME with a resolution of a tick. */
static void test_clocks(void) {
    struct timespec a, b;
    rule("POSIX.1 clock_getres");
    uassert_int_equal(clock_getres(CLOCK_REALTIME, &a), 0);
    uassert_int_equal(a.tv_sec, 0);
    uassert_int_equal(a.tv_nsec, 10000000);
    rule("POSIX.1 clock_gettime");
    uassert_int_equal(clock_gettime(CLOCK_REALTIME, &a), 0);
    rt_thread_delay(50);
    uassert_int_equal(clock_gettime(CLOCK_REALTIME, &b), 0);
    uassert_in_range((b.tv_sec - a.tv_sec) * 100 + (b.tv_nsec - a.tv_nsec) / 10000000, 49, 51);
    uassert_int_equal(clock_gettime(0x77, &a), -1);
    a.tv_sec = 1600000000;
    a.tv_nsec = 0;
    rule("POSIX.1 clock_settime");
    uassert_int_equal(clock_settime(CLOCK_REALTIME, &a), 0);
    rule("ISO C time");
    uassert_in_range(time(RT_NULL) - 1600000000, 0, 1);
    clock_gettime(CLOCK_REALTIME, &b);
    rule("POSIX.1 clock_gettime");
    uassert_in_range(b.tv_sec - 1600000000, -1, 1);
}

/* The device rtc is set and read with RT_DEVICE_CTRL_RTC_GET_TIME and RT_DEVICE_CTRL_RTC_SET_TIME. */
static void test_rtc_device(void) {
    rt_device_t rtc = rt_device_find("rtc");
    time_t value = 1700000000, read = 0;
    rule("device.c rt_device_open");
    uassert_int_equal(rt_device_open(rtc, 0), RT_EOK);
    rule("device.c rt_device_control");
    uassert_int_equal(rt_device_control(rtc, 0x11, &value), RT_EOK);
    uassert_int_equal(rt_device_control(rtc, 0x10, &read), RT_EOK);
    uassert_in_range(read - value, 0, 1);
    rule("ISO C time");
    uassert_in_range(time(RT_NULL) - value, 0, 1);
    rt_thread_delay(300);
    rt_device_control(rtc, 0x10, &read);
    rule("device.c rt_device_control");
    uassert_in_range(read - value, 3, 4);
    rt_device_close(rtc);
}

/* set_date and set_time: local time, which is UTC + 8 h; each keeps the other half. */
static void test_set_clock(void) {
    struct tm tm;
    time_t before = time(RT_NULL), now;
    rule("rtc.c set_date");
    uassert_int_equal(set_date(2021, 3, 14), RT_EOK);
    rule("rtc.c set_time");
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
    rule("rtc.c set_date");
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
