import { THREAD } from "../abi/layout.ts";
import type { Kernel } from "../kernel.ts";

/** Numbers of newlib for arm-none-eabi. */
export const E = {
  EPERM: 1,
  ENOENT: 2,
  ESRCH: 3,
  EINTR: 4,
  EBADF: 9,
  EAGAIN: 11,
  ENOMEM: 12,
  EBUSY: 16,
  EEXIST: 17,
  EINVAL: 22,
  ENFILE: 23,
  EDEADLK: 45,
  EBADMSG: 77,
  ENOSYS: 88,
  EOPNOTSUPP: 95,
  ETIMEDOUT: 116,
  EMSGSIZE: 122,
} as const;

/** Sets errno and gives -1. The pthread library of RT-Thread stores positive codes, unlike its file calls. */
export function failed(k: Kernel, errno: number): -1 {
  k.fail(errno);
  const thread = k.scheduler.current;
  if (thread !== 0) THREAD.error.set(k.memory, thread, errno);
  return -1;
}
