import { Errno } from "../vfs/mod.ts";

/** Names of numbers: of a whole one, or of a part of it and of single bits. */
export interface Names {
  /** By value of the bits in `field`. */
  readonly one: ReadonlyMap<number, string>;
  readonly field: number;
  /** Names of bits outside of `field`. */
  readonly bits: readonly (readonly [bit: number, name: string])[];
}

type Numbered = Readonly<Record<string, number>>;

const WHOLE = -1;

/** One of several values; of two names the first. */
function oneOf(names: Numbered): Names {
  return { one: byValue(names), field: WHOLE, bits: [] };
}

/** Bits; `field` are those that together have one of the values in `choice`. */
function bitsOf(bits: Numbered, field = 0, choice: Numbered = {}): Names {
  return {
    one: byValue(choice),
    field,
    bits: Object.entries(bits).map(([name, bit]) => [bit, name] as const),
  };
}

function byValue(names: Numbered): Map<number, string> {
  return new Map(
    Object.entries(names)
      .toReversed()
      .map(([name, value]) => [value, name]),
  );
}

/** `O_WRONLY|O_CREAT`; undefined when nothing of it has a name. */
export function named({ one, field, bits }: Names, value: number): string | undefined {
  if (field === WHOLE) return one.get(value);
  const parts: string[] = [];
  const choice = one.get(value & field);
  let rest = choice === undefined ? value : value & ~field;
  if (choice !== undefined) parts.push(choice);
  for (const [bit, name] of bits) {
    if ((rest & bit) === 0) continue;
    parts.push(name);
    rest &= ~bit;
  }
  if (parts.length === 0) return undefined;
  if (rest !== 0) parts.push(`0x${(rest >>> 0).toString(16)}`);
  return parts.join("|");
}

/** Consecutive numbers. */
const enumeration = (prefix: string, words: string): Numbered =>
  Object.fromEntries(words.split(" ").map((word, n) => [`${prefix}${word}`, n]));

/** Names and values of RT-Thread's headers (rtdef.h and drivers/pin.h of 4.0.4; where 5.x has more, those too). */
export const IPC_FLAG = oneOf({ RT_IPC_FLAG_FIFO: 0, RT_IPC_FLAG_PRIO: 1 });
export const IPC_COMMAND = oneOf({ RT_IPC_CMD_UNKNOWN: 0, RT_IPC_CMD_RESET: 1 });
export const EVENT_OPTION = bitsOf({
  RT_EVENT_FLAG_AND: 1,
  RT_EVENT_FLAG_OR: 2,
  RT_EVENT_FLAG_CLEAR: 4,
});
export const TIMER_FLAG = bitsOf({ RT_TIMER_FLAG_SOFT_TIMER: 4, RT_TIMER_FLAG_ACTIVATED: 1 }, 2, {
  RT_TIMER_FLAG_ONE_SHOT: 0,
  RT_TIMER_FLAG_PERIODIC: 2,
});
export const TIMER_COMMAND = oneOf(
  enumeration("RT_TIMER_CTRL_", "SET_TIME GET_TIME SET_ONESHOT SET_PERIODIC GET_STATE"),
);
export const THREAD_COMMAND = oneOf(
  enumeration("RT_THREAD_CTRL_", "STARTUP CLOSE CHANGE_PRIORITY INFO BIND_CPU"),
);
const RECEIVING = {
  RT_DEVICE_FLAG_STREAM: 0x40,
  RT_DEVICE_FLAG_INT_RX: 0x100,
  RT_DEVICE_FLAG_DMA_RX: 0x200,
  RT_DEVICE_FLAG_INT_TX: 0x400,
  RT_DEVICE_FLAG_DMA_TX: 0x800,
} as const;
export const DEVICE_OPEN_FLAG = bitsOf({ RT_DEVICE_OFLAG_OPEN: 8, ...RECEIVING }, 3, {
  RT_DEVICE_OFLAG_CLOSE: 0,
  RT_DEVICE_OFLAG_RDONLY: 1,
  RT_DEVICE_OFLAG_WRONLY: 2,
  RT_DEVICE_OFLAG_RDWR: 3,
});
export const DEVICE_FLAG = bitsOf(
  {
    RT_DEVICE_FLAG_REMOVABLE: 4,
    RT_DEVICE_FLAG_STANDALONE: 8,
    RT_DEVICE_FLAG_ACTIVATED: 0x10,
    RT_DEVICE_FLAG_SUSPENDED: 0x20,
    ...RECEIVING,
  },
  3,
  {
    RT_DEVICE_FLAG_DEACTIVATE: 0,
    RT_DEVICE_FLAG_RDONLY: 1,
    RT_DEVICE_FLAG_WRONLY: 2,
    RT_DEVICE_FLAG_RDWR: 3,
  },
);
export const DEVICE_COMMAND = oneOf({
  RT_DEVICE_CTRL_RESUME: 1,
  RT_DEVICE_CTRL_SUSPEND: 2,
  RT_DEVICE_CTRL_CONFIG: 3,
  RT_DEVICE_CTRL_CLOSE: 4,
});
export const DEVICE_CLASS = oneOf(
  enumeration(
    "RT_Device_Class_",
    "Char Block NetIf MTD CAN RTC Sound Graphic I2CBUS USBDevice USBHost SPIBUS SPIDevice SDIO PM Pipe Portal Timer Miscellaneous Sensor Touch PHY Unknown",
  ),
);
export const OBJECT_CLASS = oneOf(
  enumeration(
    "RT_Object_Class_",
    "Null Thread Semaphore Mutex Event MailBox MessageQueue MemHeap MemPool Device Timer Module",
  ),
);
export const PIN_MODE = oneOf(
  enumeration("PIN_MODE_", "OUTPUT INPUT INPUT_PULLUP INPUT_PULLDOWN OUTPUT_OD"),
);
export const PIN_LEVEL = oneOf({ PIN_LOW: 0, PIN_HIGH: 1 });
export const PIN_IRQ_MODE = oneOf(
  enumeration("PIN_IRQ_MODE_", "RISING FALLING RISING_FALLING HIGH_LEVEL LOW_LEVEL"),
);
export const PIN_IRQ = oneOf({ PIN_IRQ_DISABLE: 0, PIN_IRQ_ENABLE: 1 });
export const ERROR = oneOf(
  enumeration("RT_", "EOK ERROR ETIMEOUT EFULL EEMPTY ENOMEM ENOSYS EBUSY EIO EINTR EINVAL"),
);
/** rt_err_t of 5.x. */
export const ERROR_FIVE = oneOf({
  RT_EOK: 0,
  RT_ERROR: 255,
  RT_ETIMEOUT: 116,
  RT_EFULL: 28,
  RT_EEMPTY: 61,
  RT_ENOMEM: 12,
  RT_ENOSYS: 88,
  RT_EBUSY: 16,
  RT_EIO: 5,
  RT_EINTR: 4,
  RT_EINVAL: 22,
});

/** Those of newlib's headers for ARM (fcntl.h, errno.h, signal.h, time.h) and of RT-Thread's rtlibc.h, dlfcn.h, poll.h, pthread.h, termios.h. */
export const O_CREAT = 0x200;
export const OPEN_FLAG = bitsOf(
  {
    O_CREAT,
    O_EXCL: 0x800,
    O_TRUNC: 0x400,
    O_APPEND: 8,
    O_NONBLOCK: 0x4000,
    O_SYNC: 0x2000,
    O_NOCTTY: 0x8000,
    O_BINARY: 0x10000,
    O_CLOEXEC: 0x40000,
    O_DIRECTORY: 0x200000,
  },
  3,
  { O_RDONLY: 0, O_WRONLY: 1, O_RDWR: 2 },
);
export const WHENCE = oneOf(enumeration("SEEK_", "SET CUR END"));
export const F_SETFL = 4;
export const FCNTL_COMMAND = oneOf(enumeration("F_", "DUPFD GETFD SETFD GETFL SETFL"));
export const DL_FLAG = bitsOf({ RTLD_GLOBAL: 0x10000 }, 1, { RTLD_LAZY: 0, RTLD_NOW: 1 });
export const POLL = bitsOf({ POLLIN: 1, POLLOUT: 2, POLLERR: 4, POLLHUP: 8, POLLNVAL: 16 });
export const CLOCK = oneOf({
  CLOCK_REALTIME: 1,
  CLOCK_PROCESS_CPUTIME_ID: 2,
  CLOCK_THREAD_CPUTIME_ID: 3,
  CLOCK_MONOTONIC: 4,
});
export const TIMER_SETTIME = bitsOf({ TIMER_ABSTIME: 4 });
export const SIGNAL = oneOf({
  SIGHUP: 1,
  SIGINT: 2,
  SIGQUIT: 3,
  SIGILL: 4,
  SIGTRAP: 5,
  SIGABRT: 6,
  SIGFPE: 8,
  SIGKILL: 9,
  SIGBUS: 10,
  SIGSEGV: 11,
  SIGSYS: 12,
  SIGPIPE: 13,
  SIGALRM: 14,
  SIGTERM: 15,
  SIGURG: 16,
  SIGSTOP: 17,
  SIGTSTP: 18,
  SIGCONT: 19,
  SIGCHLD: 20,
  SIGTTIN: 21,
  SIGTTOU: 22,
  SIGUSR1: 30,
  SIGUSR2: 31,
});
export const SIG_HOW = oneOf(enumeration("SIG_", "SETMASK BLOCK UNBLOCK"));
export const TC_WHEN = oneOf(enumeration("TCSA", "NOW DRAIN FLUSH"));
export const TC_QUEUE = oneOf(enumeration("TC", "IFLUSH OFLUSH IOFLUSH"));
export const DETACH_STATE = oneOf(enumeration("PTHREAD_CREATE_", "JOINABLE DETACHED"));
export const ERRNO = oneOf({
  ...Errno,
  // What files do not fail with.
  ESRCH: 3,
  EINTR: 4,
  ENXIO: 6,
  E2BIG: 7,
  ENOEXEC: 8,
  ECHILD: 10,
  EACCES: 13,
  ENFILE: 23,
  EMFILE: 24,
  ETXTBSY: 26,
  ESPIPE: 29,
  EMLINK: 31,
  EDOM: 33,
  ERANGE: 34,
  ENOMSG: 35,
  EIDRM: 36,
  EDEADLK: 45,
  ENOLCK: 46,
  ENODATA: 61,
  ETIME: 62,
  EPROTO: 71,
  EBADMSG: 77,
  ENOTEMPTY: 90,
  ENAMETOOLONG: 91,
  ELOOP: 92,
  EOPNOTSUPP: 95,
  ENOBUFS: 105,
  ETIMEDOUT: 116,
  EINPROGRESS: 119,
  EALREADY: 120,
  EMSGSIZE: 122,
  ENOTSUP: 134,
  EILSEQ: 138,
  EOVERFLOW: 139,
  ECANCELED: 140,
});
