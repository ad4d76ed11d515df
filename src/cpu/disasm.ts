/**
 * Disassembler. The text follows from the syntax column of the decode tables, in the spelling of GNU objdump: lower case,
 * `sl fp ip sp lr pc`, branch targets as hexadecimal addresses, no comments.
 */
import {
  type Decoded,
  a32Decoder,
  isThumb32,
  thumb16Decoder,
  thumb32Decoder,
} from "./decode/mod.ts";

/** One disassembled instruction. */
export interface Line {
  readonly address: number;
  readonly size: 2 | 4;
  /** Mnemonic, a blank, operands; `.word 0x...` or `.short 0x...` for what the tables do not know. */
  readonly text: string;
  /** Where a branch goes or a literal lies, when the instruction says so. */
  readonly target: number | undefined;
  /** ITSTATE for the next instruction (ARM ARM A2.5.2). */
  readonly itState: number;
}

type Fields = Readonly<Record<string, number>>;

interface Context {
  readonly table: "thumb16" | "thumb32" | "a32";
  readonly address: number;
  readonly itState: number;
}

const REGISTERS = "r0 r1 r2 r3 r4 r5 r6 r7 r8 r9 sl fp ip sp lr pc".split(" ");
const CONDITIONS = "eq ne cs cc mi pl vs vc hi ls ge lt gt le".split(" ").concat("", "");
const SHIFTS = ["lsl", "lsr", "asr", "ror"];
const BARRIERS = "#0 oshld oshst osh #4 nshld unst un #8 ishld ishst ish #12 ld st sy".split(" ");

/** Disassembles the instruction at `address`; `halfword` reads 16 bits of guest memory. */
export function disassemble(
  halfword: (address: number) => number,
  address: number,
  thumb: boolean,
  itState = 0,
): Line {
  const first = halfword(address) & 0xffff;
  const second = () => halfword(address + 2) & 0xffff;
  if (!thumb) {
    const word = ((second() << 16) | first) >>> 0;
    return line(a32Decoder.decode(word), word, 4, 0, { table: "a32", address, itState: 0 });
  }
  if (isThumb32(first)) {
    const word = ((first << 16) | second()) >>> 0;
    const found = thumb32Decoder.decode(word);
    return line(found, word, 4, advance(itState), { table: "thumb32", address, itState });
  }
  const found = thumb16Decoder.decode(first);
  const next = found?.encoding.name === "it" ? first & 0xff : advance(itState);
  return line(found, first, 2, next, { table: "thumb16", address, itState });
}

/** ITSTATE behind an instruction (ITAdvance). */
function advance(itState: number): number {
  return (itState & 7) === 0 ? 0 : (itState & 0xe0) | ((itState << 1) & 0x1f);
}

function line(
  decoded: Decoded | undefined,
  word: number,
  size: 2 | 4,
  itState: number,
  context: Context,
): Line {
  const { address } = context;
  if (!decoded) {
    const text = `${size === 2 ? ".short" : ".word"} 0x${hex(word, 2 * size)}`;
    return { address, size, text, target: undefined, itState };
  }
  const { encoding, fields } = decoded;
  const target = encoding.row[0].includes("<label>")
    ? labelOf(encoding.name, fields, context)
    : undefined;
  const [mnemonic, ...operands] = spell(encoding.name, encoding.row[0], fields, context).split(" ");
  const head = renderMnemonic(mnemonic, fields, context);
  const tail = renderOperands(operands.join(" "), fields, context, target);
  return { address, size, text: tail ? `${head} ${tail}` : head, target, itState };
}

const hex = (value: number, digits: number) => (value >>> 0).toString(16).padStart(digits, "0");

/** Where objdump writes something else than the ARM ARM: the syntax to expand instead. */
const SPELLING: Readonly<Record<string, string>> = {
  "thumb16.rsb_imm": "NEG{S}<c> <Rd>, <Rn>",
  "thumb16.mul": "MUL{S}<c> <Rd>, <Rn>",
  "thumb16.ldr_lit": "LDR<c> <Rt>, [PC, #<i*4>]",
  "thumb16.adr": "ADD<c> <Rd>, PC, #<i*4>",
  "thumb16.add_sp": "ADD<c> SP, #<i*4>",
  "thumb16.sub_sp": "SUB<c> SP, #<i*4>",
  "thumb16.bkpt": "BKPT 0x<i:4>",
  "thumb16.svc": "SVC<c> <i>",
  "thumb16.stm": "STMIA<c> <Rn>!, <registers>",
  "thumb16.ldm": "LDMIA<c> <Rn>{!}, <registers>",
  "thumb16.b": "B<c>.N <label>",
  "thumb16.b_cond": "B<c>.N <label>",
  "thumb32.push": "STMDB<c> SP!, <registers>",
  "thumb32.pop": "LDMIA<c>.W SP!, <registers>",
  "thumb32.stm": "STMIA<c>.W <Rn>{!}, <registers>",
  "thumb32.ldm": "LDMIA<c>.W <Rn>{!}, <registers>",
  "thumb32.rrx": "MOV{S}<c>.W <Rd>, <Rm>, RRX",
  "thumb32.lsl_imm": "MOV{S}<c>.W <Rd>, <Rm>, LSL #<i>",
  "thumb32.lsr_imm": "MOV{S}<c>.W <Rd>, <Rm>, LSR #<i/32>",
  "thumb32.asr_imm": "MOV{S}<c>.W <Rd>, <Rm>, ASR #<i/32>",
  "thumb32.ror_imm": "MOV{S}<c>.W <Rd>, <Rm>, ROR #<i>",
  "thumb32.rsb_imm": "RSB{S}<c> <Rd>, <Rn>, #<const>",
  "thumb32.mul": "MUL<c>.W <Rd>, <Rn>, <Rm>",
  "thumb32.adr_add": "ADDW<c> <Rd>, PC, #<i>",
  "thumb32.adr_sub": "SUBW<c> <Rd>, PC, #<i>",
  "thumb32.pld_lit": "PLD{W}<c> [PC, #+/-<i>]",
  "thumb32.cps": "CPS<mode>",
  "a32.cps": "CPS<mode>",
  "thumb16.cps": "CPS<mode>",
  "a32.bkpt": "BKPT 0x<i:4>",
  "a32.svc": "SVC<c> 0x<i:8>",
  "a32.nop": "NOP<c> {0}",
  "a32.ldrex": "LDREX<c> r<t>, [<Rn>]",
};

const HINTS: Readonly<Record<number, string>> = { 5: "SEVL", 20: "CSDB" };

function hint(i: number, table: Context["table"]): string {
  if (i === 5 && table === "a32") return "SEVL";
  return i === 5 && table === "thumb32" ? "SEVL<c>.W" : `${HINTS[i]}<c>`;
}

function spell(name: string, syntax: string, f: Fields, { table }: Context): string {
  if (name === "mov_reg" && table === "thumb16" && f.d === 8 && f.m === 8) return "NOP<c>";
  const special = SPELLING[`${table}.${name}`];
  if (special) return special;
  if (name === "hint" && HINTS[f.i]) return hint(f.i, table);
  if (name === "lsr_imm" || name === "asr_imm") return syntax.replace("<i>", "<i/32>");
  if (/^[DI]SB|^DMB/.test(syntax)) return barrier(syntax, f);
  if (/^M[CR][RC]/.test(syntax)) return coprocessor(syntax);
  if (table === "a32") {
    if (name === "mov_reg" && f.c === 14 && f.S + f.d + f.m === 0) return "NOP";
    if (name === "stm" && f.W) return syntax.replace("STM", "STMIA");
    return syntax.replace(", <Rt+1>", "");
  }
  if (table === "thumb16") return syntax;
  return syntax
    .replace(/^((?:AND|TST|BIC|ORR|MVN|EOR|CMN|ADC|SBC)(?:\{S\})?<c>) /, "$1.W ")
    .replace(/^((?:LDR|STR)(?:B|H|SB|SH)?<c>) /, "$1.W ")
    .replace(
      /^((?:LDR|PLI).*)<label>/,
      name === "ldrd_lit" ? "$1[PC, #+/-<i*4>]" : "$1[PC, #+/-<i>]",
    );
}

function barrier(syntax: string, { o }: Fields): string {
  if (syntax.startsWith("DSB") && o === 0) return "SSBB";
  if (syntax.startsWith("DSB") && o === 4) return "PSSBB";
  if (syntax.startsWith("DSB") && o === 12) return "DFB";
  const option = syntax.startsWith("ISB") && o !== 15 ? `#${o}` : BARRIERS[o];
  return syntax.replace("<o>", option);
}

/** `p15, 0, <Rt>, c7, c10, 5` is written `15, 0, <Rt>, cr7, cr10, {5}`. */
function coprocessor(syntax: string): string {
  return syntax
    .replace(/p15/, "15")
    .replace(/\bc(\d+)/g, "cr$1")
    .replace(/, (<q>|\d)$/, ", {$1}");
}

function renderMnemonic(text: string, f: Fields, { table, itState }: Context): string {
  const inIT = (itState & 15) !== 0;
  const condition = "c" in f ? CONDITIONS[f.c] : inIT ? CONDITIONS[itState >>> 4] : "";
  const setsFlags = "S" in f ? f.S === 1 : table === "thumb16" && !inIT;
  return text
    .replace("{S}", setsFlags ? "s" : "")
    .replace("{<x>{<y>{<z>}}}", () => thenElse(f))
    .replace("<c>", condition)
    .replace("<x>", f.x ? "t" : "b")
    .replace("<y>", f.y ? "t" : "b")
    .replace("{X}", f.x ? "x" : "")
    .replace("{R}", f.r ? "r" : "")
    .replace("{W}", (table === "a32" ? f.R === 0 : f.W === 1) ? "w" : "")
    .replace("<mode>", () => processorState(f, table))
    .toLowerCase();
}

function thenElse({ f, k }: Fields): string {
  let out = "";
  for (let mask = k; mask & 7; mask = (mask << 1) & 15) out += mask >>> 3 === (f & 1) ? "t" : "e";
  return out;
}

function processorState(f: Fields, table: Context["table"]): string {
  const flags = `${f.A ? "a" : ""}${f.I ? "i" : ""}${f.F ? "f" : ""}`;
  if (table === "thumb16") return `${f.i ? "id" : "ie"} ${flags}`.trim();
  const effect = ["", "", "ie", "id"][f.o];
  if (!effect || (table === "a32" && !f.M && f.p)) return ` #${f.p}`;
  const mode = f.M ? (table === "a32" ? `,#${f.p}` : `, #${f.p}`) : "";
  return `${effect}${table === "thumb32" && !f.M ? ".w" : ""} ${flags}${mode}`.trim();
}

const LETTERS: Readonly<Record<string, string>> = { Rt2: "u", RdLo: "l", RdHi: "h" };

function renderOperands(
  text: string,
  f: Fields,
  { table }: Context,
  target: number | undefined,
): string {
  const sign = f.U === 0 ? "-" : "";
  const out = text
    .replace(/<(R\w+)>/g, (_, r: string) => REGISTERS[f[LETTERS[r] ?? r[1]]])
    .replace("<registers>", () => registerList(f))
    .replace("<firstcond>", () => CONDITIONS[f.f] || "al")
    .replace("<label>", () => `0x${(target! >>> 0).toString(16)}`)
    .replace("<const>", () => constant(f.i, table))
    .replace("{, <shift>}", () => shift(f.y, f.i))
    .replace("<type>", () => SHIFTS[f.y])
    .replace("{, <rotation>}", () => (f.r ? `, ror #${8 * f.r}` : ""))
    .replace("{!}", () => (("W" in f ? f.W : !((f.r >>> f.n) & 1)) ? "!" : ""))
    .replace("{, LSL #<i>}", () => (f.i ? `, lsl #${f.i}` : ""))
    .replace("{, ASR #<i>}", () => `, asr #${f.i || 32}`)
    .replace("ASR #<i>", "ASR #<i/32>")
    .replace("<i/32>", () => String(f.i || 32))
    .replace(/#\+\/-<i(?:\*(\d))?>/, (_, times = "1") => `#${sign}${f.i * Number(times)}`)
    .replace("+/-", sign)
    .replace(
      "CPSR_<k>",
      () => `CPSR_${[..."fsxc"].filter((_, k) => (f.k >>> (3 - k)) & 1).join("")}`,
    )
    .replace("<w:i>", () => String((f.w << 12) | f.i))
    .replace("<b-i+1>", () => String(f.b - f.i + 1))
    .replace(/<i:(\d)>/, (_, digits: string) => hex(f.i, Number(digits)))
    .replace(/<(\w)(?:\*(\d))?(?:\+(\d))?>/g, (_, letter: string, times = "1", plus = "0") =>
      String(f[letter] * Number(times) + Number(plus)),
    );
  return zeroOffset(out, table, text.includes("<i*4>")).replace(
    /\b(SP|PC|LSL|LSR|ASR|ROR|RRX)\b/g,
    (word) => word.toLowerCase(),
  );
}

/**
 * An offset of zero is left out, but not in 16-bit encodings, nor when added afterwards. Minus zero is shown where an
 * encoding has both: A32 and the 32-bit LDRD and STRD.
 */
function zeroOffset(text: string, table: Context["table"], dual: boolean): string {
  if (table === "thumb16") return text;
  const out = text.replace(/, (LSL )?#0\]/, "]");
  if (table === "a32") return text.endsWith("!") ? text : out;
  return dual ? out : out.replace(/, #-0\]/, "]").replace(/\], #-0$/, "], #0");
}

function registerList(f: Fields): string {
  const mask = f.r | ((f.M ?? 0) << 14) | ((f.P ?? 0) << 15);
  return `{${REGISTERS.filter((_, r) => (mask >>> r) & 1).join(", ")}}`;
}

/** A constant shift (DecodeImmShift). */
function shift(type: number, amount: number): string {
  if (amount === 0) {
    if (type === 0) return "";
    if (type === 3) return ", rrx";
    amount = 32;
  }
  return `, ${SHIFTS[type]} #${amount}`;
}

const rotate = (value: number, by: number) => ((value >>> by) | (value << (32 - by))) >>> 0;

/** ThumbExpandImm and ARMExpandImm; A32 rotations that are not the least possible are shown as they are. */
function constant(i: number, table: Context["table"]): string {
  const byte = i & 0xff;
  if (table === "a32") {
    const rotation = 2 * (i >>> 8);
    const value = rotation ? rotate(byte, rotation) : byte;
    for (let least = 0; least < rotation; least += 2)
      if (rotate(value, 32 - least) < 256 || (least === 0 && value < 256))
        return `${byte}, ${rotation}`;
    return String(value | 0);
  }
  switch (i >>> 8) {
    case 0:
      return String(byte);
    case 1:
      return String((byte << 16) | byte);
    case 2:
      return String(((byte << 24) | (byte << 8)) >>> 0);
    case 3:
      return String(Math.imul(byte, 0x01010101) >>> 0);
    default:
      return String(rotate(0x80 | (i & 0x7f), i >>> 7));
  }
}

/** The address a `<label>` stands for: relative to pc, which reads as 4 (Thumb) or 8 (A32) ahead. */
function labelOf(name: string, f: Fields, { table, address }: Context): number {
  const aligned = (address + 4) & ~3;
  if (table === "a32") {
    const offset = ((f.i << 8) >> 6) + 2 * (f.H ?? 0);
    return (address + 8 + offset) >>> 0;
  }
  if (table === "thumb16") {
    switch (name) {
      case "b":
        return (address + 4 + ((f.i << 21) >> 20)) >>> 0;
      case "b_cond":
        return (address + 4 + ((f.i << 24) >> 23)) >>> 0;
      case "cbz":
      case "cbnz":
        return (address + 4 + 2 * f.i) >>> 0;
      default: // LDR (literal), ADR
        return (aligned + 4 * f.i) >>> 0;
    }
  }
  const I1 = f.j ^ f.S ^ 1;
  const I2 = f.k ^ f.S ^ 1;
  switch (name) {
    case "b_cond":
      return (address + 4 + (((f.S << 31) | (f.k << 30) | (f.j << 29) | (f.i << 12)) >> 11)) >>> 0;
    case "b":
    case "bl":
      return (address + 4 + (((f.S << 31) | (I1 << 30) | (I2 << 29) | (f.i << 8)) >> 7)) >>> 0;
    case "blx_imm":
      return (aligned + (((f.S << 31) | (I1 << 30) | (I2 << 29) | (f.i << 9)) >> 7)) >>> 0;
    case "adr_sub":
      return (aligned - f.i) >>> 0;
    default: {
      const offset = f.i * (name === "ldrd_lit" ? 4 : 1);
      return (f.U === 0 ? aligned - offset : aligned + offset) >>> 0;
    }
  }
}
