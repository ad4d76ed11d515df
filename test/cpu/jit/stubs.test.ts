/** Calls of stubs as the firmware has them, with a host that does everything it may: the engines in step. */
import { expect, test } from "bun:test";
import { type Engine, Exit } from "../../../src/cpu/mod.ts";
import { Random } from "../qemu/random.ts";
import { newSide, seen, type Side } from "./side.ts";

const CODE = 0x60400000;
const END = 0x60000100;
const ROUNDS = 3000;

/** movw ip, #n; svc #0; bx lr */
const stub = (n: number): number[] => [
  0x0c00f240 | ((n & 0x700) << 20) | ((n & 0xff) << 16),
  0x4770df00,
];

// loop: adds r0, r0, r1; blx r5; addcs r7, r7, #1; blx r6; addmi r8, r8, #1; subs r4, r4, #1; bne loop; bx r11
const LOOP = [
  0xe0900001, 0xe12fff35, 0x22877001, 0xe12fff36, 0x42888001, 0xe2544001, 0x1afffff8, 0xe12fff1b,
];

/** What the host does at call n. */
function serve({ cpu, memory, svcs }: Side, n: number, stubs: number): boolean {
  const { r } = cpu;
  svcs.push(`${cpu.units} ${[...r]} ${cpu.cpsr}`);
  switch ((n * 7) % 41) {
    case 0:
      r[0] = n;
      r[1] = -n;
      r[7] ^= n;
      return true;
    case 1:
      return false;
    case 2:
      cpu.units = 0;
      return true;
    case 3:
      cpu.units -= 3;
      return true;
    case 4:
      cpu.units += 150_000;
      return true;
    case 5:
      cpu.cpsr ^= 0xf0000000;
      return true;
    case 6:
      // Returns for the stub.
      cpu.jump(r[14]);
      return true;
    case 7:
      // Another number in the stub that is being executed.
      memory.write(stubs, new Uint8Array(new Uint32Array(stub(n & 0x7ff)).buffer));
      return true;
    case 8:
      cpu.invalidate(CODE, CODE + 64);
      return true;
    default:
      r[0] = n * 0x1234567;
      return true;
  }
}

for (const [where, stubs] of [
  ["below", 0x60010000],
  ["above", 0x60500000],
] as const) {
  test(`stubs ${where} the code that calls them`, () => {
    const sides = (["interp", "jit", "auto"] as Engine[]).map((engine) => newSide(engine));
    for (const side of sides) {
      const { memory, cpu } = side;
      [...stub(0), ...stub(0x7fe)].forEach((word, k) => memory.st32(stubs + k * 4, word));
      LOOP.forEach((word, k) => memory.st32(CODE + k * 4, word));
      memory.st32(END, 0xef000001);
      let n = 0;
      cpu.onSvc = (imm) => imm === 0 && serve(side, n++, stubs);
      cpu.r.set([1, 0x71234567, 0, 0, ROUNDS, stubs + 1, stubs + 9, 0, 0, 0, 0, END]);
      cpu.jump(CODE);
    }
    const random = new Random(1);
    const numbers = new Set<string>();
    let exit: Exit = Exit.Slice;
    while (sides[0].cpu.r[15] !== END + 4) {
      const units = random.between(1, 200);
      const [first, ...others] = sides.map((side) => {
        side.cpu.units = units;
        exit = side.cpu.run();
        return seen(side, exit) as { svcs: string[] };
      });
      for (const state of others) expect(state).toEqual(first);
      for (const line of first.svcs) numbers.add(line.split(",")[12]);
    }
    // The hook saw the numbers of both stubs, and those that were written over the first.
    expect(numbers.size).toBeGreaterThan(50);
    expect(sides[1].cpu.stats.translation!.regions).toBeGreaterThan(3);
    for (const { memory } of sides) memory.dispose();
  }, 60_000);
}
