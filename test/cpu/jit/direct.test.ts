/** Supervisor calls by functions of their own, which do all that a hook may do: the engines in step. */
import { expect, test } from "bun:test";
import { CallWord, type Engine, Exit } from "../../../src/cpu/mod.ts";
import { Random } from "../qemu/random.ts";
import { newSide, seen, type Side } from "./side.ts";

const CODE = 0x60400000;
const END = 0x60000100;
const SP = 0x60700000;
const ELSEWHERE = 0x60400100;
const ROUNDS = 3000;
const DIRECT = 3;

/** movw ip, #n; svc #0; bx lr */
const stub = (n: number): number[] => [0x0c00f240 | (n << 16), 0x4770df00];

// loop: adds r0, r0, r1; blx r6; add r2, r2, r0; addcs r7, r7, #1; blx r6; add r3, r3, r0; addmi r8, ip, r10; blx r5
// eor r9, r9, r0; add r9, r9, r12; subs r4, r4, #1; bne loop; bx r11
const LOOP = [
  0xe0900001, 0xe12fff36, 0xe0822000, 0x22877001, 0xe12fff36, 0xe0833000, 0x408c800a, 0xe12fff35,
  0xe0299000, 0xe089900c, 0xe2544001, 0x1afffff3, 0xe12fff1b,
];
/** add r1, r1, #3; bx lr */
const OTHER = [0xe2811003, 0xe12fff1e];

/** One machine, and what happens in it. */
class Calls {
  private n = 0;
  /** Calls of the hook for the number that has a function. */
  asked = 0;

  constructor(readonly side: Side) {}

  /** What the function does; everything a kernel may do in a call of another one is among it. */
  serve(args: readonly number[]): number {
    const { cpu, memory, svcs } = this.side;
    const { r } = cpu;
    const n = this.n++;
    svcs.push(`${args} ${cpu.units} ${[...r]} ${cpu.cpsr} ${cpu.stats.svcs}`);
    if (n % 7 === 3) r[1] = Math.imul(n, 0x07654321);
    if (n % 13 === 5) memory.engine[CallWord.Attention] = 1 + (n % 3);
    if (n % 17 === 6) cpu.units -= n % 9;
    if (n % 19 === 7) cpu.units = 3 + (n % 8);
    if (n % 23 === 9) cpu.cpsr ^= 0xf0000000;
    if (n % 29 === 11) cpu.jump(ELSEWHERE);
    if (n % 997 === 13) cpu.invalidate(CODE, CODE + 4);
    if (n % 37 === 15) {
      r[2] = n;
      cpu.clearExclusive();
    }
    if (n % 43 === 19) {
      // Registers of another thread, as the kernel puts them in.
      cpu.cpsr = 0x13 | (n << 28);
      r[8] = n;
      r[15] = ELSEWHERE;
      cpu.clearExclusive();
    }
    if (n % 41 === 17) memory.engine[CallWord.StackLow] = SP + 1;
    return Math.imul(n, 0x01234567);
  }
  /** Whether guest code goes on. */
  behind(): boolean {
    const { cpu, memory, svcs } = this.side;
    const reason = memory.engine[CallWord.Attention];
    svcs.push(`behind ${reason} ${cpu.units} ${[...cpu.r]}`);
    // It may be there still at the next call.
    memory.engine[CallWord.Attention] = reason === 3 ? 1 : 0;
    if (reason === 2) cpu.units -= 1;
    return reason !== 1 || this.n % 2 === 0;
  }
  hook(imm: number): boolean {
    const { cpu, memory, svcs } = this.side;
    const { engine } = memory;
    if (imm !== 0) return false;
    const looks = engine[CallWord.Attention] !== 0 || cpu.r[13] < engine[CallWord.StackLow];
    if (looks) svcs.push(`hook ${cpu.units} ${[...cpu.r]}`);
    engine[CallWord.Attention] = 0;
    engine[CallWord.StackLow] = -0x80000000;
    if (cpu.r[12] === DIRECT) this.asked++;
    cpu.r[0] = this.serve([...cpu.r.subarray(0, 4)]);
    return engine[CallWord.Attention] === 0 || this.behind();
  }
}

for (const [where, stubs] of [
  ["below", 0x60010000],
  ["above", 0x60500000],
] as const) {
  test(`functions of calls, of stubs ${where} the code that calls them`, () => {
    const all = (["interp", "jit", "auto"] as Engine[]).map((engine) => new Calls(newSide(engine)));
    for (const calls of all) {
      const { memory, cpu } = calls.side;
      [...stub(0), ...stub(DIRECT)].forEach((word, k) => memory.st32(stubs + k * 4, word));
      LOOP.forEach((word, k) => memory.st32(CODE + k * 4, word));
      OTHER.forEach((word, k) => memory.st32(ELSEWHERE + k * 4, word));
      memory.st32(END, 0xef000001);
      cpu.direct = {
        for: (number) => (number === DIRECT ? (...registers) => calls.serve(registers) : undefined),
        behind: () => calls.behind(),
      };
      cpu.onSvc = (imm) => calls.hook(imm);
      memory.engine[CallWord.StackLow] = -0x80000000;
      cpu.r.set([1, 2, 0, 0, ROUNDS, stubs + 1, stubs + 9, 0, 0, 0, 0x7777, END, 0, SP]);
      cpu.jump(CODE);
    }
    const random = new Random(1);
    let exit: Exit = Exit.Slice;
    while (all[0].side.cpu.r[15] !== END + 4) {
      const units = random.between(1, 200);
      const [first, ...others] = all.map(({ side }) => {
        side.cpu.units = units;
        exit = side.cpu.run();
        return { ...(seen(side, exit) as object), served: side.cpu.stats.svcs };
      });
      for (const state of others) expect(state).toEqual(first);
    }
    // The interpreter asks the hook each time, translated code does when it has to.
    expect(all[0].asked).toBe(2 * ROUNDS);
    for (const { asked } of all.slice(1)) {
      expect(asked).toBeGreaterThan(ROUNDS / 20);
      expect(asked).toBeLessThan(ROUNDS);
    }
    for (const { side } of all) side.memory.dispose();
  }, 60_000);
}
