/* The SD card's detection; the card itself is the block device sd0. */
#ifndef MMCSD_CORE_H__
#define MMCSD_CORE_H__

#include <rtthread.h>

#ifdef __cplusplus
extern "C" {
#endif

#define MMCSD_HOST_PLUGED 0
#define MMCSD_HOST_UNPLUGED 1

int mmcsd_wait_cd_changed(rt_int32_t timeout);

#ifdef __cplusplus
}
#endif

#endif
