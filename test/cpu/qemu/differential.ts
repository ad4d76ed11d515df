/** Runs the same image under qemu-arm and on our engines and compares what every case left behind. */
import { chmodSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { Cpu, CpuFault } from "../../../src/cpu/mod.ts";
import type { GuestMemory } from "../../../src/memory/mod.ts";
import { type GeneratedCase, type State, generateCase } from "./generate.ts";
import {
  CAPACITY,
  type Image,
  RESULT_POINTER,
  WINDOW,
  type Result,
  buildImage,
  parseOutput,
  sharedDriver,
  windowAddress,
} from "./image.ts";
import { type Machine, newMachine } from "./engines.ts";
import { runOn } from "./linux.ts";
import { qemu } from "./tools.ts";

const SIGILL = 4;
const SIGTRAP = 5;
const SIGBUS = 7;
const SIGSEGV = 11;
/** N Z C V Q, GE, and of a fault also IT and T. */
export const FAULT_FLAGS = 0xf80f0000 | 0x0600fc20;

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
    const { status, stdout, stderr } = qemu(file, timeout);
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
  [cpu.cpsr & FAULT_FLAGS, cpu.r[15], signal].forEach((value, i) =>
    memory.st32(at + 60 + 4 * i, value),
  );
  memory.st32(RESULT_POINTER, at + 72);
  cpu.cpsr &= ~0x0600fc20;
  cpu.jump(sharedDriver().next);
}

/** The image's output as one of our engines produces it. */
function runOurs(machine: Machine, image: Image, { slice, guarded }: Variant): Result[] {
  const process = runOn(machine, image.elf, {
    units: 64 * image.cases.length + 10_000,
    slice,
    prepare(memory) {
      if (guarded && memory.guardAt(windowAddress(1) - 1) === undefined) guardGaps(memory);
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

function guardGaps(memory: GuestMemory): void {
  for (let place = 0; place < CAPACITY; place++)
    memory.addGuard(windowAddress(place) + WINDOW, windowAddress(place + 1), "gap");
}

function same(a: Result, b: Result): boolean {
  return (
    Buffer.compare(a.window, b.window) === 0 && a.registers.every((v, i) => v === b.registers[i])
  );
}

/** Runs cases under qemu-arm and on a machine of ours. */
export function differencesOf(
  machine: Machine,
  cases: readonly GeneratedCase[],
  variant: Variant,
  timeout?: number,
): Difference[] {
  const image = buildImage(cases);
  const expected = runQemu(image, timeout);
  const got = runOurs(machine, image, variant);
  return cases.flatMap((test, i) =>
    same(expected[i], got[i]) || (variant.guarded && stepsOver(test))
      ? []
      : [{ test, variant, qemu: expected[i], ours: got[i] }],
  );
}

/** `add sp, rm` and its like: a frame that steps over a guard faults when it is made, which qemu-arm knows nothing of. */
function stepsOver({ instructions }: GeneratedCase): boolean {
  return instructions.some(({ id, thumb, size, opcode }) => {
    if (!/\.(add|sub)_(sp_)?reg/.test(id)) return false;
    if (!thumb) return ((opcode >>> 12) & 15) === 13;
    return size === 2 ? ((opcode >>> 4) & 8) + (opcode & 7) === 13 : ((opcode >>> 8) & 15) === 13;
  });
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

/** Runs `count` cases with consecutive seeds, all on one machine: every image replaces the code of the one before. */
export function runCases(
  engine: string,
  state: State,
  firstSeed: number,
  count: number,
  tally: Tally,
): void {
  const machine = newMachine(engine);
  const size = Math.min(CAPACITY, Math.ceil(count / VARIANTS.length));
  for (let done = 0, image = 0; done < count; done += size, image++) {
    const cases = Array.from({ length: Math.min(size, count - done) }, (_, i) =>
      generateCase(firstSeed + done + i, i, state),
    );
    const variant = VARIANTS[image % VARIANTS.length];
    tally.differences.push(...differencesOf(machine, cases, variant));
    tally.cases += cases.length;
    for (const { instructions } of cases) {
      tally.instructions += instructions.length;
      for (const { id } of instructions) tally.rows.set(id, (tally.rows.get(id) ?? 0) + 1);
    }
  }
  machine.memory.dispose();
}
