import { disassemble } from "../cpu/mod.ts";
import { callBefore } from "../dlmodule/mod.ts";
import { SYSTEM_AREA } from "../kernel/mod.ts";
import type { MachineView } from "./view.ts";

/** Instructions of a function that are searched for where it returns. */
const LENGTH_MAX = 2048;
const [SP, LR] = [13, 14];
const NAMES = "r0 r1 r2 r3 r4 r5 r6 r7 r8 r9 sl fp ip sp lr pc".split(" ");

const CALL = /^(bl|blx) (?:0x([0-9a-f]+)|(\w+))$/;
/** `pop {r4, pc}`, `ldmia.w sp!, {r4, pc}`, `ldr.w pc, [sp], #4`. */
const RETURN = /^(?:pop(?:\.w)? |ldmia(?:\.w)? sp!, )\{(.*\bpc)\}$|^ldr(?:\.w)? (pc), \[sp\], #4$/;
/** A jump that is no return: through a register, or to what was loaded from elsewhere. */
const JUMP = /^bx\w* (?!lr)|^ldr\S* pc, (?!\[sp)|^mov\S* pc, (?!lr)|^tb[bh]/;

/**
 * Whether the pc got its value from the stack, in a function whose return address was overwritten: the registers that it loaded from
 * there are those of the stack, and what it was called with is known from lr. A call through a pointer is not.
 *
 * @returns the function that returned; "a function" when it has no name
 */
export function overwrittenReturn(view: MachineView, pc: number): string | undefined {
  const lr = view.registers[LR] >>> 0;
  const call = callBefore(view, lr);
  // Whoever calls something leaves an address of code or of a trap in lr. What else is there was loaded from the stack (BX lr), or is a
  // value of a function that has saved lr and loads the pc.
  if (call === undefined) {
    const loadedPc = same(lr, pc) || same(view.word((view.registers[SP] - 4) >>> 0) ?? ~pc, pc);
    return loadedPc && view.place((lr & ~1) >>> 0) === undefined ? "a function" : undefined;
  }
  const thumb = (lr & 1) !== 0;
  const [, kind, label, register] = CALL.exec(textAt(view, call, thumb).text) ?? [];
  if (kind === undefined) return undefined;
  // The call that lr is of may have been the last that the function made itself.
  const own = returnFrom(view, lr & ~1, thumb, pc);
  const within = own && !own.standing ? call : undefined;
  if (register !== undefined && within === undefined) return undefined;
  const target = label === undefined ? undefined : parseInt(label, 16);
  const callee =
    target !== undefined && returnFrom(view, target, (kind === "blx") !== thumb, pc)
      ? target
      : undefined;
  const from = callee ?? within;
  if (from === undefined) return undefined;
  return view.details?.functionName(from) ?? view.place(from)?.symbol ?? "a function";
}

/** `add sp, sp, #16`, `add sp, #16`. */
const GIVES_BACK = /^addw?(?:\.w)? sp, (?:sp, )?#(\d+)$/;

/**
 * The return that the code from there on comes to, if it loads what is in the registers now. It is `standing` when there is a return
 * address where it would find one yet: then it was not executed.
 */
function returnFrom(
  view: MachineView,
  start: number,
  thumb: boolean,
  pc: number,
): { readonly standing: boolean } | undefined {
  const first = view.place(start);
  if (!first || first.unloaded) return undefined;
  let it = 0;
  let above = 0;
  for (let n = 0, at = start; n < LENGTH_MAX; n++) {
    if (view.half(at) === undefined) return undefined;
    const line = textAt(view, at, thumb, it);
    const found = RETURN.exec(line.text);
    if (found) {
      const names = (found[1] ?? found[2]).split(", ");
      if (!loaded(view, names, pc)) return undefined;
      return { standing: isReturn(view, view.registers[SP] + above + 4 * (names.length - 1)) };
    }
    if (JUMP.test(line.text) || /^bx lr/.test(line.text)) return undefined;
    above += Number(GIVES_BACK.exec(line.text)?.[1] ?? 0);
    it = line.itState;
    at += line.size;
  }
  return undefined;
}

/** The word there is what a call leaves in lr, or the trap of one of the kernel's. */
function isReturn(view: MachineView, address: number): boolean {
  const word = view.word(address >>> 0);
  if (word === undefined) return false;
  return callBefore(view, word) !== undefined || isTrap(view, word);
}

/** The words below sp are those of the registers. */
function loaded(view: MachineView, names: readonly string[], pc: number): boolean {
  const { registers } = view;
  const bottom = registers[SP] - 4 * names.length;
  return names.every((name, n) => {
    const word = view.word((bottom + 4 * n) >>> 0);
    if (word === undefined) return false;
    return name === "pc" ? same(word, pc) : word >>> 0 === registers[NAMES.indexOf(name)] >>> 0;
  });
}

const isTrap = ({ ramEnd }: MachineView, word: number): boolean =>
  word >= ramEnd - SYSTEM_AREA && word < ramEnd;

const same = (a: number, b: number): boolean => (a & ~1) >>> 0 === (b & ~1) >>> 0;

function textAt(view: MachineView, address: number, thumb: boolean, it = 0) {
  const line = disassemble((at) => view.half(at) ?? 0, address, thumb, it);
  return { ...line, text: line.text.replace(/\s+/g, " ") };
}
