/** Numbers of newlib for arm-none-eabi. */

export const Errno = {
  EPERM: 1,
  ENOENT: 2,
  EIO: 5,
  EBADF: 9,
  EAGAIN: 11,
  ENOMEM: 12,
  EFAULT: 14,
  EBUSY: 16,
  EEXIST: 17,
  EXDEV: 18,
  ENODEV: 19,
  ENOTDIR: 20,
  EISDIR: 21,
  EINVAL: 22,
  ENOTTY: 25,
  EFBIG: 27,
  ENOSPC: 28,
  ESPIPE: 29,
  EROFS: 30,
  EPIPE: 32,
  ENOSYS: 88,
  ENAMETOOLONG: 91,
} as const;

export const OpenFlag = {
  RdOnly: 0,
  WrOnly: 1,
  RdWr: 2,
  AccMode: 3,
  Append: 8,
  Creat: 0x200,
  Trunc: 0x400,
  Excl: 0x800,
  NonBlock: 0x4000,
  Directory: 0x200000,
} as const;

export const Seek = { Set: 0, Cur: 1, End: 2 } as const;

/** File types and permissions of st_mode. */
export const Mode = {
  Fifo: 0x1000,
  Char: 0x2000,
  Dir: 0x4000,
  Block: 0x6000,
  Reg: 0x8000,
  Read: 0o444,
  Write: 0o222,
  Exec: 0o111,
} as const;
