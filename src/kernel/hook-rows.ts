import { callGuest, type ExportRow, type Task } from "./call.ts";
import type { Kernel } from "./kernel.ts";

/**
 * Hooks other than those of the idle thread (RT_USING_HOOK): a function of the guest that the kernel calls. No kernel exports all of their
 * setters; rt_malloc_sethook and rt_free_sethook come with the slab allocator. A hook of 0 is none.
 */

const HOOKS: readonly (readonly [setter: string, hook: string])[] = [
  ["rt_malloc_sethook", "void (*hook)(void *ptr, rt_size_t size)"],
  ["rt_free_sethook", "void (*hook)(void *ptr)"],
  ["rt_scheduler_sethook", "void (*hook)(struct rt_thread *from, struct rt_thread *to)"],
  ["rt_timer_enter_sethook", "void (*hook)(struct rt_timer *timer)"],
  ["rt_timer_exit_sethook", "void (*hook)(struct rt_timer *timer)"],
];

export type Hook = "malloc" | "free" | "scheduler" | "timer_enter" | "timer_exit";

/** Calls a hook that is set. */
export function* callHook(k: Kernel, hook: Hook, ...args: number[]): Task<void> {
  const set = hookOf(k, hook);
  if (set !== 0) yield* callGuest(set, ...args);
}

/** Address of a hook, 0 when none is set. */
export function hookOf(k: Kernel, hook: Hook): number {
  return k.guestHooks.size === 0 ? 0 : (k.guestHooks.get(`rt_${hook}_sethook`) ?? 0);
}

export const hookRows: readonly ExportRow<Kernel>[] = HOOKS.map(([name, argument]) => ({
  name,
  proto: `void ${name}(${argument});`,
  header: "rtthread.h",
  call: (k, hook) => {
    k.hooks.callbackSet?.(name, hook);
    if (hook === 0) k.guestHooks.delete(name);
    else k.guestHooks.set(name, hook);
  },
}));
