/* The real-time clock, device "rtc": RT_DEVICE_CTRL_RTC_GET_TIME and _SET_TIME take a time_t. */
#ifndef RTC_H__
#define RTC_H__

#include <rtthread.h>
#include <time.h>

rt_inline rt_err_t rt_rtc_control_(int command, time_t *value) {
    rt_device_t device = rt_device_find("rtc");

    return device == RT_NULL ? -RT_ERROR : rt_device_control(device, command, value);
}

#endif
