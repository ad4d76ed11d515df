import { type ElfImage, STT } from "../elf/mod.ts";

/** A piece of code in which r4 and r5 lie on the stack, or do not. */
export interface Stretch {
  readonly start: number;
  readonly end: number;
  readonly saved: boolean;
}

/** STRD r4, r5, [sp, #-8]!, LDRD r4, r5, [sp], #8, PLD [Rn, #imm12] and BX lr (ARM ARM A8.8, T32). */
const [SAVE, RESTORE, PAIR] = [0xe96d, 0xe8fd, 0x4502];
const RETURN = 0x4770;
const isPreload = (half: number): boolean => (half & 0xfff0) === 0xf890;

/**
 * Functions of the C library that save r4 and r5 with one STRD and have no tables: what a debugger cannot know of strlen. In the order of
 * addresses.
 */
export function handWritten(image: ElfImage): Stretch[] {
  const symbols = image.staticSymbols();
  const text = image.section(".text");
  if (!symbols || !text) return [];
  const code = image.data(text);
  const half = (address: number) => {
    const at = address - text.addr;
    return at >= 0 && at + 2 <= code.length ? code[at] | (code[at + 1] << 8) : 0;
  };
  const found = new Map<number, Stretch[]>();
  for (let n = 1; n < symbols.count; n++) {
    if (symbols.type(n) !== STT.FUNC || (symbols.value(n) & 1) === 0) continue;
    const start = symbols.value(n) - 1;
    const save = isPreload(half(start)) ? start + 4 : start;
    if (half(save) === SAVE && half(save + 2) === PAIR)
      found.set(start, stretches(half, start, save + 4, start + symbols.size(n)));
  }
  return [...found].sort(([a], [b]) => a - b).flatMap(([, list]) => list);
}

function stretches(
  half: (address: number) => number,
  start: number,
  saved: number,
  end: number,
): Stretch[] {
  const found: Stretch[] = [{ start, end: saved, saved: false }];
  let from = saved;
  const behind = (at: number) => at + (half(at) >>> 11 < 0x1d ? 2 : 4);
  for (let at = saved; at < end;) {
    if (half(at) !== RESTORE || half(at + 2) !== PAIR) {
      at = behind(at);
      continue;
    }
    found.push({ start: from, end: at + 4, saved: true });
    for (from = at + 4; from < end && half(from) !== RETURN;) from = behind(from);
    from = Math.min(from + 2, end);
    found.push({ start: at + 4, end: from, saved: false });
    at = from;
  }
  if (from < end) found.push({ start: from, end, saved: true });
  return found;
}
