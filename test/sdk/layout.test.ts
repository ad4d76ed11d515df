/**
 * The headers give every structure the layout of RT-Thread 4.0.4 (one processor, modules on, signals off). The numbers are
 * those of the original headers compiled by the same compiler; `sizeof` entries have no member.
 */
import { expect, setDefaultTimeout, test } from "bun:test";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { DEFINES, DEVICE_FLAGS, SDK_INCLUDE, toolchain } from "../../disk/toolchain.ts";

// A compiler run for every header takes its time on a busy machine.
setDefaultTimeout(60_000);

const HEADERS = [
  "rtthread.h",
  "rtdevice.h",
  "dlmodule.h",
  "dfs_posix.h",
  "pthread.h",
  "semaphore.h",
  "mqueue.h",
  "setjmp.h",
  "stdio.h",
  "time.h",
];

const LAYOUT: Record<string, Record<string, number>> = {
  "struct rt_object": { "": 24, name: 0, type: 8, flag: 9, module_id: 12, list: 16 },
  "struct rt_timer": {
    "": 48,
    row: 24,
    timeout_func: 32,
    parameter: 36,
    init_tick: 40,
    timeout_tick: 44,
  },
  "struct rt_thread": {
    "": 136,
    name: 0,
    type: 8,
    flags: 9,
    module_id: 12,
    list: 16,
    tlist: 24,
    sp: 32,
    entry: 36,
    parameter: 40,
    stack_addr: 44,
    stack_size: 48,
    error: 52,
    stat: 56,
    current_priority: 57,
    init_priority: 58,
    number_mask: 60,
    event_set: 64,
    event_info: 68,
    init_tick: 72,
    remaining_tick: 76,
    thread_timer: 80,
    cleanup: 128,
    user_data: 132,
  },
  "struct rt_ipc_object": { "": 32, suspend_thread: 24 },
  "struct rt_semaphore": { "": 36, value: 32, reserved: 34 },
  "struct rt_mutex": { "": 40, value: 32, original_priority: 34, hold: 35, owner: 36 },
  "struct rt_event": { "": 36, set: 32 },
  "struct rt_mailbox": {
    "": 52,
    msg_pool: 32,
    size: 36,
    entry: 38,
    in_offset: 40,
    out_offset: 42,
    suspend_sender_thread: 44,
  },
  "struct rt_messagequeue": {
    "": 64,
    msg_pool: 32,
    msg_size: 36,
    max_msgs: 38,
    entry: 40,
    msg_queue_head: 44,
    msg_queue_tail: 48,
    msg_queue_free: 52,
    suspend_sender_thread: 56,
  },
  "struct rt_mempool": {
    "": 56,
    start_address: 24,
    size: 28,
    block_size: 32,
    block_list: 36,
    block_total_count: 40,
    block_free_count: 44,
    suspend_thread: 48,
  },
  "struct rt_memheap": {
    "": 112,
    start_addr: 24,
    pool_size: 28,
    available_size: 32,
    max_used_size: 36,
    block_list: 40,
    free_list: 44,
    free_header: 48,
    lock: 76,
  },
  "struct rt_memheap_item": {
    "": 28,
    magic: 0,
    pool_ptr: 4,
    next: 8,
    prev: 12,
    next_free: 16,
    prev_free: 20,
    owner_thread_name: 24,
  },
  "struct rt_device": {
    "": 64,
    type: 24,
    flag: 26,
    open_flag: 28,
    ref_count: 30,
    device_id: 31,
    rx_indicate: 32,
    tx_complete: 36,
    ops: 40,
    fops: 44,
    wait_queue: 48,
    user_data: 60,
  },
  "struct rt_dlmodule": {
    "": 84,
    object_list: 24,
    stat: 32,
    priority: 34,
    stack_size: 36,
    main_thread: 40,
    ret_code: 44,
    vstart_addr: 48,
    entry_addr: 52,
    cmd_line: 56,
    mem_space: 60,
    mem_size: 64,
    init_func: 68,
    cleanup_func: 72,
    nref: 76,
    nsym: 78,
    symtab: 80,
  },
  "struct rt_module_symtab": { "": 8, addr: 0, name: 4 },
  "struct rt_completion": { "": 12, flag: 0, suspended_list: 4 },
  "struct rt_ringbuffer": { "": 12, buffer_ptr: 0, buffer_size: 8 },
  "struct rt_data_queue": {
    "": 36,
    magic: 0,
    size: 4,
    lwm: 6,
    queue: 12,
    suspended_push_list: 16,
    suspended_pop_list: 24,
    evt_notify: 32,
  },
  pthread_attr_t: { "": 24 },
  pthread_mutex_t: { "": 44 },
  pthread_cond_t: { "": 40 },
  pthread_rwlock_t: { "": 140 },
  pthread_barrier_t: { "": 88 },
  pthread_spinlock_t: { "": 4 },
  pthread_key_t: { "": 4 },
  pthread_once_t: { "": 4 },
  DIR: { "": 524, fd: 0, buf: 4, num: 516, cur: 520 },
  "struct dirent": { "": 260, d_type: 0, d_namlen: 1, d_reclen: 2, d_name: 4 },
  "struct statfs": { "": 12, f_bsize: 0, f_blocks: 4, f_bfree: 8 },
  "struct stat": {
    "": 88,
    st_dev: 0,
    st_ino: 2,
    st_mode: 4,
    st_nlink: 8,
    st_uid: 10,
    st_gid: 12,
    st_rdev: 14,
    st_size: 16,
    st_atim: 24,
    st_mtim: 40,
    st_ctim: 56,
    st_blksize: 72,
    st_blocks: 76,
  },
  "struct tm": { "": 36 },
  "struct timespec": { "": 16 },
  time_t: { "": 8 },
  jmp_buf: { "": 92 },
  FILE: { "": 104 },
  rt_bool_t: { "": 4 },
  "enum rt_object_class_type": { "": 1 },
};

test.skipIf(toolchain() === undefined)(
  "structures have the layout of the original kernel (needs arm-none-eabi-gcc)",
  () => {
    const rows = Object.entries(LAYOUT).flatMap(([type, members]) =>
      Object.entries(members).map(([member, value]) => ({ type, member, value })),
    );
    const source = [
      ...HEADERS.map((header) => `#include <${header}>`),
      "#include <stddef.h>",
      "const unsigned table[] = {",
      ...rows.map(({ type, member }) =>
        member === "" ? `sizeof(${type}),` : `offsetof(${type}, ${member}),`,
      ),
      "};",
    ].join("\n");
    const values = words(source, rows.length);
    expect(rows.map(({ type, member }, i) => `${type} ${member} ${values[i]}`)).toEqual(
      rows.map(({ type, member, value }) => `${type} ${member} ${value}`),
    );
  },
);

const CONSTANTS: Record<string, number> = {
  RT_EINVAL: 10,
  RT_IPC_FLAG_PRIO: 1,
  RT_WAITING_FOREVER: -1,
  RT_THREAD_CLOSE: 4,
  RT_THREAD_STAT_YIELD: 8,
  RT_THREAD_CTRL_CHANGE_PRIORITY: 2,
  RT_TIMER_FLAG_SOFT_TIMER: 4,
  RT_TIMER_CTRL_GET_STATE: 4,
  RT_EVENT_FLAG_CLEAR: 4,
  RT_Object_Class_Module: 11,
  RT_Device_Class_Unknown: 22,
  RT_DEVICE_FLAG_INT_RX: 0x100,
  RT_DEVICE_OFLAG_OPEN: 8,
  O_CREAT: 0x200,
  O_DIRECTORY: 0x200000,
  O_APPEND: 8,
  CLOCKS_PER_SEC: 100,
  PTHREAD_MUTEX_ERRORCHECK: 2,
  SCHED_FIFO: 1,
};

test.skipIf(toolchain() === undefined)(
  "constants are those of the original kernel and its C library (needs arm-none-eabi-gcc)",
  () => {
    const names = Object.keys(CONSTANTS);
    const source = [
      ...HEADERS.map((header) => `#include <${header}>`),
      `const unsigned table[] = {${names.map((name) => `(unsigned)(${name})`).join(",")}};`,
    ].join("\n");
    const values = words(source, names.length);
    expect(Object.fromEntries(names.map((name, i) => [name, values[i] | 0]))).toEqual(CONSTANTS);
  },
);

/** Compiles a file that defines `table` and returns its words. */
function words(source: string, count: number): Uint32Array {
  const dir = mkdtempSync(join(tmpdir(), "layout-"));
  try {
    const c = join(dir, "t.c");
    const o = join(dir, "t.o");
    const bin = join(dir, "t.bin");
    writeFileSync(c, source);
    run([
      "arm-none-eabi-gcc",
      ...DEVICE_FLAGS.a9,
      ...DEFINES,
      `-I${SDK_INCLUDE}`,
      "-c",
      c,
      "-o",
      o,
    ]);
    run(["arm-none-eabi-objcopy", "-O", "binary", "-j", ".rodata", o, bin]);
    const bytes = readFileSync(bin);
    expect(bytes.length).toBe(count * 4);
    return new Uint32Array(bytes.buffer, bytes.byteOffset, count);
  } finally {
    rmSync(dir, { recursive: true, force: true });
  }
}

function run(command: string[]): void {
  const result = Bun.spawnSync(command, { stderr: "pipe" });
  if (result.exitCode !== 0) throw new Error(`${command.join(" ")}\n${result.stderr.toString()}`);
}
