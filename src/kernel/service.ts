import { NAME_MAX } from "./abi/constants.ts";
import { OBJECT } from "./abi/layout.ts";
import { Answer } from "./attention.ts";
import type { ExportRow } from "./call.ts";
import { AssertionFailed } from "./errors.ts";
import type { Kernel } from "./kernel.ts";
import { latin1 } from "./kprintf.ts";

/** src/kservice.c and src/irq.c of RT-Thread 4.0.4, the parts that are neither formatting nor strings. */

/** Year of the copyright line and version of the kernel that is simulated. */
const BANNER = (date: string) =>
  "\n \\ | /\n- RT -     Thread Operating System\n / | \\     4.0.4 build " +
  `${date}\n 2006 - 2021 Copyright by rt-thread team\n`;

const RTTHREAD = "rtthread.h";
const RTHW = "rthw.h";

export const serviceRows: readonly ExportRow<Kernel>[] = [
  {
    name: "rt_show_version",
    proto: "void rt_show_version(void);",
    header: RTTHREAD,
    call: (k) => k.console.print(BANNER(k.options.buildDate ?? "Nov 21 2026")),
  },
  {
    name: "rt_kputs",
    proto: "void rt_kputs(const char *str);",
    header: RTTHREAD,
    call: (k, text) => {
      if (text !== 0) k.console.kernelWrite(k.memory.cbytes(text));
    },
  },
  {
    name: "rt_get_errno",
    proto: "rt_err_t rt_get_errno(void);",
    header: RTTHREAD,
    call: (k) => k.memory.ld32(k.errnoAddress()),
  },
  {
    name: "rt_set_errno",
    proto: "void rt_set_errno(rt_err_t no);",
    header: RTTHREAD,
    call: (k, error) => k.memory.st32(k.errnoAddress(), error),
  },
  {
    name: "_rt_errno",
    proto: "int *_rt_errno(void);",
    header: RTTHREAD,
    call: (k) => k.errnoAddress(),
  },
  {
    name: "rt_assert_handler",
    proto: "void rt_assert_handler(const char *ex, const char *func, rt_size_t line);",
    header: RTTHREAD,
    call: (k, expression, fn, line) => {
      throw new AssertionFailed(k.memory.cstring(expression), k.memory.cstring(fn), line);
    },
  },
  {
    name: "rt_enter_critical",
    proto: "void rt_enter_critical(void);",
    header: RTTHREAD,
    call: (k) => k.scheduler.lock(),
  },
  {
    name: "rt_exit_critical",
    proto: "void rt_exit_critical(void);",
    header: RTTHREAD,
    call: (k) => k.scheduler.unlock(),
  },
  {
    name: "rt_critical_level",
    proto: "rt_uint16_t rt_critical_level(void);",
    header: RTTHREAD,
    answer: Answer.Locks,
    call: (k) => k.scheduler.lockNest,
  },
  {
    name: "rt_schedule",
    proto: "void rt_schedule(void);",
    header: RTTHREAD,
    call: (k) => k.scheduler.schedule(),
  },
  {
    name: "rt_hw_interrupt_disable",
    proto: "rt_base_t rt_hw_interrupt_disable(void);",
    header: RTHW,
    call: (k) => k.runner.mask(),
  },
  {
    name: "rt_hw_interrupt_enable",
    proto: "void rt_hw_interrupt_enable(rt_base_t level);",
    header: RTHW,
    call: (k, level) => k.runner.unmask(level),
  },
  {
    name: "rt_interrupt_enter",
    proto: "void rt_interrupt_enter(void);",
    header: RTTHREAD,
    call: (k) => {
      k.scheduler.interruptNest++;
    },
  },
  {
    name: "rt_interrupt_leave",
    proto: "void rt_interrupt_leave(void);",
    header: RTTHREAD,
    call: (k) => k.runner.interruptLeave(),
  },
  {
    name: "rt_interrupt_get_nest",
    proto: "rt_uint8_t rt_interrupt_get_nest(void);",
    header: RTTHREAD,
    call: (k) => k.scheduler.interruptNest & 0xff,
  },
  {
    name: "rt_hw_us_delay",
    proto: "void rt_hw_us_delay(rt_uint32_t us);",
    header: RTHW,
    call: (k, us) => k.runner.spin(us >>> 0),
  },
  {
    name: "rt_tick_set",
    proto: "void rt_tick_set(rt_tick_t tick);",
    header: RTTHREAD,
    call: (k, tick) => {
      k.clock.tick = tick >>> 0;
    },
  },
  {
    name: "rt_tick_increase",
    proto: "void rt_tick_increase(void);",
    header: RTTHREAD,
    call: (k) =>
      k.runner.interrupt(() => {
        k.clock.tick = (k.clock.tick + 1) >>> 0;
        return k.tickPassed();
      }),
  },
  {
    name: "rt_tick_get_millisecond",
    proto: "rt_tick_t rt_tick_get_millisecond(void);",
    header: RTTHREAD,
    call: (k) => (k.tick * 10) >>> 0,
  },
  {
    name: "rt_thread_idle_sethook",
    proto: "rt_err_t rt_thread_idle_sethook(void (*hook)(void));",
    header: RTTHREAD,
    call: (k, hook) => k.setIdleHook(hook),
  },
  {
    name: "rt_thread_idle_delhook",
    proto: "rt_err_t rt_thread_idle_delhook(void (*hook)(void));",
    header: RTTHREAD,
    call: (k, hook) => k.deleteIdleHook(hook),
  },
  {
    name: "rt_thread_get_name",
    proto: "rt_err_t rt_thread_get_name(rt_thread_t thread, char *name, rt_uint8_t name_size);",
    header: RTTHREAD,
    call: (k, thread, to, size) => {
      const room = size & 0xff;
      if (thread === 0 || to === 0 || room === 0) return -10;
      const text = OBJECT.name.get(k.memory, thread).slice(0, Math.min(NAME_MAX, room - 1));
      k.memory.write(to, latin1(`${text}\0`));
      return 0;
    },
  },
  {
    name: "rt_exit_critical_safe",
    proto: "void rt_exit_critical_safe(rt_base_t critical_level);",
    header: RTTHREAD,
    call: (k) => k.scheduler.unlock(),
  },
  {
    name: "_rtt_random",
    proto: "unsigned _rtt_random(void);",
    header: "",
    call: (k) => k.random(),
  },
];
