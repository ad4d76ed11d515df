/** struct rt_dlmodule of RT-Thread 4.0.4 (84 bytes) and what the loader reads of other objects. Offsets in bytes. */
export const MODULE = {
  SIZE: 84,
  /** rt_object: name[8], type, flag, module_id, list. */
  NAME: 0,
  TYPE: 8,
  MODULE_ID: 12,
  LIST: 16,
  OBJECT_LIST: 24,
  STAT: 32,
  PRIORITY: 34,
  STACK_SIZE: 36,
  MAIN_THREAD: 40,
  RET_CODE: 44,
  VSTART_ADDR: 48,
  ENTRY_ADDR: 52,
  CMD_LINE: 56,
  MEM_SPACE: 60,
  MEM_SIZE: 64,
  INIT_FUNC: 68,
  CLEANUP_FUNC: 72,
  NREF: 76,
  NSYM: 78,
  SYMTAB: 80,
} as const;

/** module->stat. */
export const STAT = { INIT: 0, RUNNING: 1, CLOSING: 2, CLOSED: 3 } as const;

/** sizeof(struct rt_thread) of 4.0.4. */
export const THREAD_SIZE = 136;
/** struct rt_timer. */
export const TIMER = { FLAG: 9, TIMEOUT_FUNC: 32, PARAMETER: 36, ACTIVATED: 1 } as const;
/** struct rt_device: callbacks and the tables of the driver's functions. */
export const DEVICE = { RX_INDICATE: 32, TX_COMPLETE: 36, OPS: 40, FOPS: 44 } as const;
/** thread->stat & 7. */
export const THREAD_STAT = { INIT: 0, SUSPEND: 2, CLOSE: 4 } as const;

/** object->type of a static object has this bit. */
export const OBJECT_STATIC = 0x80;

export const NAME_MAX = 8;
export const PRIORITY_MAX = 32;
/** Time slice of a module's main thread in ticks. */
export const MAIN_SLICE = 10;
/** Stack of the main thread in 4.0.4, which takes no other than 2048..32768. */
export const STACK_404 = 2048;
export const STACK_404_MAX = 32768;
/** Stack of the main thread when the module does not say: printf("%f") alone needs 1.7 KiB. */
export const STACK_DEFAULT = 32768;

export const RT_EBUSY = 7;
export const RT_ERROR = 1;
