/** Differences for people: shrunk, disassembled, in registers and bytes. */
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { type Difference, differencesOf } from "./differential.ts";
import { newMachine } from "./engines.ts";
import type { State } from "./generate.ts";
import { codeAddress, windowAddress } from "./image.ts";
import type { Instruction } from "./sequence.ts";
import { run } from "./tools.ts";

/** Replaces instructions by NOPs as long as the difference stays. */
export function shrink(engine: string, difference: Difference): Difference {
  let best = difference;
  for (const instruction of [...difference.test.instructions].reverse()) {
    const code = best.test.code.slice();
    code.set(nop(instruction), instruction.offset);
    try {
      const machine = newMachine(engine);
      best = differencesOf(machine, [{ ...best.test, code }], best.variant, 1000)[0] ?? best;
      machine.memory.dispose();
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
