import { expect, test } from "bun:test";
import { THREAD } from "../../src/kernel/abi/layout.ts";
import { GuestAborted, ObjectClass, type Task } from "../../src/kernel/mod.ts";
import { type GuestBench, guestBench } from "./guest.ts";

/** Anything that is not 0: the kernel only passes it to the hooks. */
const MODULE = 0x60300000;

/** Guest code may be anywhere; modules here are an empty object list. */
function withModule(b: GuestBench): { ended: number[] } {
  const ended: number[] = [];
  for (const at of [MODULE + 24, MODULE + 28]) b.memory.st32(at, MODULE + 24);
  b.kernel.hooks.endModule = (thread) => void ended.push(thread);
  return { ended };
}

const settle = (b: GuestBench) => b.kernel.run({ skipIdle: true, untilTick: b.kernel.tick + 1000 });

test("a store to NULL prints what the board printed and ends only the module", () => {
  const b = guestBench();
  const { ended } = withModule(b);
  // The registers of a recorded session; the pc it shows is 8 behind the STR.
  const str = 0x6007d15c - 8;
  b.memory.st32(str, 0xe5832000);
  const top = 0x60081cbc;
  b.memory.fill(top - 0x800 - 16, 16, 0);
  const thread = 0x60200000;
  b.kernel.threads.init(thread, "t_fault", str, 0x17, top - 0x800, 0x800, 31, 10);
  b.memory.st32(thread + 12, MODULE);
  const frame = b.memory.ldu32(thread + 32);
  const set = (n: number, value: number) => b.memory.st32(frame + 4 + 4 * n, value);
  set(1, 10);
  set(2, 1);
  set(3, 0);
  set(4, 0x6007d228);
  set(11, 0x60081cd4);
  b.memory.st32(frame, 0x60000013);
  b.memory.st32(frame + 56, 0x6007d14c);
  b.kernel.threads.startup(thread);
  expect(settle(b).why).not.toBe("halted");
  expect(b.text()).toStartWith(`data abort:Execption:
r00:0x00000017 r01:0x0000000a r02:0x00000001 r03:0x00000000
r04:0x6007d228 r05:0xdeadbeef r06:0xdeadbeef r07:0xdeadbeef
r08:0xdeadbeef r09:0xdeadbeef r10:0xdeadbeef
fp :0x60081cd4 ip :0xdeadbeef
sp :0x60081cb8 lr :0x6007d14c pc :0x6007d15c
cpsr:0x60000013
thread   pri  status      sp     stack size max used left tick  error
-------- ---  ------- ---------- ----------  ------  ---------- ---
t_fault   31  running 0x00000044 0x00000800    `);
  expect(b.text()).toEndWith("shutdown...\n");
  expect(ended).toEqual([thread]);
  expect(b.kernel.objects.find("t_fault", ObjectClass.Thread)).toBe(0);
});

test("a call through NULL shows pc 4, an undefined instruction the one behind it", () => {
  const b = guestBench();
  withModule(b);
  // mov r3, #0; bx r3
  b.thread("nullcall", b.code(0xe3a03000, 0xe12fff13), { module: MODULE });
  settle(b);
  expect(b.text()).toContain("prefetch abort:\nExecption:\n");
  expect(b.text()).toContain("pc :0x00000004\n");
  const udf = b.code(0xe7f000f0);
  b.thread("undef", udf, { module: MODULE });
  settle(b);
  expect(b.text()).toContain("undefined instruction:\nExecption:\n");
  expect(b.text()).toContain(`pc :0x${(udf + 4).toString(16)}\n`);
});

test("a bad pointer given to a kernel function is a data abort of the caller", () => {
  const b = guestBench();
  const { ended } = withModule(b);
  // mov r0, #4; b stub
  const stub = b.stub("rt_strlen");
  const entry = b.code(0xe3a00004, 0);
  b.memory.st32(entry + 4, 0xea000000 | (((stub - entry - 12) >> 2) & 0xffffff));
  b.thread("badptr", entry, { module: MODULE });
  settle(b);
  expect(b.text()).toStartWith("data abort:Execption:\nr00:0x00000004");
  expect(ended.length).toBe(1);
});

test("a fault outside modules stops the system with the board's last words", () => {
  const b = guestBench();
  b.thread("kernel", b.code(0xe7f000f0));
  expect(settle(b).why).toBe("halted");
  expect(b.text()).toEndWith(
    "shutdown...\n(0) assertion failed at function:rt_hw_cpu_shutdown, line number:85 \n",
  );
});

/** push {r0-r12, lr}; bl . - 4 */
const RECURSION = [0xe92d5fff, 0xebfffffd];

test("a stack that overflows is found at once and ends the module", () => {
  const b = guestBench();
  const { ended } = withModule(b);
  const overflowed: number[] = [];
  b.kernel.hooks.stackOverflow = (thread) => void overflowed.push(thread);
  const thread = b.thread("deep", b.code(...RECURSION), { module: MODULE });
  settle(b);
  expect(b.text()).toBe("thread:deep stack overflow\n");
  expect(overflowed).toEqual([thread]);
  expect(ended).toEqual([thread]);
  expect([...b.kernel.heap.blocks()].every(({ header }) => b.memory.ld16(header) === 0x1ea0)).toBe(
    true,
  );
});

test("a frame that jumps over the bytes below the stack is found at the next call of the kernel", () => {
  const b = guestBench();
  const { ended } = withModule(b);
  const stub = b.stub("rt_tick_get");
  // sub sp, sp, #8192; bl stub; b .
  const entry = b.code(0xe24dda02, 0, 0xeafffffe);
  b.memory.st32(entry + 4, 0xeb000000 | (((stub - entry - 12) >> 2) & 0xffffff));
  b.thread("deep", entry, { module: MODULE });
  settle(b);
  expect(b.text()).toBe("thread:deep stack overflow\n");
  expect(ended.length).toBe(1);
});

test("compat404: the overflow is found at the next switch and the system hangs", () => {
  const b = guestBench({ compat404: true });
  withModule(b);
  const stub = b.stub("rt_thread_yield");
  // mov r4, sp; sub sp, sp, #2048; str r4, [sp]; bl stub
  const entry = b.code(0xe1a0400d, 0xe24ddb02, 0xe58d4000, 0, 0xeafffffe);
  b.memory.st32(entry + 12, 0xeb000000 | (((stub - entry - 20) >> 2) & 0xffffff));
  b.thread("deep", entry, { module: MODULE });
  b.thread("other", b.code(0xeafffffe), { module: MODULE });
  expect(settle(b).why).toBe("halted");
  expect(b.text()).toBe("thread:deep stack overflow\n");
});

test("guest code called by a system thread that fails is given up, and its caller told", () => {
  const b = guestBench();
  let caught: unknown;
  const udf = b.code(0xe7f000f0);
  const thread = b.kernel.threads.createTask("caller", 2048, 12, 10, function* () {
    try {
      yield { pc: udf, args: [] };
    } catch (error) {
      caught = error;
    }
    b.kernel.console.print("goes on\n");
  });
  b.kernel.threads.startup(thread);
  expect(settle(b).why).not.toBe("halted");
  expect(caught).toBeInstanceOf(GuestAborted);
  expect(b.text()).toEndWith("shutdown...\ngoes on\n");
});

test("compat404: after an undefined instruction the next thread faults too and the system stops", () => {
  const b = guestBench({ compat404: true });
  const { ended } = withModule(b);
  b.thread("undef", b.code(0xe7f000f0), { module: MODULE });
  expect(settle(b).why).toBe("halted");
  expect(ended.length).toBe(1);
  expect(b.text().match(/undefined instruction:/g)?.length).toBe(2);
  expect(b.text()).toMatch(/undef +31 +close [^]*tidle0 +31 +running/);
});

test("a firmware that calls an unknown function says so and ends the module", () => {
  const b = guestBench();
  const { ended } = withModule(b);
  b.thread("unknown", b.stub("rt_no_such_call"), { module: MODULE });
  expect(settle(b).why).not.toBe("halted");
  expect(b.text()).toBe("rt_no_such_call is not implemented\n");
  expect(ended.length).toBe(1);
});

test("a supervisor call of the module's own is the board's software interrupt", () => {
  const b = guestBench();
  const { ended } = withModule(b);
  const svc = b.code(0xef000005);
  b.thread("swi", svc, { module: MODULE });
  expect(settle(b).why).not.toBe("halted");
  expect(b.text()).toStartWith("software interrupt:\nExecption:\n");
  expect(b.text()).toContain(`pc :0x${(svc + 4).toString(16)}\n`);
  expect(ended.length).toBe(1);
});

test("overwritten kernel lists stop the system with a sentence, not the simulator", () => {
  const b = guestBench();
  withModule(b);
  b.thread("t", b.code(0xeafffffe), { module: MODULE });
  // What a module may do that writes through a wild pointer: the ready list it is on itself.
  b.memory.fill(b.kernel.area.data + 8 * 31, 8, 0x55);
  expect(settle(b).why).toBe("halted");
  expect(b.text()).toContain("kernel data was overwritten");
});

test("a thread whose control block has a stack outside of memory stops the system; its module is not ended on it", () => {
  const b = guestBench();
  const { ended } = withModule(b);
  const thread = b.thread("t", b.code(0xeafffffe), { module: MODULE });
  b.kernel.run({ skipIdle: true, untilTick: b.kernel.tick + 3 });
  THREAD.stack_addr.set(b.memory, thread, -1);
  THREAD.stack_size.set(b.memory, thread, -1);
  let broken = "";
  b.kernel.hooks.kernelBroken = (message) => void (broken = message);
  b.kernel.hooks.stackOverflow = () => void (broken = "overflow");
  expect(settle(b).why).toBe("halted");
  expect(broken).toContain("0xffffffff, which is no memory");
  expect(ended).toEqual([]);
});

test("a thread whose stack is found used up at every switch is not ended for ever", () => {
  const b = guestBench();
  withModule(b);
  const thread = b.thread("t", b.code(0xeafffffe), { module: MODULE });
  b.memory.st8(THREAD.stack_addr.get(b.memory, thread), 0);
  let endings = 0;
  b.kernel.hooks.endModule = function* () {
    endings++;
    yield* b.kernel.threads.sleep(1) as Task<number>;
  };
  expect(settle(b).why).toBe("halted");
  expect(endings).toBeLessThan(50);
});

test("a function a Task calls gets its arguments in r0-r3 and on the stack", () => {
  const b = guestBench();
  // ldr r2, [sp]; ldr r3, [sp, #4]; add r0, r0, r1; add r0, r0, r2; add r0, r0, r3; bx lr
  const sum = b.code(0xe59d2000, 0xe59d3004, 0xe0800001, 0xe0800002, 0xe0800003, 0xe12fff1e);
  let result = 0;
  const thread = b.kernel.threads.createTask("caller", 2048, 12, 10, function* () {
    result = yield { pc: sum, args: [1, 20, 300, 4000, 50000, 600000] };
  });
  b.kernel.threads.startup(thread);
  settle(b);
  expect(result).toBe(1 + 20 + 50000 + 600000);
});
