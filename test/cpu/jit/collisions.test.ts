/** Functions that share an entry of the cache of targets, called in turn through a register, and written over: the engines in step. */
import { expect, test } from "bun:test";
import { type Engine, Exit } from "../../../src/cpu/mod.ts";
import { targetEntry } from "../../../src/cpu/jit/layout.ts";
import { Random } from "../qemu/random.ts";
import { newSide, seen } from "./side.ts";

const CODE = 0x60400000;
const TABLE = 0x60500000;
const END = 0x60000100;
const FUNCTIONS = 4;
const ROUNDS = 4000;

// loop: ubfx r1, r4, #2, #2; ldr r2, [r5, r1, lsl #2]; blx r2; eor r6, r0, r6, ror #7; subs r4, r4, #1; bne loop; bx r11
const LOOP = [0xe7e11154, 0xe7952101, 0xe12fff32, 0xe02063e6, 0xe2544001, 0x1afffff9, 0xe12fff1b];
/** add r0, r4, #n; bx lr */
const body = (n: number): number[] => [0xe2840000 | n, 0xe12fff1e];

test("functions with one entry of the cache of targets", () => {
  const at = (n: number): number => CODE + 0x10000 + n * 0x8000;
  expect(new Set(Array.from({ length: FUNCTIONS }, (_, n) => targetEntry(at(n)))).size).toBe(1);
  const sides = (["interp", "jit", "auto"] as Engine[]).map((engine) => newSide(engine));
  const write = (address: number, words: readonly number[]): void => {
    const bytes = new Uint8Array(new Uint32Array(words).buffer);
    for (const { memory, cpu } of sides) {
      memory.write(address, bytes);
      cpu.invalidate(address, address + bytes.length);
    }
  };
  write(CODE, LOOP);
  write(END, [0xef000000]);
  for (let n = 0; n < FUNCTIONS; n++) {
    write(at(n), body(n));
    write(TABLE + 4 * n, [at(n)]);
  }
  for (const { cpu } of sides) {
    cpu.r.set([0, 0, 0, 0, ROUNDS, TABLE, 0, 0, 0, 0, 0, END]);
    cpu.jump(CODE);
  }
  const random = new Random(3);
  let exit: Exit = Exit.Slice;
  for (let slice = 0; exit === Exit.Slice; slice++) {
    const units = random.between(1, 150);
    const [first, ...others] = sides.map((side) => {
      side.cpu.units = units;
      exit = side.cpu.run();
      return seen(side, exit);
    });
    for (const state of others) expect(state).toEqual(first);
    if (slice % 5 === 4) write(at(slice % FUNCTIONS), body(random.between(0, 255)));
  }
  expect(sides[0].cpu.r[4]).toBe(0);
  // Each function was a region more than once.
  expect(sides[1].cpu.stats.translation!.regions).toBeGreaterThan(2 * FUNCTIONS);
  for (const { memory } of sides) memory.dispose();
}, 60_000);
