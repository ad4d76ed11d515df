/** What a call of an exported function costs: the stub of the firmware in a loop of guest code. */
import { createInterpreter, SVC_UNITS } from "../../src/cpu/mod.ts";
import { createKernel, type ExportRow, type Kernel, SYSTEM_AREA } from "../../src/kernel/mod.ts";
import { GuestMemory } from "../../src/memory/mod.ts";

const CODE = 0x60010000;
const CALLS = 4_000_000;

/** loop: mov r0, r5; movw ip, #0; svc #0; subs r4, r4, #1; bne loop; b . */
const PROGRAM = [0xe1a00005, 0xe300c000, 0xef000000, 0xe2544001, 0x1afffffa, 0xeafffffe];
const UNITS_PER_ROUND = SVC_UNITS + 1;

function measure(name: string): void {
  const memory = new GuestMemory({ base: 0x60000000, size: 0x800000 + SYSTEM_AREA });
  const cpu = createInterpreter(memory);
  const kernel = createKernel(memory, cpu, undefined, {
    compat404: false,
    seed: 1,
    output: () => {},
  });
  const empty: ExportRow<Kernel> = { name: "empty", proto: "", header: "", call: () => 0 };
  kernel.register({ rows: [empty], context: kernel });
  kernel.bind((number) => (number === 0 ? name : undefined));
  PROGRAM.forEach((word, i) => memory.st32(CODE + 4 * i, word));
  const sem = kernel.heap.alloc(64);
  kernel.boot(function* () {});
  kernel.call("rt_sem_init", sem, sem, 1);
  const thread = kernel.threads.create("bench", CODE, sem, 4096, 20, 10);
  kernel.threads.startup(thread);
  const frame = memory.ldu32(thread + 32);
  const setRegister = (n: number, value: number) => memory.st32(frame + 4 + 4 * n, value);
  setRegister(4, 4 * CALLS);
  setRegister(5, sem);
  kernel.run({ skipIdle: false, units: CALLS * UNITS_PER_ROUND });
  const before = process.cpuUsage();
  kernel.run({ skipIdle: false, units: CALLS * UNITS_PER_ROUND });
  const { user, system } = process.cpuUsage(before);
  const ns = ((user + system) * 1000) / CALLS;
  console.log(
    `${name.padEnd(20)} ${ns.toFixed(0).padStart(4)} ns a call, with the 4 instructions around it`,
  );
  memory.dispose();
}

/** Two threads of one priority hand each other the core. */
function measureSwitch(): void {
  const memory = new GuestMemory({ base: 0x60000000, size: 0x800000 + SYSTEM_AREA });
  const kernel = createKernel(memory, createInterpreter(memory), undefined, {
    compat404: false,
    seed: 1,
    output: () => {},
  });
  kernel.bind((number) => (number === 0 ? "rt_thread_yield" : undefined));
  [0xe300c000, 0xef000000, 0xeafffffc].forEach((word, i) => memory.st32(CODE + 4 * i, word));
  kernel.boot(function* () {});
  for (const name of ["a", "b"])
    kernel.threads.startup(kernel.threads.create(name, CODE, 0, 4096, 20, 10));
  const rounds = 1_000_000;
  kernel.run({ skipIdle: false, units: rounds * UNITS_PER_ROUND });
  const before = process.cpuUsage();
  kernel.run({ skipIdle: false, units: rounds * UNITS_PER_ROUND });
  const { user, system } = process.cpuUsage(before);
  console.log(
    `${"rt_thread_yield".padEnd(20)} ${(((user + system) * 1000) / rounds).toFixed(0).padStart(4)} ns a switch`,
  );
  memory.dispose();
}

/** Host side of the heap: pairs of alloc and free among 200 blocks in use. */
function measureHeap(): void {
  const memory = new GuestMemory({ base: 0x60000000, size: 0x800000 + SYSTEM_AREA });
  const kernel = createKernel(memory, createInterpreter(memory), undefined, {
    compat404: false,
    seed: 1,
    output: () => {},
  });
  const blocks = Array.from({ length: 400 }, () => kernel.heap.alloc(64));
  for (let n = 0; n < 400; n += 2) kernel.heap.free(blocks[n]);
  const rounds = 1_000_000;
  const before = process.cpuUsage();
  for (let n = 0; n < rounds; n++) kernel.heap.free(kernel.heap.alloc(100));
  const { user, system } = process.cpuUsage(before);
  console.log(
    `${"rt_malloc + rt_free".padEnd(20)} ${(((user + system) * 1000) / rounds).toFixed(0).padStart(4)} ns, behind 200 holes that are too small`,
  );
  memory.dispose();
}

for (const name of [
  "empty",
  "rt_tick_get",
  "rt_thread_self",
  "rt_sem_release",
  "rt_critical_level",
])
  measure(name);
measureSwitch();
measureHeap();
