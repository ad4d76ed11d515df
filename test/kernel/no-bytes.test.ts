/** Functions of memory and strings that are asked for no bytes look at no pointer, as the loops of src/kservice.c. */
import { expect, test } from "bun:test";
import type { Kernel, Task } from "../../src/kernel/mod.ts";
import { bench } from "./tasks.ts";

function* call(k: Kernel, name: string, ...args: number[]): Task<number> {
  const result = k.call(name, ...args);
  return (typeof result === "object" ? yield* result : result) ?? 0;
}

test("NULL and addresses out of memory with a length of 0", () => {
  const results: Record<string, number> = {};
  let zero = -1;
  const { settle } = bench(function* (k) {
    for (const name of ["rt_memcpy", "rt_memmove", "rt_memset", "rt_memcmp", "rt_strncpy"])
      results[name] = yield* call(k, name, 0, 0, 0);
    results.rt_strncmp = yield* call(k, "rt_strncmp", 0, 16, 0);
    results.rt_strnlen = yield* call(k, "rt_strnlen", 0, 0);
    const device = k.devices.find("zero");
    yield* call(k, "rt_device_open", device, 3);
    zero = yield* call(k, "rt_device_read", device, 0, 0, 0);
  });
  settle();
  expect(results).toEqual({
    rt_memcpy: 0,
    rt_memmove: 0,
    rt_memset: 0,
    rt_memcmp: 0,
    rt_strncpy: 0,
    rt_strncmp: 0,
    rt_strnlen: 0,
  });
  expect(zero).toBe(0);
});
