import { RT_EOK } from "./abi/constants.ts";
import type { ExportRow, Task } from "./call.ts";
import { mailboxRecv } from "./ipc/mailbox.ts";
import type { Kernel } from "./kernel.ts";

/**
 * What headers of a multiprocessor configuration make of the interrupt lock, and spin locks. On one CPU they are the interrupt and the
 * scheduler lock.
 */

const RTHW = "rthw.h";

export const smpRows: readonly ExportRow<Kernel>[] = [
  {
    name: "rt_cpus_lock",
    proto: "rt_base_t rt_cpus_lock(void);",
    header: RTHW,
    call: (k) => k.runner.mask(),
  },
  {
    name: "rt_cpus_unlock",
    proto: "void rt_cpus_unlock(rt_base_t level);",
    header: RTHW,
    call: (k, level) => k.runner.unmask(level),
  },
  {
    name: "rt_cpus_lock_status_restore",
    proto: "void rt_cpus_lock_status_restore(struct rt_thread *thread);",
    header: RTHW,
    call: () => {},
  },
  {
    name: "rt_spin_lock_init",
    proto: "void rt_spin_lock_init(struct rt_spinlock *lock);",
    header: RTHW,
    call: (k, lock) => k.memory.st32(lock, 0),
  },
  {
    name: "rt_spin_lock",
    proto: "void rt_spin_lock(struct rt_spinlock *lock);",
    header: RTHW,
    call: (k) => k.scheduler.lock(),
  },
  {
    name: "rt_spin_unlock",
    proto: "void rt_spin_unlock(struct rt_spinlock *lock);",
    header: RTHW,
    call: (k) => k.scheduler.unlock(),
  },
  {
    name: "rt_spin_lock_irqsave",
    proto: "rt_base_t rt_spin_lock_irqsave(struct rt_spinlock *lock);",
    header: RTHW,
    call: (k) => {
      k.scheduler.lock();
      return k.runner.mask();
    },
  },
  {
    name: "rt_spin_unlock_irqrestore",
    proto: "void rt_spin_unlock_irqrestore(struct rt_spinlock *lock, rt_base_t level);",
    header: RTHW,
    call: (k, _lock, level) => {
      k.runner.unmask(level);
      k.scheduler.unlock();
    },
  },
  {
    name: "mmcsd_wait_cd_changed",
    proto: "int mmcsd_wait_cd_changed(rt_int32_t timeout);",
    header: "drivers/mmcsd_core.h",
    call: (k, timeout) => cardChanged(k, timeout),
  },
];

/** The kind of change the mailbox mmcsdhotplug tells, or its error. */
function* cardChanged(k: Kernel, timeout: number): Task<number> {
  const received = mailboxRecv(k, k.cardHotplug, k.scratch, timeout);
  const error = typeof received === "number" ? received : yield* received;
  return error === RT_EOK ? k.memory.ld32(k.scratch) : error;
}
