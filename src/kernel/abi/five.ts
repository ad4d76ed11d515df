import {
  RT_EBUSY,
  RT_EEMPTY,
  RT_EFULL,
  RT_EINTR,
  RT_EINVAL,
  RT_EIO,
  RT_ENOMEM,
  RT_ENOSYS,
  RT_ERROR,
  RT_ETIMEOUT,
  THREAD_CLOSE,
  THREAD_INIT,
  THREAD_READY,
  THREAD_RUNNING,
  THREAD_STAT_MASK,
  THREAD_SUSPEND,
} from "./constants.ts";

/**
 * Numbers of RT-Thread 5.x (5.1, uniprocessor, RT_USING_DEBUG, RT_USING_LIBC, RT_NAME_MAX 8) for programs that were compiled with its
 * headers. The kernel computes with those of 4.0.4; what a program sees is converted on its way.
 */

/** rt_err_t, which 5.x takes from the errno.h of newlib. */
const ERRORS: readonly (readonly [kernel: number, program: number])[] = [
  [RT_ERROR, 255],
  [RT_ETIMEOUT, 116],
  [RT_EFULL, 28],
  [RT_EEMPTY, 61],
  [RT_ENOMEM, 12],
  [RT_ENOSYS, 88],
  [RT_EBUSY, 16],
  [RT_EIO, 5],
  [RT_EINTR, 4],
  [RT_EINVAL, 22],
];
const TO_PROGRAM = new Map(ERRORS.map(([kernel, program]) => [-kernel, -program]));
const TO_KERNEL = new Map(ERRORS.map(([kernel, program]) => [-program, -kernel]));

/** A result of the kernel as a program knows it. */
export const programError = (code: number): number => TO_PROGRAM.get(code) ?? code;
/** The code of a program's function as the kernel knows it. */
export const kernelError = (code: number): number => TO_KERNEL.get(code) ?? code;

/** INIT, CLOSE, READY, RUNNING; with bit 2 the thread is suspended, in one of several ways. */
const STATES = [THREAD_INIT, THREAD_CLOSE, THREAD_READY, THREAD_RUNNING] as const;
const SUSPEND_UNINTERRUPTIBLE = 7;
const SUSPEND_MASK = 4;

export function kernelStat(stat: number): number {
  const low = stat & THREAD_STAT_MASK;
  const state = low & SUSPEND_MASK ? THREAD_SUSPEND : STATES[low];
  return (stat & ~THREAD_STAT_MASK) | state;
}

export function programStat(stat: number): number {
  const low = stat & THREAD_STAT_MASK;
  const state =
    low === THREAD_SUSPEND ? SUSPEND_UNINTERRUPTIBLE : STATES.findIndex((one) => one === low);
  return (stat & ~THREAD_STAT_MASK) | state;
}

/** Bytes of the objects that 5.x has made longer, most of them by a spin lock of 8 bytes. */
export const SIZE = {
  semaphore: 44,
  mutex: 56,
  event: 44,
  mailbox: 60,
  messageQueue: 72,
  memheap: 124,
  mempool: 64,
  device: 68,
  memory: 44,
} as const;

/** Control commands of a device class begin at (class + 1) * 0x100; those of the board's drivers as 4.0.4 numbers them. */
const COMMANDS: ReadonlyMap<number, number> = new Map([
  // Block: geometry, sync, erase.
  [0x201, 0x10],
  [0x202, 0x11],
  [0x203, 0x12],
  // RTC: get and set the time in seconds, then in microseconds.
  [0x601, 0x10],
  [0x602, 0x11],
  [0x603, 0x12],
  [0x604, 0x13],
]);

export const kernelCommand = (command: number): number => COMMANDS.get(command) ?? command;
