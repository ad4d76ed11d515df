/** Random loops that end by themselves and stay in their memory: under qemu-arm as on the engines. */
import { chmodSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createCpu, Exit } from "../../../src/cpu/mod.ts";
import { GuestMemory } from "../../../src/memory/mod.ts";
import { FAULT_FLAGS } from "../qemu/differential.ts";
import {
  BASE as DRIVER,
  DRIVER_SIZE,
  elfFile,
  RESULT,
  sharedDriver,
  SLOTS,
} from "../qemu/image.ts";
import { qemu } from "../qemu/tools.ts";
import type { Item } from "./items.ts";
import { explain, hex } from "./report.ts";
import { type Case, caseOf, codeOf } from "./run.ts";
import { BASE, contents, enter, randomWorld, SIZE, type World } from "./world.ts";

/** Words: r0-r12, sp, lr, flags, entry. */
const RECORD = 17;
const RECORDS = DRIVER + DRIVER_SIZE;
const RESULTS = RECORDS + RECORD * 4;
const OUTPUT_END = RESULTS + RESULT * 4;
/** More takes too long under qemu-arm, or never ends. */
const UNITS = 20_000;

/** What became of a loop: r0-r12, sp, lr, flags, and its memory. */
interface Outcome {
  readonly registers: Int32Array;
  readonly memory: Uint8Array;
}

/** The case without its end, which is a branch to the driver instead; undefined: it calls the host. */
function leaving(test: Case): Case | undefined {
  const { loop, start } = test;
  if (loop.items.some((x) => x.op === "svc" && x.i !== 0)) return undefined;
  const thumb = loop.isa !== "a32";
  const label = loop.items.findIndex((x) => x.op === "label" && x.name === "end");
  // Behind the end is what is called.
  const { items } = loop;
  const rest: Item[] = [
    { op: "b", to: "end" },
    ...items.slice(label + 3),
    { op: "label", name: "end" },
  ];
  const body = codeOf({ ...loop, items: [...items.slice(0, label), ...rest] });
  if (!body) return undefined;
  const pad = thumb && (start + body.length) & 2 ? 2 : 0;
  const code = new Uint8Array(body.length + pad + 8);
  code.set(body);
  const view = new DataView(code.buffer);
  // nop; ldr.w pc, [pc, #0]; ldr pc, [pc, #-4]
  if (pad) view.setUint16(body.length, 0xbf00, true);
  view.setUint32(body.length + pad, thumb ? 0xf000f8df : 0xe51ff004, true);
  view.setUint32(body.length + pad + 4, sharedDriver().done, true);
  return { ...test, code };
}

/** Runs it where there is nothing but its memory; undefined: it faults, does not end, or changes itself. */
function ours(engine: "interp" | "jit", test: Case, world: World): Outcome | undefined {
  const memory = new GuestMemory({ base: BASE, size: SIZE });
  const cpu = createCpu(memory, engine);
  const { start, code, loop } = test;
  try {
    const place = { memory, cpu, guards: [], code: { start, end: start + code.length } };
    enter(place, { ...world, events: [] }, start, code, loop.isa !== "a32");
    cpu.units = UNITS;
    if (cpu.run() !== Exit.Fault || cpu.fault!.pc !== sharedDriver().done) return undefined;
    // When a store to code next to the pc is seen differs (ARM ARM A3.5.4).
    if (Buffer.compare(memory.read(start, code.length), code) !== 0) return undefined;
    const registers = Int32Array.from([...cpu.r.subarray(0, 15), cpu.cpsr & FAULT_FLAGS]);
    return { registers, memory: memory.copy(BASE, SIZE) };
  } finally {
    memory.dispose();
  }
}

function theirs({ start, code, loop }: Case, world: World): Outcome {
  const image = new Uint8Array(OUTPUT_END - BASE);
  const view = new DataView(image.buffer);
  const word = (address: number, value: number): void =>
    view.setUint32(address - BASE, value, true);
  image.set(contents(world, start, code));
  image.set(sharedDriver().bytes, DRIVER - BASE);
  [RECORDS, RECORDS + RECORD * 4, RESULTS, BASE, OUTPUT_END].forEach((value, k) =>
    word(SLOTS + 4 * k, value),
  );
  const record = [...world.registers, world.cpsr, start | (loop.isa === "a32" ? 0 : 1)];
  record.forEach((value, k) => word(RECORDS + 4 * k, value));
  const folder = mkdtempSync(join(tmpdir(), "rtt-sim-loop-"));
  try {
    const file = join(folder, "loop.elf");
    writeFileSync(file, elfFile(image, BASE));
    chmodSync(file, 0o755);
    const { status, stdout, stderr } = qemu(file, 20_000);
    if (status !== 0) throw new Error(`qemu-arm ended with ${status}: ${stderr}`);
    const output = new DataView(stdout.buffer, stdout.byteOffset, stdout.length);
    const registers = Int32Array.from({ length: 16 }, (_, k) =>
      output.getInt32(RESULTS - BASE + 4 * k, true),
    );
    return { registers, memory: stdout.slice(0, SIZE) };
  } finally {
    rmSync(folder, { recursive: true });
  }
}

/** Compares loops from a seed on, until `count` of them were compared; explanations of what differs. */
export function compareWithQemu(
  firstSeed: number,
  count: number,
): { readonly compared: number; readonly next: number; readonly found: string[] } {
  const found: string[] = [];
  let compared = 0;
  let seed = firstSeed;
  for (; compared < count && found.length < 3; seed++) {
    const test = leaving(caseOf(seed));
    if (!test) continue;
    const world = randomWorld(seed * 5 + 1, test.loop, [test.start, test.start + test.code.length]);
    const first = ours("interp", test, world);
    if (!first) continue;
    compared++;
    const qemus = theirs(test, world);
    for (const engine of ["interp", "jit"] as const) {
      const what = differs(qemus, engine === "interp" ? first : ours(engine, test, world));
      if (what) found.push(`qemu-arm: ${explain({ test, world, engine, slice: 0, what })}`);
    }
  }
  return { compared, next: seed, found };
}

function differs(qemus: Outcome, mine: Outcome | undefined): string {
  if (!mine) return "it does not come to its end";
  const lines: string[] = [];
  qemus.registers.forEach((value, r) => {
    if (value !== mine.registers[r])
      lines.push(`${r === 15 ? "cpsr" : `r${r}`}: ${hex(value)} and ${hex(mine.registers[r])}`);
  });
  const at = qemus.memory.findIndex((byte, k) => byte !== mine.memory[k]);
  if (at >= 0)
    lines.push(`memory at ${hex(BASE + at)}: ${qemus.memory[at]} and ${mine.memory[at]}`);
  return lines.join("\n");
}
