/** Whether an operation of the kernel costs the same however many other threads, timers and objects there are. */
import { type Figure, median, type Section } from "../figure.ts";
import { LoadMachine } from "../kernel/load.ts";

const AMOUNTS = [0, 100, 1000];

/** What programs/load.c does, how often in a run, and what there is more or less of. */
const WORKS: readonly (readonly [what: string, label: string, count: number, others: string])[] = [
  ["take-release", "semaphore taken and released", 100_000, "objects"],
  ["ping-pong", "two switches by semaphores", 20_000, "objects"],
  ["thread", "thread created, run to its end, gone", 1000, "objects"],
  ["object", "semaphore created and deleted", 10_000, "objects"],
  ["mutex", "mutex created and deleted", 10_000, "objects"],
  ["event", "event created and deleted", 10_000, "objects"],
  ["mailbox", "mailbox created and deleted", 10_000, "objects"],
  ["queue", "message queue created and deleted", 10_000, "objects"],
  ["timer-life", "timer created, started, stopped, deleted", 10_000, "objects"],
  ["timer", "timer started anew", 10_000, "objects"],
  ["malloc", "rt_free and rt_malloc", 20_000, "objects"],
  ["delay", "rt_thread_delay(1)", 5000, "objects"],
  ["wait-fifo", "semaphore waited for, a tick, FIFO", 5000, "waiters"],
  ["wait-prio", "the same, PRIO: linear in RT-Thread", 500, "waiters"],
  ["find", "rt_object_find in vain", 500, "objects"],
  ["device", "device opened and closed", 20_000, "objects"],
  ["dlopen", "library opened and closed", 200, "libraries"],
];

const ROUNDS = 3;
/** CPU time after which an operation is measured: what there is around it takes longer to make than it. */
const WARM_NS = 4e8;

/** Nanoseconds each among so many others, measured in turn; and how many times the cost among none. */
function flatness(quick: boolean): Figure[] {
  return WORKS.flatMap(([what, label, count, others]) => {
    const libraries = what === "dlopen" ? Math.max(...AMOUNTS) : 0;
    const machines = AMOUNTS.map(() => new LoadMachine("auto", libraries));
    try {
      const times = quick ? Math.ceil(count / 10) : count;
      if (!quick) for (const machine of machines) machine.warm(what, times, 0, WARM_NS);
      const rounds = Array.from({ length: quick ? 1 : ROUNDS }, () =>
        machines.map((machine, n) => machine.cost(what, times, AMOUNTS[n])),
      );
      return AMOUNTS.map((amount, n): Figure => {
        const value = median(rounds.map((round) => round[n]));
        const growth = median(rounds.map((round) => round[n] / round[0]));
        const how = n === 0 ? `${times} times in a program` : `x ${growth.toFixed(2)}`;
        return { name: `${label}, ${amount} ${others}`, value, unit: "ns", how };
      });
    } finally {
      for (const machine of machines) machine.close();
    }
  });
}

export const section: Section = {
  question: "Does an operation of the kernel cost more among others?",
  figures: flatness,
};
