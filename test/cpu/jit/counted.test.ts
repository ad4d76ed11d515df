/** Loops of which translated code has a second version without checks: in step with the interpreter whatever happens. */
import { expect, test } from "bun:test";
import { type Engine, Exit } from "../../../src/cpu/mod.ts";
import { moduleOf } from "../golden/wasm.ts";
import { Random } from "../qemu/random.ts";
import { newSide, runInStep } from "./side.ts";

const CODE = 0x60010000;
const AREA = 0x60200000;
const SIZE = 0x10000;
const RAM_END = 0x60800000;
/** Where they may store. */
const PLACES = [
  [AREA - SIZE, 3 * SIZE],
  [RAM_END - SIZE, SIZE],
] as const;
const ROUNDS = process.env.RTT_SIM_FULL === "1" ? 1000 : 80;
const SEED = Number(process.env.RTT_SIM_SEED ?? 1);

/** r3 counts or r8 does, to r12 or down to 0; r4 and r8 are bases, r5 is a step, r2 a sum. */
const LOOPS: Record<string, number[]> = {
  // strb r1, [r4, r3]; add r3, r3, r5; cmp r3, ip; bcc
  sieve: [0xe7c41003, 0xe0833005, 0xe153000c, 0x3afffffb],
  // ldr r6, [r4, r3, lsl #2]; ldr r7, [r8, r3, lsl #2]; add r6, r6, r7; str r6, [r8, r3, lsl #2]; add r3, r3, r5; cmp r3, ip; ble
  fft: [0xe7946103, 0xe7987103, 0xe0866007, 0xe7886103, 0xe0833005, 0xe153000c, 0xdafffff8],
  // ldr r6, [r4, r3, lsl #2]; add r3, r3, #12; ldr r7, [r8, #4]!; cmp r3, ip; mla r2, r6, r7, r2; bne
  matrix: [0xe7946103, 0xe283300c, 0xe5b87004, 0xe153000c, 0xe0222796, 0x1afffff9],
  // ldrb r6, [r8, #1]!; eor r6, r6, r2; cmp r8, ip; and r6, r6, #255; ldr r6, [r4, r6, lsl #2]; eor r2, r6, r2, lsr #8; bne
  table: [0xe5f86001, 0xe0266002, 0xe158000c, 0xe20660ff, 0xe7946106, 0xe0262422, 0x1afffff8],
  // ldm r8!, {r1, r2}; stmia r4!, {r1, r2}; subs ip, ip, #1; bgt
  blocks: [0xe8b80006, 0xe8a40006, 0xe25cc001, 0xcafffffb],
  // ldrh r6, [r8, #-2]!; strh r6, [r8, #64]; cmp ip, r8; bcc
  down: [0xe17860b2, 0xe1c864b0, 0xe15c0008, 0x3afffffb],
  // ldrsb r6, [r8], #1; cmp r6, #0; strlt r6, [r4, #8]; addge r2, r2, r6; sub r3, r3, #3; cmp r3, ip; bgt
  conditional: [0xe0d860d1, 0xe3560000, 0xb5846008, 0xa0822006, 0xe2433003, 0xe153000c, 0xcafffff8],
  // ldr r6, [r8, r3]; strh r6, [r4], #2; add r3, r3, #1; cmp ip, r3; bhi
  half: [0xe7986003, 0xe0c460b2, 0xe2833001, 0xe15c0003, 0x8afffffa],
  // cmp r3, ip; str r2, [r8, r3, lsl #1]; add r3, r3, #2; bne
  late: [0xe153000c, 0xe7882083, 0xe2833002, 0x1afffffb],
  // mov r9, r8; add r8, r8, #4; ldr r6, [r9, #4]; add r4, r4, #4; add r10, r4, #400; add r2, r2, r6; str r2, [r10, #12]; add r3, r3, #1;
  // cmp ip, r3; bhi
  copies: [
    ...[0xe1a09008, 0xe2888004, 0xe5996004, 0xe2844004, 0xe284ae19],
    ...[0xe0822006, 0xe58a200c, 0xe2833001, 0xe15c0003, 0x8afffff5],
  ],
  // ldr r6, [r8], #4; mov r7, #5; (eor r2, r6, r2, ror #7; subs r7, r7, #1; bne); str r2, [r4], #4; add r3, r3, #1; cmp r3, ip; bcc
  rounds: [
    ...[0xe4986004, 0xe3a07005, 0xe02623e2, 0xe2577001, 0x1afffffc],
    ...[0xe4842004, 0xe2833001, 0xe153000c, 0x3afffff6],
  ],
  // mov r7, #3; (ldrh r6, [r8], #2; subs r7, r7, #1; add r2, r2, r6; bne); and r6, r2, #255; add r6, r4, r6, lsl #2; strb r2, [r6, #12];
  // ldr r1, [r4]; add r3, r3, #1; cmp r3, ip; bne
  steps: [
    ...[0xe3a07003, 0xe0d860b2, 0xe2577001, 0xe0822006, 0x1afffffb, 0xe20260ff],
    ...[0xe0846106, 0xe5c6200c, 0xe5941000, 0xe2833001, 0xe153000c, 0x1afffff3],
  ],
  // ldrd r6, [r8], #8; adds r2, r2, r6; adc r1, r1, r7; strd r6, [r4], #16; add r3, r3, #1; cmp r3, ip; bls
  double: [0xe0c860d8, 0xe0922006, 0xe0a11007, 0xe0c461f0, 0xe2833001, 0xe153000c, 0x9afffff8],
};
/** Those that go on while the counter has not met its end: it steps by so much. */
const MEETS: Record<string, number> = { matrix: 12, late: 2, steps: 1 };
/** The pointer r8 is compared. */
const POINTERS: Record<string, number> = { table: 1, down: -2 };
const DOWN = ["down", "conditional"];

for (const [name, code] of Object.entries(LOOPS))
  test(`${name}: ends, guards, faults, code in the way, slices of any length`, () => {
    const module = Buffer.from(
      moduleOf({ code: new Uint8Array(new Uint32Array(code).buffer), thumb: false }),
    );
    // The loop, the version without checks, and the loop around that.
    expect(module.toString("latin1").split("\x03\x40").length - 1).toBeGreaterThanOrEqual(3);
    const sides = (["interp", "jit", "auto"] as Engine[]).map(newSide);
    for (const { memory } of sides)
      [...code, 0xef000000].forEach((word, k) => memory.st32(CODE + k * 4, word));
    const random = new Random(SEED);
    const exits = new Set<Exit>();
    for (let round = 0; round < ROUNDS; round++) {
      // The first one goes on to the end of memory and beyond, whatever the seed.
      const beyond = round === 0;
      const times = beyond
        ? 1000
        : random.pick([1, 2, 3, 4, 10, 33, 100, 1000, 3000]) + random.below(8);
      const near = (): number =>
        beyond
          ? RAM_END - (name === "down" ? 1 : 64) - random.below(48)
          : random.once(8)
            ? RAM_END - random.below(8192)
            : AREA + SIZE / 4 + random.below(SIZE / 4);
      const align = random.once(6) ? 0 : 3;
      const bases = [near() & ~align, near() & ~align];
      const odd = !beyond && random.once(6) ? random.pick([1, 2, 0x7fffffff, -5]) : 0;
      const down = DOWN.includes(name);
      // Indices near zero, and where numbers begin again.
      const first =
        !beyond && random.once(8)
          ? random.pick([0x7ffffff0, -0x80000000, -3, 0x7fffff00]) + random.below(8)
          : random.below(64);
      const step = !beyond && random.once(8) ? random.pick([0, -1, 0x20000]) : 1 + random.below(40);
      const way = (MEETS[name] ?? Math.abs(POINTERS[name] ?? 1)) * times + odd;
      const from = name in POINTERS ? bases[1] : first;
      const end = name === "blocks" ? times : down ? from - way : from + way;
      const place = random.pick(bases) + random.below(4 * times);
      const guard = random.once(4) ? place : undefined;
      const inCode = random.once(4) ? place + random.below(512) : undefined;
      const bytes = Uint8Array.from({ length: SIZE }, () => random.below(256));
      const tag = `round ${round}`;
      for (const { memory, cpu } of sides) {
        memory.write(AREA, bytes);
        cpu.r.set([0, 1, round, first, bases[0], step, 0, 0, bases[1], 0, 0, 0, end | 0]);
        cpu.cpsr = 0x13;
        cpu.jump(CODE);
        if (inCode !== undefined && memory.contains(inCode)) memory.markCode(inCode, inCode + 1);
        if (guard !== undefined && memory.contains(guard)) memory.addGuard(guard, guard + 4, tag);
      }
      const at = { seed: SEED, round, first, end, step, bases, guard, inCode };
      const units = () => (beyond ? 400 : random.pick([1, 2, 3, 7, 40, 500, 5000, 20_000]));
      for (const { exit } of runInStep(sides, at, 12, units, PLACES)) exits.add(exit);
      for (const { memory } of sides)
        if (guard !== undefined && memory.contains(guard)) memory.removeGuard(guard);
    }
    // It ends, is cut, and faults.
    expect([...exits].sort()).toEqual([Exit.Slice, Exit.Stop, Exit.Fault]);
    for (const { memory } of sides) memory.dispose();
  }, 120_000);
