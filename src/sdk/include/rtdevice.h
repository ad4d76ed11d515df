/* Helpers that come with the device framework. */
#ifndef RT_DEVICE_H__
#define RT_DEVICE_H__

#include <rtthread.h>

#include <ipc/completion.h>
#include <ipc/dataqueue.h>
#include <ipc/ringblk_buf.h>
#include <ipc/ringbuffer.h>

#endif
