/**
 * Which accesses must be aligned, and to what (ARM ARM A3.2.1, table A3-1, with SCTLR.A = 0): on every engine, and whether qemu-arm ends
 * with SIGBUS there.
 */
import { afterAll, afterEach, expect, test } from "bun:test";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { disassemble } from "../../src/cpu/mod.ts";
import { CODE, DATA, disposeMachines, engines, Exit, newMachine } from "./machine.ts";
import { noQemu, noToolchain, tool } from "./qemu/tools.ts";

afterEach(disposeMachines);

type Case = readonly [text: string, word: number, alignment: number];
const A32: readonly Case[] = [
  ["ldr r2, [r1]", 0xe5912000, 1],
  ["ldrh r2, [r1]", 0xe1d120b0, 1],
  ["ldrsh r2, [r1]", 0xe1d120f0, 1],
  ["str r2, [r1]", 0xe5812000, 1],
  ["strh r2, [r1]", 0xe1c120b0, 1],
  ["ldrb r2, [r1]", 0xe5d12000, 1],
  ["ldm r1, {r2, r3}", 0xe891000c, 4],
  ["stm r1, {r2, r3}", 0xe881000c, 4],
  ["ldmdb r1!, {r2, r3}", 0xe931000c, 4],
  ["ldrd r2, [r1]", 0xe1c120d0, 4],
  ["strd r2, [r1]", 0xe1c120f0, 4],
  ["swp r2, r3, [r1]", 0xe1012093, 4],
  ["ldrex r2, [r1]", 0xe1912f9f, 4],
  ["ldrexh r2, [r1]", 0xe1f12f9f, 2],
  ["ldrexd r2, [r1]", 0xe1b12f9f, 8],
  // The monitor is open: that may be found before the alignment is looked at (ARM ARM, ExclusiveMonitorsPass), and is by QEMU.
  ["strex r4, r2, [r1]", 0xe1814f92, 1],
  ["strexh r4, r2, [r1]", 0xe1e14f92, 1],
  ["strexd r4, r2, [r1]", 0xe1a14f92, 1],
  ["vldr d0, [r1]", 0xed910b00, 4],
  ["vldr s0, [r1]", 0xed910a00, 4],
  ["vstr d0, [r1]", 0xed810b00, 4],
  ["vstr s0, [r1]", 0xed810a00, 4],
  ["vldmia r1, {d0-d1}", 0xec910b04, 4],
  ["vstmia r1, {s0-s1}", 0xec810a02, 4],
];
const THUMB: readonly Case[] = [
  ["ldr.w r2, [r1]", 0xf8d12000, 1],
  ["str.w r2, [r1]", 0xf8c12000, 1],
  ["strh.w r2, [r1]", 0xf8a12000, 1],
  ["ldmia.w r1, {r2, r3}", 0xe891000c, 4],
  ["ldrd r2, r3, [r1]", 0xe9d12300, 4],
  ["strd r2, r3, [r1]", 0xe9c12300, 4],
  ["ldrex r2, [r1]", 0xe8512f00, 4],
  ["vldr d0, [r1]", 0xed910b00, 4],
];
const CASES = [...A32.map((x) => ({ thumb: false, x })), ...THUMB.map((x) => ({ thumb: true, x }))];
const OFFSETS = [0, 1, 2, 4];

const halves = (word: number, thumb: boolean): number[] =>
  thumb ? [word >>> 16, word & 0xffff] : [word & 0xffff, word >>> 16];

test.each([...engines])(
  "%s: what is not aligned faults where the architecture says so",
  (engine) => {
    for (const { thumb, x } of CASES)
      for (const offset of OFFSETS) {
        const [text, word, alignment] = x;
        const m = newMachine(engine);
        m.put(CODE, halves(word, thumb), thumb ? [0xdf00] : [0, 0xef00]);
        const halfword = (at: number) => m.memory.ld16(at);
        expect(disassemble(halfword, CODE, thumb).text).toBe(text);
        m.cpu.r[1] = DATA + offset;
        const exit = m.run(thumb ? CODE | 1 : CODE);
        const fault = m.cpu.fault;
        const aligned = offset % alignment === 0;
        const access = /^v?st/.test(text) ? "write" : "read";
        // LDMDB begins below its base.
        const address = DATA + offset - (text.startsWith("ldmdb") ? 8 : 0);
        expect({ text, offset, exit, fault, base: m.cpu.r[1] - DATA }).toEqual({
          text,
          offset,
          exit: aligned ? Exit.Stop : Exit.Fault,
          fault: aligned
            ? undefined
            : expect.objectContaining({
                kind: "data abort",
                why: "alignment",
                pc: CODE,
                address,
                access,
              }),
          base: offset - (aligned && text.includes("!") ? 8 : 0),
        });
        m.memory.dispose();
      }
  },
);

/** An executable that does access `(argc - 1) >> 3` at offset `(argc - 1) & 7`. */
const SOURCE = `
  .syntax unified
  .arm
  .global _start
_start:
  ldr r0, [sp]
  sub r0, #1
  ldr r1, =data + 16
  and r2, r0, #7
  add r1, r2
  ldr r5, =table
  lsr r0, #3
  ldr r5, [r5, r0, lsl #2]
  bx r5
${CASES.map(({ thumb, x: [text] }, k) => `${thumb ? "  .thumb\n  .thumb_func" : "  .arm"}\ncase${k}:\n  ${text}\n  mov r0, #0\n  mov r7, #1\n  svc #0`).join("\n")}
  .ltorg
  .balign 4
table: .word ${CASES.map((_, k) => `case${k}`).join(", ")}
  .data
  .balign 16
data: .space 64
`;

let folder = "";
afterAll(() => folder && rmSync(folder, { recursive: true }));
const absent = noQemu ?? noToolchain;
test.skipIf(absent !== undefined)(
  `qemu-arm ends with SIGBUS at the same accesses${absent ? ` (${absent})` : ""}`,
  () => {
    folder = mkdtempSync(join(tmpdir(), "rtt-sim-alignment-"));
    const [source, object, file] = ["a.s", "a.o", "a.elf"].map((name) => join(folder, name));
    writeFileSync(source, SOURCE);
    tool("as", "-mcpu=cortex-a9", "-mfpu=neon", "-o", object, source);
    tool("ld", "-Ttext=0x10000", "-o", file, object);
    for (const [k, { x }] of CASES.entries()) {
      const [text, , alignment] = x;
      for (const offset of OFFSETS) {
        const words = ["qemu-arm", "-cpu", "max", file, ...Array<string>(k * 8 + offset).fill("x")];
        const { exitCode, signalCode } = Bun.spawnSync(words, {
          stdout: "ignore",
          stderr: "ignore",
        });
        expect({ text, offset, ended: signalCode ?? exitCode }).toEqual({
          text,
          offset,
          ended: offset % alignment === 0 ? 0 : "SIGBUS",
        });
      }
    }
  },
  60_000,
);
