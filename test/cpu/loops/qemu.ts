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
import type { Case } from "./case.ts";
import { caseOf, codeOf } from "./run.ts";
import { BASE, SIZE } from "./events.ts";
import { FLOAT_WORDS } from "./float-state.ts";
import { contents, enter, randomWorld, type World } from "./world.ts";

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

/** Where floating-point registers come from and go to: code in front of the loop, code behind it, and the registers. */
const BEFORE = BASE + 0x2000;
const BEHIND = BEFORE + 0x40;
const STATE = BEFORE + 0x100;
/** Words of the code in front of and behind a loop, in A32; what is loaded relative to pc lies behind each. */
function around({ start, loop }: Case, world: World): Uint32Array {
  const words = new Uint32Array((STATE - BEFORE) / 4 + 65);
  const vldm = (n: number): readonly number[] => [0xecb00b20 | (n << 16), 0xecf00b20 | (n << 16)];
  const vstm = (n: number): readonly number[] => [0xeca00b20 | (n << 16), 0xece00b20 | (n << 16)];
  // ldr r12, =STATE; vldmia of all; ldr r12, [r12]; vmsr fpscr, r12; ldr r12, =; ldr pc, =
  const first = [literal(12, 0, 8), ...vldm(12), 0xe59cc000, 0xeee1ca10, literal(12, 5, 9)];
  words.set([...first, literal(15, 6, 10), 0]);
  words.set([STATE, world.registers[12] >>> 0, start | (loop.isa === "a32" ? 0 : 1)], 8);
  // str r12; ldr r12, =STATE; vstmia of all; str r11; vmrs r11, fpscr; str r11, [r12]; ldr r11; ldr r12; ldr pc, =done
  const store = (t: number, at: number, to: number): number =>
    (literal(t, at, to) & ~0x00100000) >>> 0;
  const last = [store(12, 0, 12), literal(12, 1, 10), ...vstm(12), store(11, 4, 13)];
  last.push(0xeef1ba10, 0xe58cb000, literal(11, 7, 13), literal(12, 8, 12), literal(15, 9, 11));
  words.set(last, (BEHIND - BEFORE) / 4);
  words.set([STATE, sharedDriver().done], (BEHIND - BEFORE) / 4 + 10);
  const state = world.floats!;
  words.set(state.subarray(0, 64), (STATE - BEFORE) / 4);
  words[words.length - 1] = state[FLOAT_WORDS - 1];
  return words;
}
/** LDR Rt from the word `to` of the same piece of code, at the word `at`. */
const literal = (t: number, at: number, to: number): number =>
  (0xe59f0000 | (t << 12) | (4 * (to - at) - 8)) >>> 0;
/** Instructions, of which nothing may change while they are executed. */
const CODE_WORDS = (BEHIND - BEFORE) / 4 + 10;
const isData = (k: number): boolean => k >= 8 && k < (BEHIND - BEFORE) / 4;

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
  view.setUint32(body.length + pad + 4, loop.floats ? BEHIND : sharedDriver().done, true);
  return { ...test, code };
}

/** Runs it where there is nothing but its memory; undefined: it faults, does not end, or changes itself. */
function ours(engine: "interp" | "jit", test: Case, world: World): Outcome | undefined {
  const memory = new GuestMemory({ base: BASE, size: SIZE });
  const cpu = createCpu(memory, engine);
  const { start, code, loop } = test;
  try {
    const place = { memory, cpu, guards: [], code: { start, end: start + code.length } };
    enter(place, { ...world, events: [], floats: undefined }, start, code, loop.isa !== "a32");
    const extra = loop.floats ? around(test, world) : undefined;
    if (extra) {
      memory.write(BEFORE, new Uint8Array(extra.buffer));
      cpu.jump(BEFORE);
    }
    cpu.units = UNITS;
    if (cpu.run() !== Exit.Fault || cpu.fault!.pc !== sharedDriver().done) return undefined;
    // When a store to code next to the pc is seen differs (ARM ARM A3.5.4).
    if (Buffer.compare(memory.read(start, code.length), code) !== 0) return undefined;
    if (
      extra?.some(
        (word, k) => k < CODE_WORDS && !isData(k) && memory.ld32(BEFORE + 4 * k) >>> 0 !== word,
      )
    )
      return undefined;
    const registers = Int32Array.from([...cpu.r.subarray(0, 15), cpu.cpsr & FAULT_FLAGS]);
    return { registers, memory: memory.copy(BASE, SIZE) };
  } finally {
    memory.dispose();
  }
}

function theirs(test: Case, world: World): Outcome {
  const { start, code, loop } = test;
  const image = new Uint8Array(OUTPUT_END - BASE);
  const view = new DataView(image.buffer);
  const word = (address: number, value: number): void =>
    view.setUint32(address - BASE, value, true);
  image.set(contents(world, start, code));
  image.set(sharedDriver().bytes, DRIVER - BASE);
  [RECORDS, RECORDS + RECORD * 4, RESULTS, BASE, OUTPUT_END].forEach((value, k) =>
    word(SLOTS + 4 * k, value),
  );
  if (loop.floats) image.set(new Uint8Array(around(test, world).buffer), BEFORE - BASE);
  const entry = loop.floats ? BEFORE : start | (loop.isa === "a32" ? 0 : 1);
  const record = [...world.registers, world.cpsr, entry];
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
