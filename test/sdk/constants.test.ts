/**
 * Constants of the headers are those of RT-Thread 4.0.4 and of its C library. The numbers were written down from the original
 * kernel, none of them from our headers.
 */
import { describe, expect, setDefaultTimeout, test } from "bun:test";
import { toolchain } from "../../disk/toolchain.ts";
import { HEADERS, words } from "./words.ts";

// A compiler run takes its time on a busy machine.
setDefaultTimeout(60_000);

/** `NAME value` pairs; names get `prefix`. */
function list(prefix: string, text: string): Record<string, number> {
  const tokens = text.trim().split(/\s+/);
  const entries: [string, number][] = [];
  for (let i = 0; i < tokens.length; i += 2)
    entries.push([prefix + tokens[i], Number(tokens[i + 1])]);
  return Object.fromEntries(entries);
}

const GROUPS: Record<string, Record<string, number>> = {
  "error codes": list(
    "RT_",
    "EOK 0 ERROR 1 ETIMEOUT 2 EFULL 3 EEMPTY 4 ENOMEM 5 ENOSYS 6 EBUSY 7 EIO 8 EINTR 9 EINVAL 10",
  ),
  "waiting, ticks and limits": list(
    "RT_",
    `WAITING_FOREVER -1 WAITING_NO 0 TICK_MAX 0xffffffff TICK_PER_SECOND 100 SEM_VALUE_MAX 65535 MUTEX_VALUE_MAX 65535
     MUTEX_HOLD_MAX 255 MB_ENTRY_MAX 65535 MQ_ENTRY_MAX 65535 NAME_MAX 8 ALIGN_SIZE 4 THREAD_PRIORITY_MAX 32 TRUE 1 FALSE 0
     CONSOLEBUF_SIZE 256`,
  ),
  "IPC flags, commands and event options": list(
    "RT_",
    "IPC_FLAG_FIFO 0 IPC_FLAG_PRIO 1 IPC_CMD_RESET 1 EVENT_FLAG_AND 1 EVENT_FLAG_OR 2 EVENT_FLAG_CLEAR 4",
  ),
  "thread states and control": list(
    "RT_THREAD_",
    `INIT 0 READY 1 SUSPEND 2 RUNNING 3 CLOSE 4 STAT_MASK 7 STAT_YIELD 8 STAT_SIGNAL 0x10 STAT_SIGNAL_WAIT 0x20 STAT_SIGNAL_PENDING 0x40
     CTRL_STARTUP 0 CTRL_CLOSE 1 CTRL_CHANGE_PRIORITY 2 CTRL_INFO 3 CTRL_BIND_CPU 4`,
  ),
  "timer flags and control": list(
    "RT_TIMER_",
    `FLAG_DEACTIVATED 0 FLAG_ACTIVATED 1 FLAG_ONE_SHOT 0 FLAG_PERIODIC 2 FLAG_HARD_TIMER 0 FLAG_SOFT_TIMER 4
     CTRL_SET_TIME 0 CTRL_GET_TIME 1 CTRL_SET_ONESHOT 2 CTRL_SET_PERIODIC 3 CTRL_GET_STATE 4 SKIP_LIST_LEVEL 1`,
  ),
  "object classes": list(
    "RT_Object_Class_",
    `Null 0 Thread 1 Semaphore 2 Mutex 3 Event 4 MailBox 5 MessageQueue 6 MemHeap 7 MemPool 8 Device 9 Timer 10 Module 11
     Unknown 12 Static 0x80`,
  ),
  "device flags": list(
    "RT_DEVICE_FLAG_",
    `RDONLY 1 WRONLY 2 RDWR 3 REMOVABLE 4 STANDALONE 8 ACTIVATED 0x10 SUSPENDED 0x20 STREAM 0x40 INT_RX 0x100 DMA_RX 0x200
     INT_TX 0x400 DMA_TX 0x800`,
  ),
  "open flags of devices": list(
    "RT_DEVICE_OFLAG_",
    "CLOSE 0 RDONLY 1 WRONLY 2 RDWR 3 OPEN 8 MASK 0xf0f",
  ),
  "serial lines": list(
    "",
    `RT_SERIAL_EVENT_RX_IND 1 RT_SERIAL_EVENT_TX_DONE 2 RT_SERIAL_EVENT_RX_DMADONE 3 RT_SERIAL_EVENT_TX_DMADONE 4
     RT_SERIAL_EVENT_RX_TIMEOUT 5 RT_SERIAL_DMA_RX 1 RT_SERIAL_DMA_TX 2 RT_SERIAL_RX_INT 1 RT_SERIAL_TX_INT 2
     RT_SERIAL_ERR_OVERRUN 1 RT_SERIAL_ERR_FRAMING 2 RT_SERIAL_ERR_PARITY 3 RT_SERIAL_RB_BUFSZ 64
     BAUD_RATE_115200 115200 DATA_BITS_8 8 STOP_BITS_1 0 STOP_BITS_4 3 PARITY_NONE 0 PARITY_ODD 1 PARITY_EVEN 2
     BIT_ORDER_LSB 0 BIT_ORDER_MSB 1 NRZ_NORMAL 0 NRZ_INVERTED 1`,
  ),
  "device control": list(
    "RT_DEVICE_CTRL_",
    `RESUME 1 SUSPEND 2 CONFIG 3 CLOSE 4 SET_INT 0x10 CLR_INT 0x11 GET_INT 0x12 BLK_GETGEOME 0x10 BLK_SYNC 0x11 BLK_ERASE 0x12
     BLK_AUTOREFRESH 0x13 RTC_GET_TIME 0x10 RTC_SET_TIME 0x11 RTC_GET_TIME_US 0x12 RTC_SET_TIME_US 0x13 RTC_GET_ALARM 0x14
     RTC_SET_ALARM 0x15`,
  ),
  "device classes": list(
    "RT_Device_Class_",
    `Char 0 Block 1 NetIf 2 MTD 3 CAN 4 RTC 5 Sound 6 Graphic 7 I2CBUS 8 USBDevice 9 USBHost 10 SPIBUS 11 SPIDevice 12 SDIO 13 PM 14
     Pipe 15 Portal 16 Timer 17 Miscellaneous 18 Sensor 19 Touch 20 PHY 21 Unknown 22`,
  ),
  "states of a module, dlopen": {
    ...list("RT_DLMODULE_STAT_", "INIT 0 RUNNING 1 CLOSING 2 CLOSED 3"),
    ...list("RTLD_", "LAZY 0 NOW 1 LOCAL 0 GLOBAL 0x10000"),
    "(unsigned)RTLD_DEFAULT": 1,
    "(unsigned)RTLD_NEXT": 2,
  },
  "flags of open": list(
    "O_",
    `RDONLY 0 WRONLY 1 RDWR 2 ACCMODE 3 APPEND 8 CREAT 0x200 TRUNC 0x400 EXCL 0x800 SYNC 0x2000 NONBLOCK 0x4000 NOCTTY 0x8000
     BINARY 0x10000 CLOEXEC 0x40000 DIRECTORY 0x200000`,
  ),
  "fcntl, lseek, kinds of files": {
    ...list("F_", "DUPFD 0 GETFD 1 SETFD 2 GETFL 3 SETFL 4"),
    ...list("SEEK_", "SET 0 CUR 1 END 2"),
    ...list(
      "S_IF",
      "CHR 0x2000 DIR 0x4000 BLK 0x6000 REG 0x8000 LNK 0xa000 SOCK 0xc000 IFO 0x1000",
    ),
    ...list("DT_", "UNKNOWN 0 REG 1 DIR 2"),
  },
  errno: list(
    "E",
    `PERM 1 NOENT 2 INTR 4 IO 5 NXIO 6 BADF 9 AGAIN 11 NOMEM 12 ACCES 13 FAULT 14 BUSY 16 EXIST 17 XDEV 18 NODEV 19 NOTDIR 20 ISDIR 21
     INVAL 22 NFILE 23 MFILE 24 NOTTY 25 FBIG 27 NOSPC 28 SPIPE 29 ROFS 30 PIPE 32 DOM 33 RANGE 34 DEADLK 45 NOSYS 88 NOTEMPTY 90
     NAMETOOLONG 91 LOOP 92 OPNOTSUPP 95 NOBUFS 105 CONNREFUSED 111 TIMEDOUT 116 INPROGRESS 119 ALREADY 120 NOTCONN 128 NOTSUP 134
     ILSEQ 138 OVERFLOW 139 CANCELED 140`,
  ),
  "numbers of the C library": {
    BUFSIZ: 1024,
    RAND_MAX: 0x7fffffff,
    CLOCKS_PER_SEC: 100,
    PTHREAD_MUTEX_ERRORCHECK: 2,
    SCHED_FIFO: 1,
  },
  sizes: Object.fromEntries(
    Object.entries({
      rt_bool_t: 4,
      rt_base_t: 4,
      rt_ubase_t: 4,
      rt_size_t: 4,
      rt_tick_t: 4,
      rt_off_t: 4,
      "enum rt_object_class_type": 1,
      jmp_buf: 92,
      FILE: 104,
      "struct _reent": 1064,
      time_t: 8,
      off_t: 4,
      mode_t: 4,
      ino_t: 2,
      dev_t: 2,
      clock_t: 4,
      wchar_t: 4,
      va_list: 4,
      "long double": 8,
      "struct timespec": 16,
      "struct tm": 36,
      siginfo_t: 12,
    }).map(([type, size]) => [`sizeof(${type})`, size]),
  ),
  "places in the C library": {
    "offsetof(struct __sFILE, _flags)": 12,
    "offsetof(struct __sFILE, _file)": 14,
    "offsetof(struct _reent, _errno)": 0,
    "offsetof(struct _reent, _stdin)": 4,
    "offsetof(struct _reent, _stdout)": 8,
    "offsetof(struct _reent, _stderr)": 12,
  },
};
const MORE = ["dlfcn.h", "errno.h", "fcntl.h", "signal.h", "stddef.h", "stdlib.h", "sys/stat.h"];

describe.skipIf(toolchain() === undefined)("(needs arm-none-eabi-gcc)", () => {
  for (const [group, constants] of Object.entries(GROUPS))
    test(group, () => {
      const names = Object.keys(constants);
      const source = [
        ...[...HEADERS, ...MORE].map((header) => `#include <${header}>`),
        `const unsigned table[] = {${names.map((name) => `(unsigned)(${name})`).join(",")}};`,
      ].join("\n");
      const values = words(source, names.length);
      const ours = names.map((name, i) => `${name} ${values[i] >>> 0}`);
      expect(ours).toEqual(names.map((name) => `${name} ${constants[name] >>> 0}`));
    });
});
