import { describe, expect, test } from "bun:test";
import { makeReport, type MachineView } from "../../src/debug/mod.ts";
import type { ThreadView } from "../../src/debug/view.ts";

const MODULE = 0x6007d000;
const STACK = 0x60081000;
const STACK_SIZE = 0x800;
const FIRMWARE = 0x60010000;
const MAGIC = "mem->magic == HEAP_MAGIC";

/** t_fault.mo of the recordings: main calls printf, then writes to NULL. */
function view(words: Record<number, number> = {}, registers: number[] = []): MachineView {
  const r = Array.from({ length: 16 }, (_, i) => registers[i] ?? i);
  r[13] = registers[13] ?? STACK + 0x700;
  const word = (address: number): number | undefined =>
    address >= 0x60000000 && address < 0x60800000 ? (words[address] ?? 0) : undefined;
  return {
    registers: r,
    cpsr: registers.length > 16 ? registers[16] : 0x60000013,
    ramStart: 0x60000000,
    ramEnd: 0x60800000,
    word,
    half: (address) => {
      const whole = word(address & ~3);
      return whole === undefined ? undefined : (whole >>> (8 * (address & 2))) & 0xffff;
    },
    place(address) {
      if (address >= MODULE && address < MODULE + 0x400) {
        const offset = address - MODULE;
        const [symbol, start] = offset < 0x200 ? ["main", 0x100] : ["helper", 0x200];
        const text = `t_fault+0x${offset.toString(16)} (${symbol}+0x${(offset - start).toString(16)})`;
        return { text, symbol, module: "t_fault", unloaded: false, start: MODULE + start };
      }
      if (address >= 0x60090000 && address < 0x60091000)
        return { text: "gone+0x10", symbol: undefined, module: "gone", unloaded: true, start: 0 };
      if (address >= FIRMWARE && address < 0x60050000)
        return {
          text: "printf+0x10",
          symbol: "printf",
          module: undefined,
          unloaded: false,
          start: FIRMWARE,
        };
      return undefined;
    },
    thread: () => thread,
    heapBlock: (address) =>
      address >= 0x600a0000 && address < 0x600a0100
        ? { address: 0x600a0000, size: 256, used: address < 0x600a0080, owner: "t_fault" }
        : undefined,
  };
}

const thread: ThreadView = {
  address: 0x60082000,
  name: "t_fault",
  stackStart: STACK,
  stackSize: STACK_SIZE,
  stackMax: 600,
  module: "t_fault",
  modulePath: "/t_fault.mo",
  isMain: true,
};

const fault = (address: number, access: "read" | "write" = "write") =>
  ({
    kind: "fault",
    fault: { kind: "data abort", pc: MODULE + 0x15c, address, access, why: "unmapped" },
  }) as const;

describe("a report", () => {
  const { title, text, registers } = makeReport(view(), fault(0), thread);

  test("names thread, module and file", () => {
    expect(title).toBe("data abort in thread t_fault, module t_fault (/t_fault.mo)");
  });
  test("says what was accessed and what is there", () => {
    expect(text).toContain("write at 0x00000000 (unmapped): NULL\n");
  });
  test("shows module offset and function", () => {
    expect(text).toContain("#0 0x6007d15c  t_fault+0x15c (main+0x5c)");
  });
  test("has all registers and the flags", () => {
    for (const name of ["r0", "r10", "fp", "ip", "sp", "lr", "pc"])
      expect(text).toMatch(new RegExp(`\\b${name} +0x[0-9a-f]{8}`));
    expect(text).toContain("cpsr 0x60000013  nZCvq ARM");
    expect(registers.length).toBe(16);
  });
  test("gives a hint", () => {
    expect(text).toContain("hint: a pointer is NULL");
  });
});

describe("the address is explained", () => {
  const explained = (address: number): string =>
    makeReport(view(), fault(address), thread).text.split("\n")[1].trim();
  const cases: [number, RegExp][] = [
    [8, /8 bytes from NULL/],
    [0x10000000, /no memory there; RAM is 0x60000000 to 0x60800000/],
    [0xdeadbef7, /0xdeadbeef is what registers hold before they are set/],
    [0x23232323, /what a stack holds before it is used/],
    [0x60090010, /gone\+0x10, a module that is no longer loaded/],
    [FIRMWARE + 0x10, /firmware, printf\+0x10/],
    [MODULE + 0x210, /t_fault\+0x210 \(helper\+0x10\)/],
    [STACK + 16, /on the stack of thread t_fault, 2032 bytes below its top/],
    [0x600a0010, /16 bytes into a heap block of 256 bytes .* allocated by t_fault/],
    [0x600a0090, /144 bytes into a heap block of 256 bytes .* that is free/],
  ];
  for (const [address, text] of cases)
    test(`0x${address.toString(16)}`, () => {
      expect(explained(address)).toMatch(text);
    });

  test("the guard of another thread's stack", () => {
    const other = { ...thread, name: "worker", stackSize: 512 };
    const { text } = makeReport(view(), { ...fault(0x60083ff0), guard: other }, thread);
    expect(text).toContain("just below the stack of thread worker (512 bytes)");
  });
});

describe("the backtrace", () => {
  const sp = STACK + 0x700;
  const trace = (words: Record<number, number>, lr: number): string[] =>
    makeReport(view(words, Object.assign([], { 13: sp, 14: lr })), fault(0), thread).backtrace.map(
      ({ address, from }) => `${from} ${address.toString(16)}`,
    );

  test("starts with pc and lr", () => {
    const words = { [MODULE + 0x240]: 0xe12fff33 };
    expect(trace(words, MODULE + 0x244)).toEqual(["pc 6007d15c", "lr 6007d240"]);
  });
  test("leaves out an lr that a finished call of the same function left", () => {
    expect(trace({ [MODULE + 0x148]: 0xe12fff33 }, MODULE + 0x14c)).toEqual(["pc 6007d15c"]);
  });
  test("leaves out an lr that follows no call", () => {
    expect(trace({ [MODULE + 0x240]: 0xe1a00000 }, MODULE + 0x244)).toEqual(["pc 6007d15c"]);
  });
  test("finds return addresses on the stack: BL, BLX, Thumb BL, Thumb BLX", () => {
    const words = {
      [sp + 8]: MODULE + 0x210,
      [MODULE + 0x20c]: 0xebfffffe,
      [sp + 12]: 0x12345678,
      [sp + 16]: MODULE + 0x220,
      [MODULE + 0x21c]: 0xfafffffe,
      [sp + 20]: (FIRMWARE + 0x25) | 1,
      [FIRMWARE + 0x20]: 0xf800f000,
      [sp + 24]: (FIRMWARE + 0x45) | 1,
      [FIRMWARE + 0x40]: 0x47980000,
    };
    expect(trace(words, 0)).toEqual([
      "pc 6007d15c",
      "stack 6007d20c",
      "stack 6007d21c",
      "stack 60010020",
      "stack 60010042",
    ]);
  });
  test("does not read past the top of the stack", () => {
    const words = { [STACK + STACK_SIZE]: MODULE + 0x210, [MODULE + 0x20c]: 0xebfffffe };
    expect(trace(words, 0)).toEqual(["pc 6007d15c"]);
  });
});

test("a stack overflow says how much stack there was and how to get more", () => {
  const { text } = makeReport(
    view({}, Object.assign([], { 13: STACK - 40 })),
    { kind: "stack overflow" },
    thread,
  );
  expect(text).toContain("stack overflow in thread t_fault");
  expect(text).toContain("the stack has 2048 bytes");
  expect(text).toContain("dlmodule_thread_stacksize = 4096");
  expect(text).toContain("--stack 4096");
  const worker = { ...thread, name: "worker", isMain: false };
  expect(makeReport(view(), { kind: "stack overflow" }, worker).text).toContain(
    "where it is created (rt_thread_create",
  );
});

test("a call through NULL", () => {
  const incident = {
    kind: "fault",
    fault: { kind: "prefetch abort", pc: 0, why: "unmapped" },
  } as const;
  const words = { [MODULE + 0x53c]: 0xe12fff33 };
  const { text } = makeReport(
    view(words, Object.assign([], { 14: MODULE + 0x244 })),
    incident,
    thread,
  );
  expect(text).toContain("execution at 0x00000000 (unmapped): NULL");
  expect(text).toContain("#0 0x00000000  no code known there");
  expect(text).toContain("hint: a function pointer is NULL");
});

test("an undefined instruction is shown in the form of its state", () => {
  const pc = MODULE + 0x15c;
  const incident = {
    kind: "fault",
    fault: { kind: "undefined instruction", pc, why: "not an instruction of ARMv7" },
  } as const;
  const words = { [pc]: 0xe7f000f0 };
  expect(makeReport(view(words), incident, thread).text).toContain(
    "instruction 0xe7f000f0 at 0x6007d15c: not an instruction of ARMv7",
  );
  const registers = Object.assign(new Array(17).fill(0), { 13: STACK + 0x700, 16: 0x33 });
  expect(makeReport(view(words, registers), incident, thread).text).toContain(
    "Thumb instruction 00f0",
  );
});

describe("what was given to rt_free is no block", () => {
  const given = (address: number, expression: string) =>
    makeReport(
      view({}, [address]),
      { kind: "assertion", expression, fn: "rt_free", line: 1 },
      thread,
    ).text;
  const RANGE = "(rt_uint8_t *)rmem >= (rt_uint8_t *)heap_ptr";
  const ALIGNED = "(((rt_ubase_t)rmem) & (RT_ALIGN_SIZE - 1)) == 0";
  const cases: [string, number, string, RegExp][] = [
    [
      "static data",
      MODULE + 0x210,
      MAGIC,
      /t_fault\+0x210 \(helper\+0x10\)[^]*not the address of a static/,
    ],
    ["a local", STACK + 16, MAGIC, /on the stack of thread t_fault[^]*not the address of a local/],
    ["a function of the system", FIRMWARE + 16, RANGE, /firmware, printf\+0x10/],
    ["a wild pointer", 0x12345678, RANGE, /no memory there[^]*the pointer is wild/],
    ["never set", 0xdeadbeef, ALIGNED, /before they are set[^]*never given a value/],
  ];
  for (const [name, address, expression, text] of cases)
    test(name, () => {
      expect(given(address, expression)).toMatch(text);
    });
});
