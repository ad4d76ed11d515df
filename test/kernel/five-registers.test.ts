/** What a debugger is told of a thread that does not run, in both layouts of struct rt_thread; and lists of classes that are not there. */
import { expect, test } from "bun:test";
import { ThreadRegisters } from "../../src/gdb/registers.ts";
import { bench } from "./tasks.ts";

for (const abi of [undefined, "5.x"] as const)
  test(`${abi ?? "4.0.4"}: registers of a new thread are its entry and parameter`, () => {
    const entry = 0x60020000;
    const found: Uint32Array[] = [];
    const { kernel, cpu, settle } = bench(
      function* (k) {
        const thread = k.threads.create("new", entry, 0x1234, 0x400, 20, 10);
        const bytes = new ThreadRegisters(k, cpu).read(thread);
        if (bytes) found.push(new Uint32Array(bytes.buffer));
      },
      false,
      abi,
    );
    settle();
    expect(found[0]?.[0]).toBe(0x1234);
    expect(found[0]?.[15]).toBe(entry);
    expect(kernel.objects.list(99 as never)).toEqual([]);
  });
