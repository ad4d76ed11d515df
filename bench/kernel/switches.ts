import { median } from "../figure.ts";
import { type Engine, LoadMachine } from "./load.ts";

/** What handing the core over, and a semaphore nobody waits for, cost beside a call that does nothing. All in one run, in turn. */
export interface SwitchCosts {
  /** Nanoseconds of CPU time: a call of an exported function that does nothing, and its share of the loop around it. */
  readonly call: number;
  /** Taking and releasing a semaphore, less two such calls. */
  readonly pairBeyondFloor: number;
  /** Half of a round in which two threads wake each other by semaphores: a switch and the two calls that belong to it. */
  readonly switch: number;
  /** The same as times a call that does nothing. */
  readonly pairRatio: number;
  readonly switchRatio: number;
}

/** So many that what the host needs to compile the code of a program that begins anew is no part of them. */
const COUNT = { empty: 1_000_000, "take-release": 1_000_000, "ping-pong": 100_000 };
/** In turn, as they are measured: the host's best compiler gives functions up that it had made for one of the works, and makes them again. */
const WARM_ROUNDS = 3;
type Work = keyof typeof COUNT;
const WORKS = Object.keys(COUNT) as Work[];

export function switchCosts(rounds: number, engine: Engine = "auto"): SwitchCosts {
  const machine = new LoadMachine(engine);
  try {
    for (let round = 0; round < WARM_ROUNDS; round++)
      for (const work of WORKS) machine.warm(work, COUNT[work]);
    const all = Array.from({ length: rounds }, () => {
      const [empty, pair, round] = WORKS.map((work) => machine.cost(work, COUNT[work], 0));
      return { empty, pair, round };
    });
    const of = (value: (one: (typeof all)[number]) => number): number => median(all.map(value));
    return {
      call: of(({ empty }) => empty / 2),
      pairBeyondFloor: of(({ empty, pair }) => pair - empty),
      switch: of(({ round }) => round / 2),
      pairRatio: of(({ empty, pair }) => pair / empty),
      switchRatio: of(({ empty, round }) => round / empty),
    };
  } finally {
    machine.close();
  }
}
