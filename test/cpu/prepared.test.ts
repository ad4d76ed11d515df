import { expect, test } from "bun:test";
import {
  createCpu,
  Exit,
  executedBlocks,
  prepareCode,
  usePreparedCode,
} from "../../src/cpu/mod.ts";
import { GuestMemory, READ, WRITE } from "../../src/memory/mod.ts";

const CODE = 0x60001000;
const OTHER = 0x60002000;
const DATA = 0x60010000;

/**
 * Thumb, with every kind of word that depends on where a block lies: r0 = 0; for (r1 = 10; r1; r1--) r0 = f(r0); svc 0, where f(x)
 * is x + 3, or x + 1 when x is odd.
 */
const PROGRAM = [
  0x2000, // movs r0, #0
  0x210a, // movs r1, #10
  0xf000, // loop: bl f
  0xf803,
  0x3901, // subs r1, #1
  0xd1fb, // bne loop
  0xdf00, // svc 0
  0xbf00, // nop
  0x07c2, // f: lsls r2, r0, #31
  0xbf4c, // ite mi
  0x3001, // addmi r0, #1
  0x3003, // addpl r0, #3
  0x4770, // bx lr
];

function machine(at = CODE, program: readonly number[] = PROGRAM) {
  const memory = new GuestMemory({ base: 0x60000000, size: 0x100000 });
  program.forEach((halfword, k) => memory.st16(at + 2 * k, halfword));
  memory.protect(CODE, CODE + 0x1000, READ);
  const cpu = createCpu(memory, "interp");
  cpu.onSvc = () => false;
  return { memory, cpu };
}

function run({ cpu }: ReturnType<typeof machine>, at = CODE) {
  cpu.units = 1000;
  cpu.r[13] = DATA;
  cpu.jump(at | 1);
  const exit = cpu.run();
  const { instructions, blocks, translatedInstructions } = cpu.stats;
  const { units, fault } = cpu;
  return { exit, r: [...cpu.r], units, fault, instructions, blocks, translatedInstructions };
}

function prepared(): Int32Array {
  const first = machine();
  run(first);
  return prepareCode(first.memory, executedBlocks(first.cpu));
}

/** f from 0: 3, 4, 7, 8, 11, 12, 15, 16, 19, 20. */
const RESULT = 20;

test("prepared code does and counts what translated code does", () => {
  const plain = run(machine());
  expect(plain.r[0]).toBe(RESULT);
  const other = machine();
  const code = prepared();
  expect(code[1]).toBe(plain.blocks);
  usePreparedCode(other.cpu, code);
  expect(run(other)).toEqual(plain);
});

test("prepared code can lie anywhere in the arena", () => {
  const other = machine();
  usePreparedCode(other.cpu, prepared());
  PROGRAM.forEach((halfword, k) => other.memory.st16(OTHER + 2 * k, halfword));
  expect(run(other, OTHER).r[0]).toBe(RESULT);
  expect(run(other).r[0]).toBe(RESULT);
});

test("prepared code is used for the code that it was made of, and no other", () => {
  const changed = PROGRAM.with(11, 0x3005);
  const other = machine(CODE, changed);
  usePreparedCode(other.cpu, prepared());
  // 0, 5, 6, 11, 12, ...: five times 5 and five times 1.
  expect(run(other).r[0]).toBe(30);
});

test("prepared code that was executed is forgotten when it is written over", () => {
  const other = machine();
  usePreparedCode(other.cpu, prepared());
  other.memory.protect(CODE, CODE + 0x1000, READ | WRITE);
  expect(run(other).r[0]).toBe(RESULT);
  other.memory.st16(CODE + 2 * 11, 0x3005);
  expect(run(other).r[0]).toBe(30);
});

test("prepared code that may not be executed faults", () => {
  const other = machine();
  usePreparedCode(other.cpu, prepared());
  other.memory.protect(CODE, CODE + 0x1000, 0);
  const { exit, fault } = run(other);
  expect(exit).toBe(Exit.Fault);
  expect(fault?.kind).toBe("prefetch abort");
});
