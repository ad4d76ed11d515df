/** Values of rtconfig.h and rtdef.h, RT-Thread 4.0.4, board qemu-vexpress-a9. */
export const NAME_MAX = 8;
export const ALIGN_SIZE = 4;
export const THREAD_PRIORITY_MAX = 32;
export const TICK_PER_SECOND = 100;
export const TICK_MAX_HALF = 0x7fffffff;
export const CONSOLEBUF_SIZE = 256;

/** rt_err_t; functions return the negative. */
export const RT_EOK = 0;
export const RT_ERROR = 1;
export const RT_ETIMEOUT = 2;
export const RT_EFULL = 3;
export const RT_EEMPTY = 4;
export const RT_ENOMEM = 5;
export const RT_ENOSYS = 6;
export const RT_EBUSY = 7;
export const RT_EIO = 8;
export const RT_EINTR = 9;
export const RT_EINVAL = 10;

export const WAITING_FOREVER = -1;
export const WAITING_NO = 0;

export const IPC_FLAG_FIFO = 0;
export const IPC_FLAG_PRIO = 1;
export const IPC_CMD_RESET = 1;
/** 5.x. */
export const IPC_CMD_GET_STATE = 2;
export const IPC_CMD_SET_VLIMIT = 3;

/** Low bits of rt_thread.stat. */
export const THREAD_INIT = 0;
export const THREAD_READY = 1;
export const THREAD_SUSPEND = 2;
export const THREAD_RUNNING = 3;
export const THREAD_CLOSE = 4;
export const THREAD_STAT_MASK = 7;
export const THREAD_STAT_YIELD = 8;

export const THREAD_CTRL_STARTUP = 0;
export const THREAD_CTRL_CLOSE = 1;
export const THREAD_CTRL_CHANGE_PRIORITY = 2;
/** 5.x. */
export const THREAD_CTRL_RESET_PRIORITY = 5;

export const TIMER_FLAG_ACTIVATED = 1;
export const TIMER_FLAG_PERIODIC = 2;
export const TIMER_FLAG_SOFT = 4;
export const TIMER_CTRL_SET_TIME = 0;
export const TIMER_CTRL_GET_TIME = 1;
export const TIMER_CTRL_SET_ONESHOT = 2;
export const TIMER_CTRL_SET_PERIODIC = 3;
export const TIMER_CTRL_GET_STATE = 4;
/** 5.x. */
export const TIMER_CTRL_GET_REMAIN_TIME = 5;
export const TIMER_CTRL_GET_FUNC = 6;
export const TIMER_CTRL_SET_FUNC = 7;
export const TIMER_CTRL_GET_PARM = 8;
export const TIMER_CTRL_SET_PARM = 9;

export const OBJECT_STATIC = 0x80;

export const EVENT_AND = 1;
export const EVENT_OR = 2;
export const EVENT_CLEAR = 4;

export const DEVICE_FLAG_RDONLY = 1;
export const DEVICE_FLAG_RDWR = 3;
export const DEVICE_FLAG_STANDALONE = 8;
export const DEVICE_FLAG_ACTIVATED = 0x10;
export const DEVICE_FLAG_STREAM = 0x40;
export const DEVICE_FLAG_INT_RX = 0x100;
export const DEVICE_OFLAG_OPEN = 8;
export const DEVICE_OFLAG_MASK = 0xf0f;

/** rt_device_class_type. */
export const DeviceClass = { Char: 0, Block: 1, RTC: 5, Miscellaneous: 18, Unknown: 22 } as const;

export const MEMHEAP_MAGIC = 0x1ea01ea0;
/** Byte every stack is filled with at creation (`#`). */
export const STACK_FILL = 0x23;
