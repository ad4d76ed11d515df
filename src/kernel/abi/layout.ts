import { converted, type Fields, struct, varying } from "./field.ts";
import { kernelError, kernelStat, programError, programStat } from "./five.ts";

/**
 * Layouts of the objects of RT-Thread 4.0.4 as a module sees them, and beside them those of 5.x where they differ (`..._5`; see five.ts): uniprocessor, RT_USING_MODULE on, without RT_USING_SIGNALS,
 * RT_NAME_MAX 8, short enums, 32-bit pointers. Rows are name: [offset, width].
 *
 * Widths: u8 u16 u32 i32 ptr are numbers; name is 8 characters, NUL-padded; list (two pointers) and part are places whose
 * address is taken.
 */
const object = {
  name: [0, "name"],
  type: [8, "u8"],
  flag: [9, "u8"],
  module_id: [12, "ptr"],
  list: [16, "list"],
} satisfies Fields;

const ipc = { ...object, suspend_thread: [24, "list"] } satisfies Fields;

export const OBJECT = struct(24, object);

/** struct rt_object_information: one per class, in the system area. */
export const OBJECT_INFORMATION = struct(16, {
  type: [0, "u8"],
  object_list: [4, "list"],
  object_size: [12, "u32"],
});

export const TIMER = struct(48, {
  ...object,
  row: [24, "list"],
  timeout_func: [32, "ptr"],
  parameter: [36, "u32"],
  init_tick: [40, "u32"],
  timeout_tick: [44, "u32"],
});

const THREAD_4 = struct(136, {
  ...object,
  tlist: [24, "list"],
  sp: [32, "ptr"],
  entry: [36, "ptr"],
  parameter: [40, "u32"],
  stack_addr: [44, "ptr"],
  stack_size: [48, "u32"],
  error: [52, "i32"],
  stat: [56, "u8"],
  current_priority: [57, "u8"],
  init_priority: [58, "u8"],
  number_mask: [60, "u32"],
  event_set: [64, "u32"],
  event_info: [68, "u8"],
  init_tick: [72, "u32"],
  remaining_tick: [76, "u32"],
  thread_timer: [80, "part"],
  cleanup: [128, "ptr"],
  user_data: [132, "u32"],
});

const THREAD_5 = struct(164, {
  ...object,
  sp: [24, "ptr"],
  entry: [28, "ptr"],
  parameter: [32, "u32"],
  stack_addr: [36, "ptr"],
  stack_size: [40, "u32"],
  error: [44, "i32"],
  // sched_thread_ctx
  tlist: [48, "list"],
  stat: [56, "u8"],
  init_tick: [60, "u32"],
  remaining_tick: [64, "u32"],
  current_priority: [68, "u8"],
  init_priority: [69, "u8"],
  number_mask: [72, "u32"],
  thread_timer: [76, "part"],
  cleanup: [124, "ptr"],
  taken_object_list: [128, "list"],
  pending_object: [136, "ptr"],
  event_set: [140, "u32"],
  event_info: [144, "u8"],
  pthread_data: [148, "ptr"],
  spinlock: [152, "part"],
  user_data: [160, "u32"],
});
/** The members of 5.x alone. */
export const THREAD_TAKEN = THREAD_5.taken_object_list;
export const THREAD_PENDING = THREAD_5.pending_object;

const thread = varying(THREAD_4, THREAD_5);
export const THREAD = {
  ...thread,
  /** With the states of 4.0.4 in every layout. */
  stat: converted(thread.stat, kernelStat, programStat),
  /** The member `error` as a code of the kernel. */
  result: converted(thread.error, kernelError, programError),
};
export const IPC = struct(32, ipc);
export const SEMAPHORE = struct(36, { ...ipc, value: [32, "u16"], reserved: [34, "u16"] });
export const MUTEX = struct(40, {
  ...ipc,
  value: [32, "u16"],
  original_priority: [34, "u8"],
  hold: [35, "u8"],
  owner: [36, "ptr"],
});
/** With the flag PRIO in all cases, and a list of what a thread has taken. */
export const MUTEX_5 = struct(56, {
  ...ipc,
  ceiling_priority: [32, "u8"],
  priority: [33, "u8"],
  hold: [34, "u8"],
  owner: [36, "ptr"],
  taken_list: [40, "list"],
  spinlock: [48, "part"],
});
/** The limit of a semaphore's value in 5.x. */
export const SEMAPHORE_MAX_5 = struct(44, { max_value: [34, "u16"] }).max_value;
export const EVENT = struct(36, { ...ipc, set: [32, "u32"] });
export const MAILBOX = struct(52, {
  ...ipc,
  msg_pool: [32, "ptr"],
  size: [36, "u16"],
  entry: [38, "u16"],
  in_offset: [40, "u16"],
  out_offset: [42, "u16"],
  suspend_sender_thread: [44, "list"],
});
export const MESSAGEQUEUE = struct(64, {
  ...ipc,
  msg_pool: [32, "ptr"],
  msg_size: [36, "u16"],
  max_msgs: [38, "u16"],
  entry: [40, "u16"],
  msg_queue_head: [44, "ptr"],
  msg_queue_tail: [48, "ptr"],
  msg_queue_free: [52, "ptr"],
  suspend_sender_thread: [56, "list"],
});
export const MEMPOOL = struct(56, {
  ...object,
  start_address: [24, "ptr"],
  size: [28, "u32"],
  block_size: [32, "u32"],
  block_list: [36, "ptr"],
  block_total_count: [40, "u32"],
  block_free_count: [44, "u32"],
  suspend_thread: [48, "list"],
});
export const MEMHEAP = struct(112, {
  ...object,
  start_addr: [24, "ptr"],
  pool_size: [28, "u32"],
  available_size: [32, "u32"],
  max_used_size: [36, "u32"],
  block_list: [40, "ptr"],
  free_list: [44, "ptr"],
  free_header: [48, "part"],
  lock: [76, "part"],
});
export const MEMHEAP_ITEM = struct(28, {
  magic: [0, "u32"],
  pool_ptr: [4, "ptr"],
  next: [8, "ptr"],
  prev: [12, "ptr"],
  next_free: [16, "ptr"],
  prev_free: [20, "ptr"],
  owner_thread_name: [24, "part"],
});

/** The variant with RT_USING_DEVICE_OPS and RT_USING_POSIX. */
export const DEVICE = struct(64, {
  ...object,
  device_type: [24, "u8"],
  device_flag: [26, "u16"],
  open_flag: [28, "u16"],
  ref_count: [30, "u8"],
  device_id: [31, "u8"],
  rx_indicate: [32, "ptr"],
  tx_complete: [36, "ptr"],
  ops: [40, "ptr"],
  fops: [44, "ptr"],
  wait_queue: [48, "part"],
  user_data: [60, "u32"],
});
export const DEVICE_OPS = struct(24, {
  init: [0, "ptr"],
  open: [4, "ptr"],
  close: [8, "ptr"],
  read: [12, "ptr"],
  write: [16, "ptr"],
  control: [20, "ptr"],
});

/** The part of struct rt_dlmodule (84 bytes) that object ownership needs. */
export const DLMODULE = struct(84, { ...object, object_list: [24, "list"], stat: [32, "u8"] });

/** Header of a block of the small-memory heap, RT_USING_MEMTRACE on; next and prev are offsets from the heap's start. */
export const HEAP_MEM = struct(16, {
  magic: [0, "u16"],
  used: [2, "u16"],
  next: [4, "u32"],
  prev: [8, "u32"],
  thread: [12, "part"],
});

export const COMPLETION = struct(12, { flag: [0, "u32"], suspended_list: [4, "list"] });

export const DATA_QUEUE = struct(36, {
  magic: [0, "u32"],
  size: [4, "u16"],
  lwm: [6, "u16"],
  get_index: [8, "u16"],
  put_index: [10, "u16"],
  queue: [12, "ptr"],
  suspended_push_list: [16, "list"],
  suspended_pop_list: [24, "list"],
  evt_notify: [32, "ptr"],
});
export const DATA_ITEM = struct(8, { data_ptr: [0, "ptr"], data_size: [4, "u32"] });

/** read and write are index << 1 | mirror. */
export const RINGBUFFER = struct(12, {
  buffer_ptr: [0, "ptr"],
  read: [4, "u16"],
  write: [6, "u16"],
  buffer_size: [8, "u16"],
});

export const RBB = struct(20, {
  buf: [0, "ptr"],
  buf_size: [4, "u32"],
  blk_set: [8, "ptr"],
  blk_max_num: [12, "u32"],
  /** Single list: pointer to the list member of the first block. */
  blk_list: [16, "ptr"],
});
/** status_size is size << 8 | status. */
export const RBB_BLK = struct(12, {
  status_size: [0, "u32"],
  buf: [4, "ptr"],
  next: [8, "ptr"],
});
export const RBB_BLK_QUEUE = struct(8, { blocks: [0, "ptr"], blk_num: [4, "u32"] });

export const THREAD_SIZES = [THREAD_4.size, THREAD_5.size] as const;
