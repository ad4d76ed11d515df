/*
 * The real-time clock, device "rtc": RT_DEVICE_CTRL_RTC_GET_TIME and _SET_TIME take a time_t. The other commands of rtdef.h
 * do nothing and give RT_EOK, as on the soft clock of 4.0.4.
 */
#ifndef RTC_H__
#define RTC_H__

#include <rtthread.h>
#include <time.h>

#ifdef __cplusplus
extern "C" {
#endif

/* Change one half of the clock and keep the other. Local time is UTC + 8 h. RT-Thread 4.0.4 does not export them; rtt-sim does. */
rt_err_t set_date(rt_uint32_t year, rt_uint32_t month, rt_uint32_t day);
rt_err_t set_time(rt_uint32_t hour, rt_uint32_t minute, rt_uint32_t second);

#ifdef __cplusplus
}
#endif

rt_inline rt_err_t rt_rtc_control_(int command, time_t *value) {
    rt_device_t device = rt_device_find("rtc");

    return device == RT_NULL ? -RT_ERROR : rt_device_control(device, command, value);
}

#endif
