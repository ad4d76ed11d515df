/** Runs the same image under qemu-arm and under the interpreter and compares what every case left behind. */
import { chmodSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { Cpu, CpuFault } from "../../../src/cpu/mod.ts";
import { type GeneratedCase, type State, generateCase } from "./generate.ts";
import {
  CAPACITY,
  type Image,
  RESULT_POINTER,
  WINDOW,
  type Result,
  buildImage,
  codeAddress,
  parseOutput,
  sharedDriver,
  windowAddress,
} from "./image.ts";
import { runLinux } from "./linux.ts";
import { type Instruction } from "./sequence.ts";
import { qemu, run } from "./tools.ts";

const SIGILL = 4;
const SIGTRAP = 5;
const SIGBUS = 7;
const SIGSEGV = 11;
const FLAGS = 0xf80f0000;

export interface Difference {
  readonly test: GeneratedCase;
  readonly variant: Variant;
  readonly qemu: Result;
  readonly ours: Result;
}

/** What a run has covered. */
export interface Tally {
  cases: number;
  instructions: number;
  /** Executions per row of the decode tables (as generated; a skipped branch body counts too). */
  readonly rows: Map<string, number>;
  readonly differences: Difference[];
}

export function newTally(): Tally {
  return { cases: 0, instructions: 0, rows: new Map(), differences: [] };
}

/** The image's output as qemu-arm produces it. */
export function runQemu(image: Image, timeout = 60_000): Result[] {
  const folder = mkdtempSync(join(tmpdir(), "rtt-sim-cpu-"));
  try {
    const file = join(folder, "image.elf");
    writeFileSync(file, image.elf);
    chmodSync(file, 0o755);
    const { status, stdout, stderr } = qemu(file, [], timeout);
    if (status !== 0) throw new Error(`qemu-arm ended with ${status}: ${stderr}`);
    return parseOutput(image, stdout);
  } finally {
    rmSync(folder, { recursive: true });
  }
}

/** The signal Linux would send. */
export function signalOf(fault: CpuFault): number {
  switch (fault.kind) {
    case "undefined instruction":
      return SIGILL;
    case "breakpoint":
      return SIGTRAP;
    default:
      return /align/.test(fault.why) ? SIGBUS : SIGSEGV;
  }
}

/** What the signal handler of driver.s does. */
function recordFault(cpu: Cpu, signal: number): void {
  const { memory } = cpu;
  const at = memory.ldu32(RESULT_POINTER);
  for (let r = 0; r < 15; r++) memory.st32(at + 4 * r, cpu.r[r]);
  [cpu.cpsr & FLAGS, cpu.r[15], signal].forEach((value, i) => memory.st32(at + 60 + 4 * i, value));
  memory.st32(RESULT_POINTER, at + 72);
  cpu.cpsr &= ~0x0600fc20;
  cpu.jump(sharedDriver().next);
}

/** The image's output as the interpreter produces it. */
function runOurs(image: Image, { slice, guarded }: Variant): Result[] {
  const process = runLinux(image.elf, {
    units: 64 * image.cases.length + 10_000,
    slice,
    prepare(memory) {
      if (!guarded) return;
      for (const { place } of image.cases)
        memory.addGuard(windowAddress(place) + WINDOW, windowAddress(place + 1), "gap");
    },
    onFault(cpu, fault) {
      recordFault(cpu, signalOf(fault));
      return true;
    },
  });
  if (process.status !== 0)
    throw new Error(`the image did not end: ${JSON.stringify(process.fault ?? "endless")}`);
  return parseOutput(image, process.stdout);
}

function same(a: Result, b: Result): boolean {
  return (
    Buffer.compare(a.window, b.window) === 0 && a.registers.every((v, i) => v === b.registers[i])
  );
}

function differencesOf(
  cases: readonly GeneratedCase[],
  variant: Variant,
  timeout?: number,
): Difference[] {
  const image = buildImage(cases);
  const expected = runQemu(image, timeout);
  const got = runOurs(image, variant);
  return cases.flatMap((test, i) =>
    same(expected[i], got[i]) ? [] : [{ test, variant, qemu: expected[i], ours: got[i] }],
  );
}

/** Ways to run the interpreter that must make no difference. */
export interface Variant {
  /** Units per slice; undefined: all in one. */
  readonly slice?: number;
  /** A guard lies in the gap behind every window, so that accesses near it take the slow path. */
  readonly guarded?: boolean;
}

/** Taken by turns. */
const VARIANTS: readonly Variant[] = [{}, { slice: 1 }, { slice: 3, guarded: true }];

/** Runs `count` cases with consecutive seeds. */
export function runCases(state: State, firstSeed: number, count: number, tally: Tally): void {
  for (let done = 0; done < count; done += CAPACITY) {
    const cases = Array.from({ length: Math.min(CAPACITY, count - done) }, (_, i) =>
      generateCase(firstSeed + done + i, i, state),
    );
    const variant = VARIANTS[(done / CAPACITY) % VARIANTS.length];
    tally.differences.push(...differencesOf(cases, variant));
    tally.cases += cases.length;
    for (const { instructions } of cases) {
      tally.instructions += instructions.length;
      for (const { id } of instructions) tally.rows.set(id, (tally.rows.get(id) ?? 0) + 1);
    }
  }
}

/** Replaces instructions by NOPs as long as the difference stays. */
export function shrink(difference: Difference): Difference {
  let best = difference;
  for (const instruction of [...difference.test.instructions].reverse()) {
    const code = best.test.code.slice();
    code.set(nop(instruction), instruction.offset);
    try {
      best = differencesOf([{ ...best.test, code }], best.variant, 1000)[0] ?? best;
    } catch {
      // Without this instruction the case does not end.
    }
  }
  return best;
}

function nop({ size, thumb }: Instruction): number[] {
  if (!thumb) return [0x00, 0xf0, 0x20, 0xe3];
  return size === 2 ? [0x00, 0xbf] : [0xaf, 0xf3, 0x00, 0x80];
}

const NAMES = [..."0123456789"]
  .map((n) => `r${n}`)
  .concat(["r10", "r11", "r12", "sp", "lr", "flags", "fault pc", "signal"]);
const hex = (value: number) => (value >>> 0).toString(16).padStart(8, "0");

/** A difference in words: disassembly by objdump, registers, memory. */
export function explain({ test, variant, qemu, ours }: Difference, state: State): string {
  const lines = [
    `${state}, seed ${test.seed}, place ${test.place}, ${JSON.stringify(variant)}; window at ${hex(windowAddress(test.place))}`,
  ];
  for (const instruction of test.instructions) {
    const { offset, size, thumb, id } = instruction;
    const bytes = test.code.subarray(offset, offset + size);
    if (Buffer.compare(bytes, Uint8Array.from(nop(instruction))) === 0) continue;
    const address = codeAddress(test.place) + test.skew + offset;
    lines.push(`  ${hex(address)}  ${objdump(bytes, thumb, address).padEnd(44)} ${id}`);
  }
  lines.push(`  ${"".padEnd(10)} initial   qemu-arm  interpreter`);
  for (let i = 0; i < 18; i++) {
    const initial = i < 16 ? hex(test.registers[i]) : "";
    const mark = qemu.registers[i] === ours.registers[i] ? "" : "   <--";
    if (mark || (i < 16 && test.registers[i] !== qemu.registers[i]))
      lines.push(
        `  ${NAMES[i].padEnd(10)} ${initial.padEnd(9)} ${hex(qemu.registers[i])}  ${hex(ours.registers[i])}${mark}`,
      );
  }
  qemu.window.forEach((byte, i) => {
    if (byte !== ours.window[i])
      lines.push(
        `  memory ${hex(windowAddress(test.place) + i)}: ${hex(test.window[i]).slice(6)}  ${hex(byte).slice(6)}  ${hex(ours.window[i]).slice(6)}`,
      );
  });
  return lines.join("\n");
}

/** The text binutils has for one instruction. */
export function objdump(bytes: Uint8Array, thumb: boolean, address: number): string {
  const folder = mkdtempSync(join(tmpdir(), "rtt-sim-dump-"));
  try {
    const file = join(folder, "code.bin");
    writeFileSync(file, bytes);
    const command = [
      "arm-none-eabi-objdump",
      "-D",
      "-b",
      "binary",
      "-m",
      "arm",
      `--adjust-vma=${address}`,
    ];
    if (thumb) command.push("-M", "force-thumb");
    const text = run([...command, file]).stdout;
    const line = Buffer.from(text).toString("latin1").trim().split("\n").at(-1)!;
    return line.split("\t").slice(2).join(" ").trim();
  } finally {
    rmSync(folder, { recursive: true });
  }
}
