import { expect, test } from "bun:test";
import { ThreadRegisters } from "../../src/gdb/registers.ts";
import { guestBench } from "../kernel/guest.ts";

test("a waiting thread whose context did not fit its stack has the registers that it goes on with", () => {
  const b = guestBench();
  const delay = b.stub("rt_thread_delay");
  const halves = [delay & 0xffff, delay >>> 16].map(
    (half) => ((half >> 12) << 16) | (half & 0xfff),
  );
  const entry = b.code(
    0xe24dde7d, // sub sp, sp, #2000
    0xe3a04044, // mov r4, #0x44
    0xe3a00005, // mov r0, #5
    0xe300c000 | halves[0], // movw ip, #delay
    0xe340c000 | halves[1], // movt ip, #delay
    0xe12fff3c, // blx ip
    0xeafffffe, // b .
  );
  // 48 bytes are left, a context has 64.
  const thread = b.thread("narrow", entry, { stack: 2048, priority: 20 });
  const { kernel, memory } = b;
  const stack = memory.ldu32(thread + 44);
  kernel.run({ skipIdle: true, untilTick: kernel.tick + 2 });
  const registers = new ThreadRegisters(kernel, kernel.cpu);
  const bytes = registers.read(thread) ?? new Uint8Array(68);
  const words = new Uint32Array(bytes.slice(0, 68).buffer);
  expect(words[13]).toBe(stack + 48);
  expect(words[4]).toBe(0x44);
  expect(words[14]).toBe(entry + 24);
  // What a debugger stores is what the thread finds.
  words[4] = 0x1234;
  bytes.set(new Uint8Array(words.buffer));
  expect(registers.write(thread, bytes)).toBe(true);
  expect(new Uint32Array((registers.read(thread) ?? bytes).slice(0, 68).buffer)[4]).toBe(0x1234);
});
