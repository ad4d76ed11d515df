import { ElfImage } from "../elf/mod.ts";
import { handWritten, type Stretch } from "./hand-written.ts";
import { type Kernel, Trap, TRAP_NAMES } from "../kernel/mod.ts";

/** Sizes of ELF32 tables, and fields of their entries (gABI). */
const SECTION = 40;
const SYMBOL = 16;
const SEGMENT = 32;
const [LOAD, READ_EXECUTE] = [1, 5];
const [PROGBITS, ALLOC, EXECUTE] = [1, 2, 4];
/** A global function. */
const INFO = 0x12;

/** DWARF numbers of registers, and what says that there is no caller: an undefined return address (DWARF 5, 6.4.1). */
const [SP, LR, PC] = [13, 14, 15];
const [R4, R5, OFFSET] = [4, 5, 0x80];
const [DEF_CFA, UNDEFINED, DEF_CFA_EXPRESSION, EXPRESSION] = [0x0c, 0x07, 0x0f, 0x10];
const [BREG13, CONST4U, PLUS, DEREF, PLUS_UCONST] = [0x7d, 0x0c, 0x22, 0x06, 0x23];

/**
 * What called the kernel, which called guest code in turn, has its registers with the host: a debugger finds them where there is no guest
 * memory. The word this far above the stack pointer that the code was called with is the address of r0 to r15, which are at CALLERS or
 * above.
 */
export const CALLERS_OFFSET = 0x80000000;
export const CALLERS = 0xd0000000;

/**
 * The firmware's file as a debugger should see it: with the trap words, to which the first functions of threads and callbacks return, as
 * functions that nobody has called. Without them a backtrace ends with `?? ()`, or not at all. The file itself when it cannot be extended.
 */
export function withTraps(file: Uint8Array, kernel: Kernel): Uint8Array {
  const image = new ElfImage(file);
  const { sections } = image;
  const table = image.section(".symtab");
  const old = new DataView(file.buffer, file.byteOffset, file.byteLength);
  const names = table && sections[table.link];
  const shstrndx = old.getUint16(50, true);
  const strings = sections[shstrndx];
  if (!table || !names || !strings || image.section(".debug_frame")) return file;

  const { traps } = kernel.area;
  const size = TRAP_NAMES.length * 8;
  const parts: Uint8Array[] = [file];
  let end = file.length;
  const append = (...bytes: Uint8Array[]): { offset: number; size: number } => {
    const padding = -end & 3;
    const offset = end + padding;
    parts.push(new Uint8Array(padding), ...bytes);
    const size = bytes.reduce((sum, { length }) => sum + length, 0);
    end = offset + size;
    return { offset, size };
  };
  const latin1 = (text: string) => Uint8Array.from(text, (c) => c.charCodeAt(0));

  const index = sections.length;
  const symbols: Uint8Array[] = [];
  let text = "";
  for (const [n, name] of TRAP_NAMES.entries()) {
    if (name === undefined) continue;
    const entry = new DataView(new ArrayBuffer(SYMBOL));
    entry.setUint32(0, names.size + text.length, true);
    // What returns to a word is looked for one byte before it, where a call would be.
    entry.setUint32(4, traps + 8 * n - 4, true);
    entry.setUint32(8, 8, true);
    entry.setUint8(12, INFO);
    entry.setUint16(14, index, true);
    symbols.push(new Uint8Array(entry.buffer));
    text += `${name}\0`;
  }
  const code = append(kernel.memory.read(traps, size).slice());
  const newSymbols = append(image.data(table), ...symbols);
  const newNames = append(image.data(names), latin1(text));
  const newStrings = append(image.data(strings), latin1(".traps\0.debug_frame\0"));
  const frames = append(frameTable(traps, size, handWritten(image)));

  const headers = new DataView(new ArrayBuffer(SECTION * (index + 2)));
  const start = old.getUint32(32, true);
  new Uint8Array(headers.buffer).set(file.subarray(start, start + SECTION * index));
  const place = (n: number, at: { offset: number; size: number }): void => {
    headers.setUint32(SECTION * n + 16, at.offset, true);
    headers.setUint32(SECTION * n + 20, at.size, true);
  };
  place(sections.indexOf(table), newSymbols);
  place(table.link, newNames);
  place(shstrndx, newStrings);
  const add = (n: number, name: number, flags: number, address: number): void => {
    const words = [name, PROGBITS, flags, address, 0, 0, 0, 0, 4, 0];
    for (const [at, word] of words.entries()) headers.setUint32(SECTION * n + 4 * at, word, true);
  };
  add(index, strings.size, ALLOC | EXECUTE, traps);
  place(index, code);
  add(index + 1, strings.size + ".traps\0".length, 0, 0);
  place(index + 1, frames);
  const tables = append(new Uint8Array(headers.buffer));

  const count = old.getUint16(44, true);
  const loads = new DataView(new ArrayBuffer(SEGMENT * (count + 1)));
  const first = old.getUint32(28, true);
  new Uint8Array(loads.buffer).set(file.subarray(first, first + SEGMENT * count));
  const load = [LOAD, code.offset, traps, traps, size, size, READ_EXECUTE, 4];
  for (const [at, word] of load.entries()) loads.setUint32(SEGMENT * count + 4 * at, word, true);
  const segments = append(new Uint8Array(loads.buffer));

  const whole = new Uint8Array(end);
  let at = 0;
  for (const part of parts) {
    whole.set(part, at);
    at += part.length;
  }
  const header = new DataView(whole.buffer);
  header.setUint32(28, segments.offset, true);
  header.setUint16(44, count + 1, true);
  header.setUint32(32, tables.offset, true);
  header.setUint16(48, index + 2, true);
  return whole;
}

/** .debug_frame: what returns to a trap has no caller, but for one of them; and functions whose prologue no debugger understands. */
function frameTable(start: number, size: number, functions: readonly Stretch[]): Uint8Array {
  const word = (value: number) => [0, 8, 16, 24].map((by) => (value >>> by) & 255);
  const entry = (...body: number[]): number[] => {
    const padded = [...body, ...Array<number>(-body.length & 3).fill(0)];
    return [...word(padded.length), ...padded];
  };
  // Version 1, no augmentation, factors 4 and -4, return address in the pc; then what holds everywhere.
  const common = entry(...word(0xffffffff), 1, 0, 4, 0x7c, PC, DEF_CFA, SP, 0, UNDEFINED, PC);
  const describe = (from: number, to: number, ...rules: number[]) =>
    entry(...word(0), ...word(from), ...word(to - from), ...rules);
  // What returns to a word is looked for one byte before it.
  const resume = start + 8 * Trap.ReturnToCaller;
  const record = [BREG13, 0, CONST4U, ...word(CALLERS_OFFSET), PLUS, DEREF];
  const register = (n: number) => [...record, PLUS_UCONST, 4 * n];
  const saved = (n: number) => [EXPRESSION, n, register(n).length, ...register(n)];
  const sp = [...register(SP), DEREF];
  const rules = [DEF_CFA_EXPRESSION, sp.length, ...sp];
  for (const n of [0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, LR, PC]) rules.push(...saved(n));
  const table = [
    ...common,
    ...describe(start, resume - 4),
    ...describe(resume - 4, resume + 4, ...rules),
    ...describe(resume + 4, start + size),
  ];
  // Here the return address is in lr, from which a debugger takes the state of the caller too.
  const [plain, inLr] = [
    table.length,
    entry(...word(0xffffffff), 1, 0, 2, 0x7c, LR, DEF_CFA, SP, 0),
  ];
  table.push(...inLr);
  for (const { start: from, end, saved: two } of functions) {
    const onStack = two ? [DEF_CFA, SP, 8, OFFSET | R4, 2, OFFSET | R5, 1] : [];
    table.push(...entry(...word(plain), ...word(from), ...word(end - from), ...onStack));
  }
  return Uint8Array.from(table);
}
