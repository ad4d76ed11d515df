/** Calls whose result translated code takes from a word: the word is what the function returns, whatever happened before. */
import { expect, test } from "bun:test";
import { createInterpreter } from "../../src/cpu/mod.ts";
import { createKernel, SYSTEM_AREA } from "../../src/kernel/mod.ts";
import { GuestMemory } from "../../src/memory/mod.ts";

const NAMES = ["rt_tick_get", "rt_thread_self", "rt_critical_level"];

test("words that are results follow what the functions return", () => {
  const memory = new GuestMemory({ base: 0x60000000, size: 0x800000 + SYSTEM_AREA });
  const cpu = createInterpreter(memory);
  const options = { compat404: false, seed: 1, output: () => {} };
  const kernel = createKernel(memory, cpu, undefined, options);
  kernel.bind((number) => [...NAMES, "rt_thread_delay", "no_such_function"][number]);
  const seen = new Set<string>();
  const compare = (): void => {
    const results = NAMES.map((name) => (kernel.call(name) as number) | 0);
    expect(NAMES.map((_, number) => memory.engine[cpu.answers!(number)!])).toEqual(results);
    seen.add(String(results));
  };
  kernel.boot(function* () {
    for (let n = 0; n < 5; n++) {
      compare();
      kernel.call("rt_enter_critical");
      compare();
      kernel.call("rt_enter_critical");
      compare();
      kernel.call("rt_exit_critical");
      compare();
      kernel.call("rt_exit_critical");
      kernel.call("rt_tick_set", 0xfffffff0 + 8 * n);
      compare();
      kernel.call("rt_tick_increase");
      compare();
      yield* kernel.threads.sleep(3);
    }
  });
  for (let n = 0; n < 20; n++) {
    kernel.run({ skipIdle: true, units: 100_000 });
    compare();
  }
  expect(seen.size).toBeGreaterThan(20);
  // What does more than to give a word, and what there is not.
  expect([3, 4, 5].map((number) => cpu.answers!(number))).toEqual([
    undefined,
    undefined,
    undefined,
  ]);
  memory.dispose();
});
