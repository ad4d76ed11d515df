/** Accesses of several words where memory ends: each word must be there, or none is touched. Every engine, and whether qemu-arm ends with SIGSEGV. */
import { afterAll, afterEach, expect, test } from "bun:test";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { disassemble } from "../../src/cpu/mod.ts";
import { BASE, CODE, DATA, disposeMachines, engines, Exit, newMachine } from "./machine.ts";
import { noQemu, noToolchain, tool } from "./qemu/tools.ts";

afterEach(disposeMachines);

const CASES: readonly (readonly [text: string, word: number, words: number])[] = [
  ["ldm r1, {r2, r3}", 0xe891000c, 2],
  ["stm r1, {r2, r3}", 0xe881000c, 2],
  ["stm r1, {r0, r2, r3, r4, r5, r6, r7, r8, r9, sl, fp, ip}", 0xe8811ffd, 12],
  ["ldrd r2, [r1]", 0xe1c120d0, 2],
  ["strd r2, [r1]", 0xe1c120f0, 2],
  ["vldr d0, [r1]", 0xed910b00, 2],
  ["vstr d0, [r1]", 0xed810b00, 2],
  ["vldmia r1, {s0-s2}", 0xec910a03, 3],
  ["vstmia r1, {s0-s2}", 0xec810a03, 3],
  ["vstmia r1, {s0}", 0xec810a01, 1],
  ["vldmia r1, {d0-d1}", 0xec910b04, 4],
  ["vstmia r1, {d0-d1}", 0xec810b04, 4],
  ["vldmia r1, {d0-d15}", 0xec910b20, 32],
  ["vstmia r1, {d0-d15}", 0xec810b20, 32],
];
const SVC_1 = 0xef000001;
const END = BASE + 0x10000;
const GUARD = DATA + 0x400;
const FILL = 0x5a;

test.each([...engines])("%s: the end of memory, and a guard", (engine) => {
  const { cpu, memory, put, run } = newMachine(engine);
  memory.addGuard(GUARD, GUARD + 64, "guard");
  CASES.forEach(([text, word, words], k) => {
    const stores = /^v?st/.test(text);
    const code = CODE + k * 64;
    put(code, [word & 0xffff, word >>> 16, SVC_1 & 0xffff, SVC_1 >>> 16]);
    expect(disassemble((at) => memory.ld16(at), code, false).text).toBe(text);
    for (const end of stores ? [END, GUARD] : [END])
      for (let over = 0; over <= words; over++) {
        const start = end - 256;
        memory.fill(start, 256, FILL);
        for (let r = 0; r < 13; r++) cpu.r[r] = -1 - r;
        cpu.floatContext = new Int32Array(73).fill(0x3f800000, 0, 64);
        const base = (cpu.r[1] = end - 4 * (words - over));
        const exit = run(code);
        const left = memory.read(start, 256).findIndex((byte) => byte !== FILL);
        const fits = over === 0;
        const where = { text, over, end };
        const kept = stores || fits || cpu.r[2] === -3;
        const fault = fits ? undefined : cpu.fault?.kind;
        expect({ ...where, exit, left, kept, pc: cpu.r[15] - code, fault }).toEqual({
          ...{ ...where, exit: fits ? Exit.Stop : Exit.Fault, kept: true },
          ...{ left: fits && stores ? base - start : -1 },
          ...(fits ? { pc: 8, fault: undefined } : { pc: 0, fault: "data abort" }),
        });
      }
  });
});

/** An executable that does access `(argc - 1) >> 6`, with `(argc - 1) & 63` words of it beyond the end of a page that nothing follows. */
const SOURCE = `
  .syntax unified
  .arm
  .global _start
_start:
  ldr r9, [sp]
  sub r9, #1
  mov r0, #0
  mov r1, #8192
  mov r2, #3
  mov r3, #0x22
  mvn r4, #0
  mov r5, #0
  mov r7, #192        @ mmap2
  svc #0
  add r8, r0, #4096
  mov r0, r8
  mov r1, #4096
  mov r7, #91         @ munmap
  svc #0
  ldr r5, =table
  lsr r0, r9, #6
  add r5, r5, r0, lsl #3
  ldm r5, {r5, r6}
  and r2, r9, #63
  sub r6, r6, r2
  sub r1, r8, r6, lsl #2
  bx r5
${CASES.map(([text], k) => `case${k}:\n  ${text}\n  mov r0, #0\n  mov r7, #1\n  svc #0`).join("\n")}
  .ltorg
table: .word ${CASES.map(([, , words], k) => `case${k}, ${words}`).join(", ")}
`;

let folder = "";
afterAll(() => folder && rmSync(folder, { recursive: true }));
const absent = noQemu ?? noToolchain;
test.skipIf(absent !== undefined)(
  `qemu-arm ends with SIGSEGV at the same accesses${absent ? ` (${absent})` : ""}`,
  () => {
    folder = mkdtempSync(join(tmpdir(), "rtt-sim-ends-"));
    const [source, object, file] = ["a.s", "a.o", "a.elf"].map((name) => join(folder, name));
    writeFileSync(source, SOURCE);
    tool("as", "-mcpu=cortex-a9", "-mfpu=neon", "-o", object, source);
    tool("ld", "-Ttext=0x10000", "-o", file, object);
    for (const [k, [text, , words]] of CASES.entries())
      for (const over of new Set([0, 1, words - 1, words])) {
        const counted = Array<string>(k * 64 + over).fill("x");
        const { exitCode, signalCode } = Bun.spawnSync(
          ["qemu-arm", "-cpu", "max", file, ...counted],
          { stdout: "ignore", stderr: "ignore" },
        );
        expect({ text, over, ended: signalCode ?? exitCode }).toEqual({
          ...{ text, over },
          ended: over === 0 ? 0 : "SIGSEGV",
        });
      }
  },
  60_000,
);
