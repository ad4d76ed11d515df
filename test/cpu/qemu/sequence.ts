/**
 * A sequence under construction. Initial register values stay free until an instruction needs one; from then on the
 * value of a register is known until something else is written to it. So every load and store of a generated program
 * has an address that is known to lie in the case's window, and every indirect branch a known target.
 */
import { admissible } from "./constraints.ts";
import { type Encoding, type FieldValues, decodesAs, encode } from "./encodings.ts";
import { WINDOW, codeAddress, windowAddress } from "./image.ts";
import { listExtent, memoryOperand, registerList, shiftedIndex } from "./memory-operand.ts";
import type { Random } from "./random.ts";

export interface Instruction {
  readonly offset: number;
  readonly size: number;
  readonly thumb: boolean;
  readonly opcode: number;
  /** Row of the decode table. */
  readonly id: string;
}

/** Somewhere no engine has memory. */
const NOWHERE = [0x00000010, 0x00000ffd, 0x50000000];

function isLiteralLoad(e: Encoding): boolean {
  return /^LDR/.test(e.mnemonic) && e.syntax.includes("<label>");
}

export class Sequence {
  readonly instructions: Instruction[] = [];
  /** Initial values that something depends on; undefined while free. */
  readonly initial: (number | undefined)[] = new Array(15).fill(undefined);
  /** The value a register has now, when known. A free register is not known. */
  readonly known: (number | undefined)[] = new Array(15).fill(undefined);
  readonly written: boolean[] = new Array(15).fill(false);
  readonly window: Uint8Array;
  readonly windowAddress: number;
  /** Registers kept for addresses. */
  readonly reserved: number[];
  private readonly late: [number, number][] = [];
  private readonly stored = new Uint8Array(WINDOW);
  private bytes: number[] = [];
  /** More than 0 while it is not certain that what is emitted is executed. */
  uncertain = 0;
  /** A load or store may be aimed at nothing. */
  mayFault = true;
  /** Set when the sequence cannot go on (a fault is certain). */
  ended = false;
  /** Rules of an IT block are in force. */
  inIT = false;
  /** Inside a loop: registers that must keep their values. */
  locked: Set<number> | undefined;
  /** Address and size of the exclusive monitor; undefined when open, "?" when not certain. */
  monitor: { address: number; size: number } | undefined | "?";

  constructor(
    readonly random: Random,
    readonly place: number,
    public thumb: boolean,
    readonly skew: 0 | 2,
  ) {
    this.windowAddress = windowAddress(place);
    this.window = Uint8Array.from({ length: WINDOW }, () => random.u32() & 255);
    const low = random.sample([0, 1, 2, 3, 4, 5, 6, 7], 3);
    this.reserved = [...low, ...random.sample([8, 9, 10, 11, 12, 14], 2), 13];
  }

  get size(): number {
    return this.bytes.length;
  }
  get address(): number {
    return codeAddress(this.place) + this.skew + this.bytes.length;
  }
  get code(): Uint8Array {
    return Uint8Array.from(this.bytes);
  }

  free(r: number): boolean {
    return this.initial[r] === undefined && !this.written[r];
  }
  setInitial(r: number, value: number): void {
    this.initial[r] = value >>> 0;
    this.known[r] = value >>> 0;
  }
  /** The instruction reads r: it must have some value. */
  read(r: number): void {
    if (this.free(r)) this.setInitial(r, this.random.word());
  }
  write(r: number, value?: number): void {
    if (r === 15) return;
    // Whoever reads a register that may not have been written needs its initial value.
    if (this.uncertain && this.free(r)) this.setInitial(r, this.random.word());
    this.written[r] = true;
    this.known[r] = this.uncertain || value === undefined ? undefined : value >>> 0;
  }

  /** Appends an opcode of a row. */
  emit(id: string, opcode: number, bits: 16 | 32): Instruction {
    const offset = this.bytes.length;
    const { thumb } = this;
    const halves =
      bits === 16
        ? [opcode]
        : thumb
          ? [opcode >>> 16, opcode & 0xffff]
          : [opcode & 0xffff, opcode >>> 16];
    for (const half of halves) this.bytes.push(half & 255, half >>> 8);
    const instruction = { offset, size: bits / 8, thumb, opcode: opcode >>> 0, id };
    this.instructions.push(instruction);
    return instruction;
  }
  /** Writes over an instruction, once its target is known. */
  patch(instruction: Instruction, opcode: number): void {
    const { offset, size, thumb } = instruction;
    const halves =
      size === 2
        ? [opcode]
        : thumb
          ? [opcode >>> 16, opcode & 0xffff]
          : [opcode & 0xffff, opcode >>> 16];
    halves.forEach((half, k) => {
      this.bytes[offset + 2 * k] = half & 255;
      this.bytes[offset + 2 * k + 1] = half >>> 8;
    });
    (instruction as { opcode: number }).opcode = opcode >>> 0;
  }
  /** Appends bytes that are not executed. */
  data(...bytes: number[]): void {
    this.bytes.push(...bytes);
  }
  patchByte(offset: number, value: number): void {
    this.bytes[offset] = value;
  }

  /** A register for ordinary use: seldom one of those kept for addresses. */
  register(width: number): number {
    const { random } = this;
    const limit = 1 << width;
    for (let tries = 0; tries < 8; tries++) {
      const r = random.below(limit);
      if (r === 15 && !random.once(4)) continue;
      if (!this.reserved.includes(r) || random.once(12)) return r;
    }
    return random.below(limit);
  }
  private baseRegister(width: number): number {
    const limit = 1 << width;
    const candidates = this.reserved.filter(
      (r) => r < limit && (this.free(r) || this.known[r] !== undefined),
    );
    return candidates.length ? this.random.pick(candidates) : this.random.below(limit);
  }

  /** Random values for every field of a row, registers chosen by what they are for. */
  randomFields(e: Encoding): FieldValues {
    const { random } = this;
    const f: FieldValues = {};
    const operand = memoryOperand(e);
    for (const [letter, width] of e.fields) {
      if (e.registers.includes(letter)) {
        const base = operand && (letter === "n" || (letter === "m" && random.once(2)));
        f[letter] = base ? this.baseRegister(width) : this.register(width);
        continue;
      }
      const top = 2 ** width - 1;
      f[letter] = random.once(6)
        ? random.pick([0, 1, top, top - 1]) & top
        : Math.floor(random.u32() / 2 ** (32 - width));
    }
    if (e.table === "a32" && "c" in f) f.c = random.once(3) ? random.below(15) : 14;
    if ("r" in f && e.fields.get("r")! === 16) {
      f.r &= e.table === "a32" ? 0x7fff & ~0x2000 : 0x5fff;
      if (random.once(2)) f.r &= random.u32(); // long lists do not fit often
      if (random.once(2)) f.r &= random.u32();
    }
    if ("P" in f && e.table === "thumb16") f.P = 0;
    return f;
  }

  /** Tries to append one instruction of a row; false when no admissible one was found. */
  tryRow(e: Encoding, fixed: FieldValues = {}): boolean {
    for (let tries = 0; tries < 12; tries++) {
      const f = { ...this.randomFields(e), ...fixed };
      if (!admissible(e, f)) continue;
      const conditional = e.table === "a32" && "c" in f && f.c !== 14;
      if (conditional) this.uncertain++;
      const done = this.tryFields(e, f);
      if (conditional) this.uncertain--;
      if (done) return true;
    }
    return false;
  }

  private tryFields(e: Encoding, f: FieldValues): boolean {
    let address: number | undefined;
    const operand = memoryOperand(e);
    const swap = /^SWP/.test(e.mnemonic);
    if ((operand && !(operand.base === "n" && f.n === 15)) || swap) {
      address = this.aim(e, f);
      if (address === undefined) return false;
    }
    const opcode = encode(e, f);
    if (!decodesAs(e, opcode)) return false;
    if (this.locked && !this.loopMay(e, f)) return false;
    if (/^STREX/.test(e.mnemonic) && !this.storeExclusiveDefined(operand!.size, address!))
      return false;

    for (const letter of e.registers) if (f[letter] < 15) this.read(f[letter]);
    if (e.syntax.includes("<registers>") && !operand!.load)
      for (const r of registerList(f)) this.read(r);
    if (e.syntax.includes("<Rt+1>")) this.read(f.t + 1);
    this.emit(e.id, opcode, e.bits);
    this.effects(e, f, address);
    return true;
  }

  /** In a loop an address must be the same in every round, and nothing that depends on the round may be reserved. */
  private loopMay(e: Encoding, f: FieldValues): boolean {
    const operand = memoryOperand(e);
    if (/EX/.test(e.mnemonic) || operand?.writeback(f)) return false;
    if (this.destinations(e, f).some((r) => this.locked!.has(r))) return false;
    if (operand) {
      this.locked!.add(operand.base === "sp" ? 13 : f.n);
      if (operand.offset.kind === "register") this.locked!.add(f.m);
    } else if (/^SWP/.test(e.mnemonic)) this.locked!.add(f.n);
    return true;
  }

  /**
   * Appends a load whose destinations include pc, taken from a word of the window. Returns the address of that word, or
   * undefined when nothing suitable was found. Whoever asks must preset the word.
   */
  tryLoadOfPc(e: Encoding): number | undefined {
    for (let tries = 0; tries < 12; tries++) {
      const f = this.randomFields(e);
      if (e.table === "a32") f.c = 14;
      const list = e.syntax.includes("<registers>");
      if (list) f.r = e.table === "thumb32" ? f.r & 0x1fff : f.r;
      else f.t = 15;
      if (!admissible(e, list ? f : { ...f, t: f.n === 0 ? 1 : 0 })) continue;
      if (list && e.table === "thumb16") f.P = 1;
      else if (list) f.r |= 0x8000;
      this.mayFault = false;
      const aimed = this.aim(e, f);
      this.mayFault = true;
      if (aimed === undefined || aimed % 4 || !decodesAs(e, encode(e, f))) continue;
      const word = list ? aimed + 4 * (registerList(f).length - 1) : aimed;
      if (!this.presetWord(word, 0)) continue;
      for (const letter of e.registers) if (f[letter] < 15) this.read(f[letter]);
      this.emit(e.id, encode(e, f), e.bits);
      this.effects(e, f, aimed);
      return word;
    }
    return undefined;
  }

  private storeExclusiveDefined(size: number, address: number): boolean {
    const { monitor } = this;
    if (monitor === "?") return false;
    return monitor === undefined || (monitor.address === address && monitor.size === size);
  }

  /** Registers an instruction writes, besides the base it writes back to. */
  private destinations(e: Encoding, f: FieldValues): number[] {
    const operand = memoryOperand(e);
    const load =
      operand?.load || e.mnemonic === "MRC" || /^SWP/.test(e.mnemonic) || isLiteralLoad(e);
    if (operand?.offset.kind === "list") return load ? registerList(f) : [];
    const out = ["d", "l", "h"].filter((letter) => e.registers.includes(letter)).map((l) => f[l]);
    if (/^(ADD|SUB)<c> SP,/.test(e.syntax)) out.push(13);
    if (!load) return out;
    out.push(f.t);
    if (operand?.load || isLiteralLoad(e)) {
      if (e.registers.includes("u")) out.push(f.u);
      if (e.syntax.includes("<Rt+1>")) out.push(f.t + 1);
    }
    return out;
  }

  /** Book-keeping behind an instruction. */
  private effects(e: Encoding, f: FieldValues, address: number | undefined): void {
    const { mnemonic } = e;
    const operand = memoryOperand(e);
    let back: number | undefined;
    const base = operand?.base === "sp" ? 13 : f.n;
    if (operand && base < 15) {
      const before = this.known[base];
      if (operand.offset.kind === "list") {
        const list = registerList(f);
        const { low, high, after } = listExtent(operand.offset.mode, list.length);
        if (before !== undefined) {
          back = before + after;
          if (!operand.load) this.store(before + low, high - low);
        }
      } else {
        if (!operand.load) this.store(address!, operand.size);
        if (before !== undefined) {
          const offset = this.offset(e, f);
          back = offset === undefined ? undefined : before + offset;
        }
      }
      if (!operand.load && this.monitor !== undefined) this.monitor = "?";
      if (/^LDREX/.test(mnemonic)) this.monitor = { address: address!, size: operand.size };
      if (/^STREX/.test(mnemonic)) this.monitor = undefined;
      if (/EX/.test(mnemonic) && this.uncertain) this.monitor = "?";
    }
    if (/^SWP/.test(mnemonic)) {
      this.store(address!, mnemonic === "SWPB" ? 1 : 4);
      if (this.monitor !== undefined) this.monitor = "?";
    }
    if (mnemonic === "CLREX") this.monitor = this.uncertain ? "?" : undefined;
    for (const r of this.destinations(e, f)) this.write(r);
    if (operand?.writeback(f)) this.write(base, back);
  }

  private store(address: number, size: number): void {
    const start = address - this.windowAddress;
    this.stored.fill(1, Math.max(0, start), Math.min(WINDOW, start + size));
  }
  /** Puts a word into the window's initial contents, unless something has been stored there. */
  presetWord(address: number, value: number): boolean {
    const start = address - this.windowAddress;
    if (start < 0 || start + 4 > WINDOW || this.stored.subarray(start, start + 4).some(Boolean))
      return false;
    new DataView(this.window.buffer).setUint32(start, value, true);
    return true;
  }
  /** The same for a value that is known only later; nothing else may be stored there. */
  presetLater(address: number, value: number): void {
    this.late.push([address - this.windowAddress, value]);
  }
  /** Writes what presetLater was told into the initial contents. */
  settle(): void {
    for (const [start, value] of this.late)
      new DataView(this.window.buffer).setUint32(start, value, true);
  }
  inWindow(low: number, size: number): boolean {
    const start = low - this.windowAddress;
    return start >= 0 && start + size <= WINDOW;
  }

  /** The offset of a load or store as an instruction with these fields adds it; undefined when not known. */
  private offset(e: Encoding, f: FieldValues): number | undefined {
    const operand = memoryOperand(e)!;
    const { offset } = operand;
    switch (offset.kind) {
      case "none":
        return 0;
      case "immediate": {
        const amount = offset.fixed ?? f.i * offset.scale;
        return offset.sign === "-" || (offset.sign === "U" && f.U === 0) ? -amount : amount;
      }
      case "register": {
        const index = this.known[f.m];
        if (index === undefined) return undefined;
        const amount = shiftedIndex(operand, f, index);
        return amount === undefined
          ? undefined
          : offset.sign === "U" && f.U === 0
            ? -amount
            : amount;
      }
      case "list":
        return undefined;
    }
  }

  /**
   * Makes the address of a load or store fall into the window, by choosing the initial value of a free base register
   * or an immediate that suits a known one. Now and then it falls out of all memory instead, or is misaligned.
   */
  private aim(e: Encoding, f: FieldValues): number | undefined {
    const operand = memoryOperand(e);
    const { random } = this;
    const base = operand?.base === "sp" ? 13 : f.n;
    const size = operand
      ? operand.offset.kind === "list"
        ? 4
        : operand.size
      : e.mnemonic === "SWPB"
        ? 1
        : 4;
    const alignment = operand ? operand.alignment : size;
    if (base === 15 || !(this.free(base) || this.known[base] !== undefined)) return undefined;

    let low = 0;
    let length = size;
    let offset = 0;
    if (operand?.offset.kind === "list") {
      const extent = listExtent(operand.offset.mode, registerList(f).length);
      low = extent.low;
      length = extent.high - extent.low;
      if (length > WINDOW) return undefined;
    } else if (operand) {
      if (operand.offset.kind === "register") {
        if (f.m === base) return undefined;
        if (this.free(f.m)) this.setInitial(f.m, random.once(2) ? random.below(64) : random.word());
      }
      const found = this.offset(e, f);
      if (found === undefined) return undefined;
      offset = operand.post ? 0 : found;
    }

    if (this.free(base)) {
      const fault = !this.uncertain && this.mayFault && random.once(150);
      const align = alignment > 1 ? alignment : random.once(4) ? 1 : size;
      let target =
        this.windowAddress + random.below(Math.floor((WINDOW - length) / align) + 1) * align;
      if (fault) {
        if (alignment > 1 && random.once(2)) target = (target & ~(alignment - 1)) + 1;
        else target = random.pick(NOWHERE) & -alignment;
        this.ended = true;
      }
      if (operand && /^STREX/.test(e.mnemonic) && this.monitor && this.monitor !== "?")
        target = this.monitor.address;
      this.setInitial(base, target - offset - low);
      return target >>> 0;
    }
    let address = this.known[base]! + offset + low;
    if (
      !this.inWindow(address, length) &&
      operand?.offset.kind === "immediate" &&
      operand.offset.fixed === undefined
    ) {
      const wanted = this.windowAddress + random.below(WINDOW - length + 1) - this.known[base]!;
      const { scale, sign } = operand.offset;
      const limit = 2 ** e.fields.get("i")! - 1;
      const amount = Math.floor(Math.abs(wanted) / scale);
      if (amount > limit || (wanted < 0 && sign === "+") || (wanted > 0 && sign === "-"))
        return undefined;
      f.i = amount;
      if (sign === "U") f.U = wanted < 0 ? 0 : 1;
      address = this.known[base]! + (operand.post ? 0 : this.offset(e, f)!) + low;
    }
    if (!this.inWindow(address, length) || address % alignment) return undefined;
    // What is written back must still be a sensible pointer; a wild one is simply not used again.
    return address >>> 0;
  }
}
