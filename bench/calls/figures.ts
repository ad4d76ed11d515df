import { createInterpreter, SVC_UNITS } from "../../src/cpu/mod.ts";
import { createKernel, type ExportRow, type Kernel, SYSTEM_AREA } from "../../src/kernel/mod.ts";
import { GuestMemory } from "../../src/memory/mod.ts";
import { timed } from "../clock.ts";
import { type Figure, figure, type Section } from "../figure.ts";

const CODE = 0x60010000;
/** loop: mov r0, r5; movw ip, #0; svc #0; subs r4, r4, #1; bne loop; b . */
const CALLS_CODE = [0xe1a00005, 0xe300c000, 0xef000000, 0xe2544001, 0x1afffffa, 0xeafffffe];
/** loop: movw ip, #0; svc #0; b loop */
const YIELD_CODE = [0xe300c000, 0xef000000, 0xeafffffc];
const UNITS_PER_ROUND = SVC_UNITS + 1;

function createBoard(): { memory: GuestMemory; kernel: Kernel } {
  const memory = new GuestMemory({ base: 0x60000000, size: 0x800000 + SYSTEM_AREA });
  const options = { compat404: false, seed: 1, output: () => {} };
  return { memory, kernel: createKernel(memory, createInterpreter(memory), undefined, options) };
}

/** Nanoseconds a round, of several rounds of runs; the first is to warm up. */
function rounds(runs: number, count: number, run: () => void): number[] {
  run();
  return Array.from({ length: runs }, () => (timed(run) * 1e6) / count);
}

/** What a call of an exported function costs: the stub of the firmware in a loop of guest code. */
function call(name: string, calls: number, runs: number): Figure {
  const { memory, kernel } = createBoard();
  const empty: ExportRow<Kernel> = { name: "empty", proto: "", header: "", call: () => 0 };
  kernel.register({ rows: [empty], context: kernel });
  kernel.bind((number) => (number === 0 ? name : undefined));
  CALLS_CODE.forEach((word, i) => memory.st32(CODE + 4 * i, word));
  const sem = kernel.heap.alloc(64);
  kernel.boot(function* () {});
  kernel.call("rt_sem_init", sem, sem, 1);
  const thread = kernel.threads.create("bench", CODE, sem, 4096, 20, 10);
  kernel.threads.startup(thread);
  const frame = memory.ldu32(thread + 32);
  const setRegister = (n: number, value: number) => memory.st32(frame + 4 + 4 * n, value);
  setRegister(4, (runs + 2) * calls);
  setRegister(5, sem);
  const ns = rounds(runs, calls, () => {
    kernel.run({ skipIdle: false, units: calls * UNITS_PER_ROUND });
  });
  memory.dispose();
  const how = `CPU time of ${calls} calls from guest code, with the 4 instructions around each`;
  return figure(`call of ${name}`, "ns", ns, how);
}

/** Two threads of one priority hand each other the core. */
function switches(count: number, runs: number): Figure {
  const { memory, kernel } = createBoard();
  kernel.bind((number) => (number === 0 ? "rt_thread_yield" : undefined));
  YIELD_CODE.forEach((word, i) => memory.st32(CODE + 4 * i, word));
  kernel.boot(function* () {});
  for (const name of ["a", "b"])
    kernel.threads.startup(kernel.threads.create(name, CODE, 0, 4096, 20, 10));
  const ns = rounds(runs, count, () => {
    kernel.run({ skipIdle: false, units: count * UNITS_PER_ROUND });
  });
  memory.dispose();
  return figure("rt_thread_yield to another thread", "ns", ns, "two threads of guest code in turn");
}

/** Host side of the heap: pairs of alloc and free behind 200 blocks in use. */
function heap(count: number, runs: number): Figure {
  const { memory, kernel } = createBoard();
  const blocks = Array.from({ length: 400 }, () => kernel.heap.alloc(64));
  for (let n = 0; n < 400; n += 2) kernel.heap.free(blocks[n]);
  const ns = rounds(runs, count, () => {
    for (let n = 0; n < count; n++) kernel.heap.free(kernel.heap.alloc(100));
  });
  memory.dispose();
  return figure("rt_malloc and rt_free", "ns", ns, "behind 200 holes that are too small");
}

const CALLED = ["empty", "rt_tick_get", "rt_thread_self", "rt_sem_release", "rt_critical_level"];

export const section: Section = {
  question: "What do calls of the kernel cost on the interpreter alone?",
  figures(quick) {
    const [count, runs] = quick ? [300_000, 3] : [2_000_000, 7];
    return [
      ...CALLED.map((name) => call(name, count, runs)),
      switches(count / 4, runs),
      heap(count / 4, runs),
    ];
  },
};
