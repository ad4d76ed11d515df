import { expect, test } from "bun:test";
import { makeDisk } from "../../../src/fat/mod.ts";
import { BrokenList } from "../../../src/kernel/list.ts";
import { AssertionFailed, type CallResult, type Kernel } from "../../../src/kernel/mod.ts";
import { deviceIo, posixRows, waiting } from "../../../src/kernel/posix/mod.ts";
import { pthreadRows, Pthreads } from "../../../src/kernel/pthread/mod.ts";
import { GuestFault } from "../../../src/memory/mod.ts";
import { Vfs } from "../../../src/vfs/mod.ts";
import { bench } from "../tasks.ts";

const ROUNDS = 40;
const CALLS = 60;

/** They end or stop the thread that calls, or run guest code, of which there is none. */
const LEFT_OUT = /^pthread_(exit|once|create|cleanup_pop)$/;

type Call = (a0: number, a1: number, a2: number, a3: number) => CallResult;

function calls(kernel: Kernel, vfs: Vfs): Call[] {
  const pthreads = new Pthreads(kernel);
  const posix = { kernel, vfs, devices: deviceIo(kernel), waiting: waiting(kernel) };
  const usable = ({ name }: { name: string }) => !LEFT_OUT.test(name);
  return [
    ...pthreadRows.filter(usable).map(
      (row): Call =>
        (...args) =>
          row.call(pthreads, ...args),
    ),
    ...posixRows.map(
      (row): Call =>
        (...args) =>
          row.call(posix, ...args),
    ),
  ];
}

/** What a bad pointer gives on the board: a data abort, a failed assertion, or a sentence about broken lists. */
function isGuests(error: unknown): boolean {
  return (
    error instanceof GuestFault || error instanceof AssertionFailed || error instanceof BrokenList
  );
}

test("POSIX calls with arguments in any order and from each other's objects fail as on the board", () => {
  let state = 2024;
  const next = () => (state = (Math.imul(state, 1664525) + 1013904223) >>> 0) >>> 8;
  let made = 0;
  for (let round = 0; round < ROUNDS; round++) {
    const disk = makeDisk([{ path: "/a", bytes: new Uint8Array(100) }], { size: 4 << 20 });
    const vfs = new Vfs({ disk: () => disk, nodes: () => [{ name: "uart0", block: false }] });
    vfs.mount("sd0", "/", "elm");
    bench(function* (kernel) {
      vfs.openConsole("/dev/uart0");
      const all = calls(kernel, vfs);
      const blocks = Array.from({ length: 6 }, () => kernel.heap.alloc(200));
      const argument = () => {
        const kind = next() % 8;
        if (kind < 4) return blocks[next() % blocks.length] + (next() % 4 ? 0 : next() % 64);
        return [next() % 10, -1, (next() << 8) | 0, kernel.scheduler.current][kind - 4];
      };
      for (let n = 0; n < CALLS; n++) {
        const call = all[next() % all.length];
        made++;
        try {
          const result = call(argument(), argument(), argument(), argument());
          if (typeof result !== "object") continue;
          // One that waits is given up.
          if (!result.next(0).done) result.return(0);
          kernel.threads.resume(kernel.scheduler.current);
        } catch (error) {
          if (!isGuests(error)) throw error;
        }
      }
      kernel.runner.halted = true;
    }).settle();
  }
  expect(made).toBe(ROUNDS * CALLS);
});
