/** Appends single instructions of a row to a sequence: random fields, then what the instruction does to the sequence. */
import { type Aim, aim, offsetOf } from "./address.ts";
import { admissible } from "./constraints.ts";
import { type Encoding, type FieldValues, decodesAs, encode } from "./encodings.ts";
import { listExtent, memoryOperand, registerList } from "./memory-operand.ts";
import type { Sequence } from "./sequence.ts";

/** How often to look for fields that suit before giving up on a row. */
const TRIES = 12;

/** Random values for every field of a row, registers chosen by what they are for. */
export function randomFields(s: Sequence, e: Encoding): FieldValues {
  const { random } = s;
  const f: FieldValues = {};
  const operand = memoryOperand(e);
  for (const [letter, width] of e.fields) {
    if (e.registers.includes(letter)) {
      const pointer = operand && (letter === "n" || (letter === "m" && random.once(2)));
      f[letter] = pointer ? s.baseRegister(width) : s.register(width);
      continue;
    }
    const top = 2 ** width - 1;
    f[letter] = random.once(6)
      ? random.pick([0, 1, top, top - 1]) & top
      : Math.floor(random.u32() / 2 ** (32 - width));
  }
  if (e.table === "a32" && "c" in f) f.c = random.once(3) ? random.below(15) : 14;
  if (e.fields.get("r") === 16) {
    f.r &= 0x5fff; // neither sp nor pc
    if (random.once(2)) f.r &= random.u32(); // long lists do not fit often
    if (random.once(2)) f.r &= random.u32();
  }
  if ("P" in f) f.P = 0;
  return f;
}

/** Tries to append one instruction of a row; false when no admissible one was found. */
export function tryRow(s: Sequence, e: Encoding, fixed: FieldValues = {}): boolean {
  for (let tries = 0; tries < TRIES; tries++) {
    const f = { ...randomFields(s, e), ...fixed };
    if (!admissible(e, f)) continue;
    const conditional = e.table === "a32" && "c" in f && f.c !== 14;
    if (conditional) s.uncertain++;
    const done = tryFields(s, e, f);
    if (conditional) s.uncertain--;
    if (done) return true;
  }
  return false;
}

function tryFields(s: Sequence, e: Encoding, f: FieldValues): boolean {
  const operand = memoryOperand(e);
  let found: Aim | undefined;
  if (operand && !(operand.base === "n" && f.n === 15)) {
    // Whether a STREX that would fail anyway faults is IMPLEMENTATION DEFINED (A3.4.5).
    found = aim(s, e, f, !/^STREX/.test(e.mnemonic));
    if (!found) return false;
  }
  if (!decodesAs(e, encode(e, f))) return false;
  if (s.locked && !loopMay(s, e, f)) return false;
  if (/^STREX/.test(e.mnemonic) && !storeExclusiveDefined(s, operand!.size, found!.address))
    return false;
  append(s, e, f, found?.address);
  if (found?.faults && !s.uncertain) s.ended = true;
  return true;
}

/**
 * Appends a load whose destinations include pc, taken from a word of the window. Returns the address of that word, or
 * undefined when nothing suitable was found. Whoever asks must preset the word.
 */
export function tryLoadOfPc(s: Sequence, e: Encoding): number | undefined {
  for (let tries = 0; tries < TRIES; tries++) {
    const f = randomFields(s, e);
    if (e.table === "a32") f.c = 14;
    const list = e.syntax.includes("<registers>");
    if (list && e.table === "thumb32") f.r &= 0x1fff; // lr and pc together are UNPREDICTABLE
    if (!list) f.t = 15;
    if (!admissible(e, list ? f : { ...f, t: f.n === 0 ? 1 : 0 })) continue;
    if (list && e.table === "thumb16") f.P = 1;
    else if (list) f.r |= 0x8000;
    const found = aim(s, e, f, false);
    if (!found || found.address % 4 || !decodesAs(e, encode(e, f))) continue;
    const word = list ? found.address + 4 * (registerList(f).length - 1) : found.address;
    if (!s.presetWord(word, 0)) continue;
    append(s, e, f, found.address);
    return word;
  }
  return undefined;
}

/** In a loop an address must be the same in every round. */
function loopMay(s: Sequence, e: Encoding, f: FieldValues): boolean {
  const operand = memoryOperand(e);
  if (/EX/.test(e.mnemonic) || operand?.writeback(f)) return false;
  const address = !operand ? [] : [operand.base === "sp" ? 13 : f.n];
  if (operand?.offset.kind === "register") address.push(f.m);
  if (destinations(e, f).some((r) => s.locked!.has(r) || address.includes(r))) return false;
  for (const r of address) s.locked!.add(r);
  return true;
}

/** What STREX does at another address than the last LDREX is IMPLEMENTATION DEFINED (A3.4.1). */
function storeExclusiveDefined({ monitor }: Sequence, size: number, address: number): boolean {
  if (monitor === "?") return false;
  return monitor === undefined || (monitor.address === address && monitor.size === size);
}

/** Registers an instruction writes, besides the base it writes back to. */
function destinations(e: Encoding, f: FieldValues): number[] {
  const operand = memoryOperand(e);
  const literal = /^LDR/.test(e.mnemonic) && e.syntax.includes("<label>");
  const load = operand?.load || literal || e.mnemonic === "MRC";
  if (operand?.offset.kind === "list") return load ? registerList(f) : [];
  const out = ["d", "l", "h"].filter((letter) => e.registers.includes(letter)).map((l) => f[l]);
  if (/^(ADD|SUB)<c> SP,/.test(e.syntax)) out.push(13);
  if (load) out.push(f.t);
  if (load && /^LDR/.test(e.mnemonic)) {
    if (e.registers.includes("u")) out.push(f.u);
    if (e.syntax.includes("<Rt+1>")) out.push(f.t + 1);
  }
  return out;
}

/** Appends the instruction and keeps the books. */
function append(s: Sequence, e: Encoding, f: FieldValues, address: number | undefined): void {
  const operand = memoryOperand(e);
  for (const letter of e.registers) if (f[letter] < 15) s.read(f[letter]);
  if (operand?.store && operand.offset.kind === "list") registerList(f).forEach((r) => s.read(r));
  if (e.syntax.includes("<Rt+1>")) s.read(f.t + 1);
  s.emit(e.id, encode(e, f), e.bits);

  let back: number | undefined;
  const base = operand?.base === "sp" ? 13 : f.n;
  if (operand && address !== undefined) {
    const count = registerList(f).length;
    const list =
      operand.offset.kind === "list" ? listExtent(operand.offset.mode, count) : undefined;
    const change = list ? list.after : offsetOf(s, operand, f);
    if (s.known[base] !== undefined && change !== undefined) back = s.known[base] + change;
    if (operand.store) s.store(address, list ? 4 * count : operand.size);
    if (operand.store && s.monitor !== undefined) s.monitor = "?";
    if (/^LDREX/.test(e.mnemonic)) s.monitor = { address, size: operand.size };
    if (/^STREX/.test(e.mnemonic)) s.monitor = undefined;
  }
  if (e.mnemonic === "CLREX") s.monitor = undefined;
  if (/EX/.test(e.mnemonic) && s.uncertain) s.monitor = "?";
  for (const r of destinations(e, f)) s.write(r);
  if (operand?.writeback(f)) s.write(base, back);
}
