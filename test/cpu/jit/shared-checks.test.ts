/**
 * Tests of accesses that several accesses share, across blocks, loops and calls of the host: in step with the interpreter, whatever
 * fails, and whatever the host forbids in between.
 */
import { expect, test } from "bun:test";
import { type Engine, Exit } from "../../../src/cpu/mod.ts";
import { READ, WRITE } from "../../../src/memory/mod.ts";
import { Random } from "../qemu/random.ts";
import { newSide, runInStep, type Side } from "./side.ts";

const CODE = 0x60010000;
const AREA = 0x60200000;
const RAM_END = 0x60800000;
const ENGINES: Engine[] = ["interp", "jit", "auto"];
const SEED = Number(process.env.RTT_SIM_SEED ?? 1);
const ROUNDS = process.env.RTT_SIM_FULL === "1" ? 2000 : 150;
const STOP = 0xef000000;

function sidesWith(code: readonly number[]): Side[] {
  const sides = ENGINES.map(newSide);
  for (const { memory } of sides) code.forEach((word, k) => memory.st32(CODE + k * 4, word));
  return sides;
}

/** r0-r3 are numbers, r4 and r5 point into memory, r13 to a stack. */
const PIECES: Record<string, number[]> = {
  // A loop that is counted, and what lies behind its end: ldr r6, [r4], #4; cmp r4, ip; add r2, r2, r6; bne; ldr r7, [r4, #16]; str r7, [r4, #-8]
  behindLoop: [0xe4946004, 0xe154000c, 0xe0822006, 0x1afffffb, 0xe5947010, 0xe5047008, STOP],
  // The same behind a loop that ends on data: mov r8, #0; ldrb r6, [r4], #1; cmp r6, #0; bne; ldr r7, [r4, #16]; str r7, [r4, #-8]
  behindText: [0xe3a08000, 0xe4d46001, 0xe3560000, 0x1afffffc, 0xe5947010, 0xe5047008, STOP],
  // And where such a loop is left in its middle: mov r8, #0; ldrb r6, [r4]; cmp r6, #0; beq +3; add r2, r2, r6; add r4, r4, #1; b; ldr r7, [r4, #16]; str r7, [r4, #20]
  beside: [
    0xe3a08000,
    0xe5d46000,
    0xe3560000,
    0x0a000002,
    0xe0822006,
    0xe2844001,
    0xeafffff9,
    0xe5947010,
    0xe5847014,
    STOP,
  ],
  // A diamond: cmp r0, r1; ldr r6, [r4]; bcc +4; str r6, [r4, #40]; b +1; ldr r6, [r4, #44]; str r6, [r4, #48]; str r6, [r4, #44]; ldr r7, [r4, #-60]
  diamond: [
    0xe1500001,
    0xe5946000,
    0x3a000001,
    0xe5846028,
    0xea000000,
    0xe594602c,
    0xe5846030,
    0xe584602c,
    0xe514703c,
    STOP,
  ],
  // Read and written: ldr r6, [r4, #4]; add r6, r6, #1; str r6, [r4, #4]; ldr r7, [r5, r3, lsl #2]; add r7, r7, r6; str r7, [r5, r3, lsl #2]; subs r0, r0, #1; add r3, r3, #1; bne
  both: [
    0xe5946004,
    0xe2866001,
    0xe5846004,
    0xe7957103,
    0xe0877006,
    0xe7857103,
    0xe2500001,
    0xe2833001,
    0x1afffff6,
    STOP,
  ],
  // A frame: push {r4-r7, lr}; sub sp, sp, #200; str r0, [sp, #4]; cmp r0, r1; strcc r1, [sp, #196]; strb r2, [sp, #101]; ldr r6, [sp, #8]; add fp, sp, #128; str r3, [fp, #-64]; ldrh r7, [fp, #2]; add sp, sp, #200; pop {r4-r7, lr}
  frame: [
    0xe92d40f0,
    0xe24dd0c8,
    0xe58d0004,
    0xe1500001,
    0x358d10c4,
    0xe5cd2065,
    0xe59d6008,
    0xe28db080,
    0xe50b3040,
    0xe1db70b2,
    0xe28dd0c8,
    0xe8bd40f0,
    STOP,
  ],
  // The host in between: str r0, [r4]; svc #1; str r1, [r4]; ldr r6, [r4]; add r6, r6, r0; svc #1; str r6, [r4]; ldr r7, [r4]
  host: [
    0xe5840000,
    0xef000001,
    0xe5841000,
    0xe5946000,
    0xe0866000,
    0xef000001,
    0xe5846000,
    0xe5947000,
    STOP,
  ],
  // The host in a loop: str r0, [r4]; ldr r7, [r5]; 1: svc #1; subs r0, r0, #1; bhi 1b; str r1, [r4]; ldr r7, [r5]; str r7, [r4, #4]
  hostInLoop: [
    0xe5840000,
    0xe5957000,
    0xef000001,
    0xe2500001,
    0x8afffffc,
    0xe5841000,
    0xe5957000,
    0xe5847004,
    STOP,
  ],
  // A list: ldr r6, [r4, #4]; add r6, r6, r6, lsl #2; str r6, [r4, #4]; ldr r4, [r4]; subs r0, r0, #1; bne; ldr r7, [r4, #8]
  list: [0xe5946004, 0xe0866106, 0xe5846004, 0xe5944000, 0xe2500001, 0x1afffff9, 0xe5947008, STOP],
  // Multiples: ldm r4, {r6, r7}; strd r6, [r4, #8]; stmib r4!, {r6, r7}; ldrb r8, [r4, #3]; str r8, [r4, #1]; ldrd r6, [r4, #-4]
  multiples: [0xe89400c0, 0xe1c460f8, 0xe9a400c0, 0xe5d48003, 0xe5848001, 0xe14460d4, STOP],
  // A table: movw r8, #0; movt r8, #0x607f; and r6, r0, #255; ldr r7, [r8, r6, lsl #2]; ldrb r6, [r4]; add r8, r8, #0xff00; ldr r7, [r8, r6, lsl #2]; ldrb r7, [r8, r6]
  table: [
    0xe3008000,
    0xe346807f,
    0xe20060ff,
    0xe7987106,
    0xe5d46000,
    0xe2888cff,
    0xe7987106,
    0xe7d87006,
    STOP,
  ],
};

for (const [name, code] of Object.entries(PIECES))
  test(`${name}: at the ends of memory, beside guards and code, in slices of any length`, () => {
    const sides = sidesWith(code);
    const random = new Random(SEED);
    const exits = new Set<Exit>();
    for (let round = 0; round < ROUNDS; round++) {
      const near = (): number => {
        const place = random.below(4);
        const offset = random.below(256) & (random.once(5) ? ~0 : ~3);
        if (place === 0) return RAM_END - 160 + offset;
        if (place === 2 && random.once(2)) return RAM_END - 540 + random.below(40);
        if (place === 1) return 0x60000000 - 100 + offset;
        return AREA + 512 + offset;
      };
      const [r4, r5, sp] = [near(), near(), (near() & ~3) + 128];
      const r = [random.below(20), random.below(20), random.u32(), random.below(8), r4, r5, 0, 0];
      const times = 1 + random.below(30);
      const end = random.once(3) && r4 > AREA + 4096 ? RAM_END : r4 + 4 * times;
      const guard = random.once(3) ? random.pick([r4, r5, sp - 256]) + random.below(256) - 64 : 0;
      const inCode = random.once(3) ? random.pick([r4, r5, sp - 256]) + random.below(256) : 0;
      const at = { seed: SEED, round, r, sp, end, guard, inCode };
      const bytes = Uint8Array.from({ length: 1536 }, () => 1 + random.below(255));
      // Where the list goes on.
      const link = near();
      const zero = random.below(24);
      for (const { memory, cpu, svcs } of sides) {
        memory.write(AREA, bytes);
        memory.write(RAM_END - 1024, bytes.subarray(0, 1024));
        memory.write(RAM_END - 1 - zero, new Uint8Array(1));
        if (memory.contains(r4, 4))
          memory.write(r4, new Uint8Array(new Uint32Array([link]).buffer));
        cpu.r.set([...r, 0, 0, 0, 0, end, sp, 0]);
        cpu.cpsr = 0x13;
        cpu.jump(CODE);
        if (inCode && memory.contains(inCode)) memory.markCode(inCode, inCode + 1);
        if (guard && memory.contains(guard)) memory.addGuard(guard, guard + 4, round);
        let calls = 0;
        const what = round % 4;
        cpu.onSvc = (imm) => {
          svcs.push(`${imm} ${cpu.units} ${[...cpu.r]} ${cpu.cpsr}`);
          if (imm === 0) return false;
          calls++;
          // What was tested before is no longer so.
          if (what === 0) memory.protect(AREA, AREA + 4096, READ);
          if (what === 1) memory.markCode(AREA + 512, AREA + 2048);
          if (what === 2) memory.addGuard(AREA, AREA + 2048, "svc", calls === 2);
          return true;
        };
      }
      const units = (): number => random.pick([1, 2, 3, 7, 40, 500, 5000]);
      const ranges = [
        [AREA, 4096],
        [RAM_END - 4096, 4096],
      ] as const;
      for (const { exit } of runInStep(sides, at, 12, units, ranges)) exits.add(exit);
      for (const { memory } of sides) {
        if (guard && memory.contains(guard)) memory.removeGuard(guard);
        memory.removeGuard(AREA);
        memory.protect(AREA, AREA + 4096, READ | WRITE);
      }
    }
    expect([...exits]).toContain(Exit.Fault);
    expect([...exits]).toContain(Exit.Stop);
    for (const { memory } of sides) memory.dispose();
  }, 60_000);

test("where a version of a loop without tests is left, what lies behind tests for itself", () => {
  for (const name of ["behindText", "beside"]) {
    const sides = sidesWith(PIECES[name]);
    for (const { memory, cpu } of sides) {
      memory.write(RAM_END - 1024, new Uint8Array(1024).fill(7));
      memory.write(RAM_END - 5, new Uint8Array(1));
      cpu.r.set([0, 0, 0, 0, RAM_END - 516, 0, 0, 0, 0]);
      cpu.cpsr = 0x13;
      cpu.jump(CODE);
    }
    const ended = runInStep(sides, name, 2, () => 50_000, [[RAM_END - 4096, 4096]]);
    expect(ended.map(({ exit }) => exit)).toEqual([Exit.Fault]);
    for (const { memory } of sides) memory.dispose();
  }
});

/** Code from r4 on that faults at its last access, and r4. */
const REFUSED: Record<string, readonly [code: number[], at: number, address: number]> = {
  // str r0, [r4]; str r0, [r4, #2048]; str r0, [r4, #1024]
  "between two that were tested": [[0xe5840000, 0xe5840800, 0xe5840400], AREA, AREA + 1024],
  // ldrd r0, r1, [r4, #2]; ldrd r0, r1, [r4]
  "that is aligned otherwise than one that was tested": [
    [0xe1c400d2, 0xe1c400d0],
    AREA + 2,
    AREA + 2,
  ],
};
for (const [name, [code, at, address]] of Object.entries(REFUSED))
  test(`an access ${name} faults`, () => {
    const sides = sidesWith([...code, STOP]);
    for (const { memory, cpu } of sides) {
      memory.st32(AREA, 0);
      memory.protect(AREA + 1024, AREA + 1088, READ);
      cpu.r.set([0, 0, 0, 0, at]);
      cpu.cpsr = 0x13;
      cpu.jump(CODE);
    }
    const [{ exit, fault }] = runInStep(sides, name, 1, () => 100, [[AREA, 4096]]);
    expect({ exit, address: fault?.address }).toEqual({ exit: Exit.Fault, address });
    for (const { memory } of sides) memory.dispose();
  });
