import type { Frame } from "./backtrace.ts";
import type { Incident } from "./report.ts";
import type { ThreadView } from "./view.ts";

/** What calls the handler of RT_ASSERT in a program; its own `RT_ASSERT(0)` says nothing of interrupts. */
const BY_PROGRAM = "rt_assert_handler";
/** Where every exception begins (libsupc++). */
const THROWS = "__cxa_allocate_exception";

const WAKE =
  "let the callback release a semaphore or send an event, and do the work in a thread that waits for it; a timer with RT_TIMER_FLAG_SOFT_TIMER has its callback in a thread as well";

/** RT_DEBUG_NOT_IN_INTERRUPT of a function of the kernel, in words; undefined for every other assertion. */
export function refusedInInterrupt(
  failed: Extract<Incident, { kind: "assertion" }>,
  { callback }: ThreadView,
  frames: readonly Frame[],
): { readonly what: string; readonly hint: string } | undefined {
  const inner = frames[0]?.place;
  const byKernel = inner && inner.module === undefined && inner.symbol !== BY_PROGRAM;
  if (failed.expression !== "0" || !byKernel || !callback?.interrupt) return undefined;
  const runs = `${callback.text} runs in an interrupt`;
  if (frames.some(({ place }) => place?.symbol === THROWS))
    return {
      what: `${runs}, where no C++ exception can be thrown: it takes its memory from ${failed.fn}, which is refused there`,
      hint: `throw and catch exceptions in threads only: ${WAKE}`,
    };
  return {
    what: `${runs}, where ${failed.fn} must not be called`,
    hint: `nothing that takes memory, takes a mutex or waits can be called in an interrupt: ${WAKE}`,
  };
}
