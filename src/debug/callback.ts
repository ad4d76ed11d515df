import { IRQ_STACK, type Kernel, nameText, OBJECT, TIMER } from "../kernel/mod.ts";
import { ObjectClass } from "../kernel/types.ts";
import { moduleObjects } from "./machine-view.ts";

/** Guest code that the kernel called on its own account: not what the thread below it was doing. */
export interface Callback {
  /** `the callback of timer late`, `the hook of rt_scheduler_sethook`. */
  readonly text: string;
  /** Address of the function. */
  readonly code: number;
  /** struct rt_dlmodule that the object with the callback belongs to; 0: of nobody, or there is no object. */
  readonly owner: number;
  /** In interrupt context it has a stack of its own, and the thread was interrupted. */
  readonly stack?: { readonly stackStart: number; readonly stackSize: number };
}

/** The callback that the registers of the core are those of; undefined when the thread runs code of its own. */
export function runningCallback(kernel: Kernel): Callback | undefined {
  const { runner, timers, threads } = kernel;
  const state = runner.running;
  const frame = state?.frames.findLast(({ below }) => below !== undefined);
  if (!state || !frame) return undefined;
  const { callee: code, interrupt } = frame;
  const stack = interrupt
    ? { stackStart: kernel.area.irqStack - IRQ_STACK, stackSize: IRQ_STACK }
    : undefined;
  const found = (text: string, owner = 0): Callback => ({ text, code, owner, stack });

  for (const [setter, hook] of kernel.guestHooks)
    if (hook === code) return found(`the hook of ${setter}`);
  const timer = interrupt
    ? timers.calledHard
    : state.thread === timers.thread
      ? timers.calledSoft
      : 0;
  if (timer !== 0 && TIMER.timeout_func.get(kernel.memory, timer) === code >>> 0) {
    if (!isTimer(kernel, timer)) return found("the callback of a timer that is deleted");
    const owner = OBJECT.module_id.get(kernel.memory, timer);
    return found(`the callback of timer ${nameText(kernel.objects.name(timer))}`, owner);
  }
  if (state.thread === threads.idle && kernel.idleHooks.includes(code))
    return found("an idle hook");
  if (!interrupt) return undefined;
  const pin = kernel.gpio.pinWith(code);
  return found(pin === undefined ? "an interrupt handler" : `the interrupt handler of pin ${pin}`);
}

/** `the callback of timer late, which interrupted thread tidle0`. */
export function callbackIn(
  { text, interrupt }: { readonly text: string; readonly interrupt: boolean },
  thread: string,
): string {
  return interrupt ? `${text}, which interrupted thread ${thread}` : `${text}, in thread ${thread}`;
}

/** The memory still holds the object: it was not deleted in the meantime. */
function isTimer(kernel: Kernel, timer: number): boolean {
  const { objects } = kernel;
  if (objects.list(ObjectClass.Timer).includes(timer)) return true;
  for (const module of objects.list(ObjectClass.Module))
    for (const object of moduleObjects(kernel, module)) if (object === timer) return true;
  return false;
}
