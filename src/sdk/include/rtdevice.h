/* Helpers that come with the device framework. */
#ifndef RT_DEVICE_H__
#define RT_DEVICE_H__

#include <rtthread.h>

#include <drivers/mmcsd_core.h>
#include <drivers/pin.h>
#include <drivers/rtc.h>
#include <drivers/serial.h>
#include <ipc/completion.h>
#include <ipc/dataqueue.h>
#include <ipc/ringblk_buf.h>
#include <ipc/ringbuffer.h>
#include <ipc/waitqueue.h>
#include <ipc/workqueue.h>

#endif
