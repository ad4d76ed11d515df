import { type Figure, figure, type Section } from "../figure.ts";
import { LoadMachine } from "./load.ts";
import { switchCosts } from "./switches.ts";

/**
 * What programs/load.c does, jitted: operation, what one is, how many of them, among how many other objects of each kind, and
 * whether what is printed comes together, as with `run`.
 */
const LOADS: readonly (readonly [
  what: string,
  label: string,
  count: number,
  others: readonly number[],
  gathers?: boolean,
])[] = [
  ["take-release", "rt_sem_take and rt_sem_release", 200_000, [1000]],
  ["ping-pong", "two switches by semaphores", 50_000, [1000]],
  ["timer", "rt_timer_control and rt_timer_start", 20_000, [0, 1000, 10_000]],
  ["malloc", "rt_free and rt_malloc, mixed sizes", 50_000, [0, 1000]],
  ["object", "rt_sem_create and rt_sem_delete", 20_000, [0, 1000]],
  ["thread", "a thread's life", 2_000, [0, 1000]],
  ["printf", "a line of printf", 100_000, [0], true],
  ["printf", "a line of printf, each write made", 100_000, [0]],
];

function loads(quick: boolean): Figure[] {
  return LOADS.flatMap(([what, label, count, amounts, gathers]) =>
    amounts.map((others) => {
      const machine = new LoadMachine("auto", 0, gathers);
      const times = quick ? count / 10 : count;
      if (quick) machine.cost(what, times / 4, 0);
      else machine.warm(what, times, others);
      const ns = Array.from({ length: quick ? 1 : 3 }, () => machine.cost(what, times, others));
      machine.close();
      const how = `${times} times in a program, among ${others} other threads, timers, semaphores, blocks`;
      return figure(others === 0 ? label : `${label}, ${others}`, "ns", ns, how);
    }),
  );
}

/** Measured in turn, translated. */
function beyondFloor(quick: boolean): Figure[] {
  const costs = switchCosts(quick ? 3 : 9);
  const one = (name: string, value: number, unit: string, how: string): Figure => ({
    name,
    value,
    unit,
    how,
  });
  return [
    one("a call that does nothing: the floor", costs.call, "ns", "half of two in a loop"),
    one("a semaphore's pair beyond the floor", costs.pairBeyondFloor, "ns", "less two such calls"),
    one("a semaphore's pair", costs.pairRatio, "times", "two calls that do nothing"),
    one("a switch by semaphores", costs.switch, "ns", "half a round of two threads, its calls too"),
    one("a switch by semaphores", costs.switchRatio, "times", "a call that does nothing"),
  ];
}

export const section: Section = {
  question: "What does the kernel cost?",
  figures: (quick) => [...beyondFloor(quick), ...loads(quick)],
};
