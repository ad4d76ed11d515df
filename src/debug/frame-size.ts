import { disassemble } from "../cpu/mod.ts";
import { isThumb } from "./backtrace.ts";
import type { MachineView } from "./view.ts";

/** Instructions of a prologue that are looked at behind the one that failed. */
const LENGTH_MAX = 12;
const SP = 13;
const NAMES = "r0 r1 r2 r3 r4 r5 r6 r7 r8 r9 r10 fp ip sp lr pc".split(" ");

/** `sub sp, sp, #368`, `sub sp, #368`, `subw sp, sp, #4000`. */
const CONSTANT = /^subw?(?:\.w)? sp, (?:sp, )?#(\d+)$/;
/** `sub sp, sp, ip`, `add sp, sp, ip, lsl #2`, `mov sp, r3`. */
const REGISTER = /^(sub|add|mov)(?:\.w)? sp, (?:sp, )?(r\d+|fp|ip|lr)(?:, (lsl|lsr|asr) #(\d+))?$/;
/** What ends the straight code of a prologue. */
const LEAVES = /^(?:b|bl|blx|bx|cbn?z|tb[bh]|pop|ldm\w*)\b|^b\w\w\b|\bpc\b/;

/**
 * How far the instruction at the pc would have moved sp down, with what follows it in the same piece of code: compilers build constants
 * that do not fit into one instruction from two. Undefined when it is not one that makes room.
 *
 * @returns bytes
 */
export function frameSize(view: MachineView, pc: number): number | undefined {
  const thumb = isThumb(view);
  const half = (address: number) => view.half(address) ?? 0;
  let size = 0;
  let it = 0;
  for (let n = 0, at = pc; n < LENGTH_MAX && view.half(at) !== undefined; n++) {
    const line = disassemble(half, at, thumb, it);
    const text = line.text.replace(/\s+/g, " ");
    const more = constant(text) ?? (n === 0 ? byRegister(view, text) : undefined);
    if (n === 0 && more === undefined) return undefined;
    if (LEAVES.test(text)) break;
    size += more ?? 0;
    it = line.itState;
    at += line.size;
  }
  return size > 0 ? size : undefined;
}

function constant(text: string): number | undefined {
  const bytes = CONSTANT.exec(text)?.[1];
  return bytes === undefined ? undefined : Number(bytes);
}

/** The registers are those before the instruction. */
function byRegister({ registers }: MachineView, text: string): number | undefined {
  const [, operation, name, shift, by] = REGISTER.exec(text) ?? [];
  if (operation === undefined) return undefined;
  const value = registers[NAMES.indexOf(name)] | 0;
  const bits = Number(by ?? 0);
  const operand =
    shift === "lsl" ? value << bits : shift === "lsr" ? value >>> bits : value >> bits;
  const sp = registers[SP];
  const to = operation === "sub" ? sp - operand : operation === "add" ? sp + operand : operand;
  return sp - (operation === "mov" ? to >>> 0 : to);
}
