import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { ElfImage, PT } from "../../src/elf/mod.ts";
import { place } from "./place.ts";

const KERNEL = `${import.meta.dir}/qemu/kernel.elf`;
const RAM_USED = 0x400000;
const SVC_NOP = 0xbf00df00;

export const hasQemu = Bun.which("qemu-arm") !== null;

export interface Outcome {
  readonly output: string;
  readonly status: number;
}

/** Runs a fixture with the firmware on QEMU's CPU, in user mode; `brackets` shows the borders of each write. */
export function runInQemu(fixture: string, brackets: boolean): Outcome {
  const { memory, firmware, symbol, main, start, end, exidx, exidxCount } = place(fixture);
  const kernel = new ElfImage(readFileSync(KERNEL));
  for (const segment of kernel.segments)
    if (segment.type === PT.LOAD) memory.write(segment.vaddr, kernel.contents(segment));
  const symbols = kernel.staticSymbols()!;
  const value = (name: string) => symbols.value(symbols.find(name));

  for (const [number, name] of firmware.svcNames.entries()) {
    const stub = symbol(name);
    const load = (stub & ~1) >>> 0;
    if (memory.ld16(load + 4) !== 0xdf00) throw new Error(`stub ${number} of ${name} is no svc`);
    branch(load + 4, value("trampoline") & ~1, false);
  }
  for (let at = firmware.start; at < symbol("__svctab_start"); at += 2)
    if (memory.ldu32(at) === SVC_NOP) branch(at, value("inner_trampoline") & ~1, true);
  const setup = [
    symbol("__svctab_start"),
    main,
    firmware.runExit,
    firmware.current,
    firmware.impurePtr,
    start,
    end,
    exidx,
    exidxCount,
    brackets ? 1 : 0,
  ];
  setup.forEach((word, i) => memory.st32(value("setup") + 4 * i, word));

  function branch(at: number, to: number, link: boolean): void {
    // B.W, encoding T4 (ARM ARM A8.8.18), and BL, encoding T1 (A8.8.25).
    const offset = to - (at + 4);
    const s = offset < 0 ? 1 : 0;
    const bit = (n: number) => (offset >> n) & 1;
    const j1 = bit(23) ^ s ^ 1;
    const j2 = bit(22) ^ s ^ 1;
    const first = 0xf000 | (s << 10) | ((offset >> 12) & 0x3ff);
    const second = (link ? 0xd000 : 0x9000) | (j1 << 13) | (j2 << 11) | ((offset >> 1) & 0x7ff);
    memory.poke(at, Uint8Array.of(first, first >> 8, second, second >> 8));
  }

  const folder = mkdtempSync(`${tmpdir()}/rtt-firmware-`);
  try {
    const program = `${folder}/program`;
    writeFileSync(
      program,
      executable(memory.read(memory.base, RAM_USED), memory.base, value("_start")),
      {
        mode: 0o755,
      },
    );
    const result = Bun.spawnSync(["qemu-arm", program], {
      stdout: "pipe",
      stderr: "pipe",
      timeout: 30_000,
    });
    return { output: result.stdout.toString() + result.stderr.toString(), status: result.exitCode };
  } finally {
    rmSync(folder, { recursive: true });
  }
}

/** An ET_EXEC file of one segment that may do everything. */
function executable(bytes: Uint8Array, address: number, entry: number): Uint8Array {
  const HEADERS = 0x1000;
  const file = new Uint8Array(HEADERS + bytes.length);
  const view = new DataView(file.buffer);
  file.set([0x7f, 0x45, 0x4c, 0x46, 1, 1, 1]);
  const words = (at: number, values: number[]) =>
    values.forEach((v, i) => view.setUint32(at + 4 * i, v, true));
  view.setUint16(16, 2, true);
  view.setUint16(18, 40, true);
  words(20, [1, entry, 52, 0, 0x5000200]);
  view.setUint16(40, 52, true);
  view.setUint16(42, 32, true);
  view.setUint16(44, 1, true);
  words(52, [PT.LOAD, HEADERS, address, address, bytes.length, bytes.length, 7, 0x1000]);
  file.set(bytes, HEADERS);
  return file;
}
