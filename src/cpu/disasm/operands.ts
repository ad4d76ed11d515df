import { CONDITIONS, type Context, type Fields, hex } from "./context.ts";

const REGISTERS = "r0 r1 r2 r3 r4 r5 r6 r7 r8 r9 sl fp ip sp lr pc".split(" ");
const SHIFTS = ["lsl", "lsr", "asr", "ror"];
const LETTERS: Readonly<Record<string, string>> = { Rt2: "u", RdLo: "l", RdHi: "h" };

/** The part of the syntax behind the first blank. */
export function renderOperands(
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
