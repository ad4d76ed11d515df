import { disassemble } from "../cpu/mod.ts";
import { ElfError, ElfImage, type ElfSymbols } from "../elf/mod.ts";

const CONDITION = "(?:eq|ne|cs|cc|hs|lo|mi|pl|vs|vc|hi|ls|ge|lt|gt|le)";
/** Data processing with the pc as its result, as in the `addls pc, pc, rN, lsl #2` of a switch. */
const DATA = "(?:mov|mvn|add|adc|sub|sbc|rsb|and|orr|eor|bic|lsl|lsr|asr|ror)s?";
/** Instructions that go elsewhere or not: by their condition, by a register, or by loading the pc. */
const CONDITIONAL = new RegExp(
  `^(?:(?:b|bl|bx|blx)${CONDITION}(?:\\.[nw])?\\s|cbn?z\\s|(?:pop|ldm\\w*?)${CONDITION}(?:\\.w)?\\s.*\\bpc\\b|(?:ldr|${DATA})${CONDITION}(?:\\.w)?\\s+pc\\b)`,
);

type Range = { readonly start: number; readonly end: number };

/**
 * Addresses of the conditional branches in `ranges` of a module's code, executed or not.
 *
 * @param module the file that is loaded
 * @param symbols a file with its mapping symbols ($a, $t, $d: ELF for the Arm Architecture 5.5.5), if the module has none
 */
export function conditionalBranches(
  module: Uint8Array | undefined,
  symbols: Uint8Array | undefined,
  ranges: readonly Range[],
): number[] {
  try {
    if (!module) return [];
    const image = new ElfImage(module);
    const table = image.staticSymbols() ?? (symbols && new ElfImage(symbols).staticSymbols());
    return table ? scan(module, image.segments, stretches(table), ranges) : [];
  } catch (error) {
    // What cannot be read was executed all the same: its branches are those that were met.
    if (error instanceof ElfError) return [];
    throw error;
  }
}

interface Stretch {
  readonly start: number;
  readonly kind: string;
}

/** Where A32, Thumb and data begin. */
function stretches(table: ElfSymbols): Stretch[] {
  const found: Stretch[] = [];
  for (let i = 1; i < table.count; i++) {
    const kind = /^\$([atd])(?:\.|$)/.exec(table.name(i))?.[1];
    if (kind && table.defined(i)) found.push({ start: table.value(i) >>> 0, kind });
  }
  return found.sort((a, b) => a.start - b.start);
}

/** Without seams: lines change inside of IT blocks. */
function joined(ranges: readonly Range[]): Range[] {
  const found: { start: number; end: number }[] = [];
  for (const { start, end } of ranges.toSorted((a, b) => a.start - b.start)) {
    const last = found.at(-1);
    if (last && start <= last.end) last.end = Math.max(last.end, end);
    else found.push({ start, end });
  }
  return found;
}

function scan(
  bytes: Uint8Array,
  segments: ElfImage["segments"],
  kinds: readonly Stretch[],
  ranges: readonly Range[],
): number[] {
  const halfword = (address: number): number => {
    const segment = segments.find(
      ({ vaddr, filesz }) => address >= vaddr && address + 2 <= vaddr + filesz,
    );
    if (!segment) return 0;
    const at = segment.offset + address - segment.vaddr;
    return bytes[at] | (bytes[at + 1] << 8);
  };
  const found = new Set<number>();
  const whole = joined(ranges);
  // Both are in the order of addresses.
  let first = 0;
  for (const [n, { start, kind }] of kinds.entries()) {
    const end = kinds[n + 1]?.start ?? Infinity;
    while (first < whole.length && whole[first].end <= start) first++;
    if (kind === "d") continue;
    for (let next = first; next < whole.length && whole[next].start < end; next++) {
      const range = whole[next];
      let it = 0;
      for (let at = Math.max(start, range.start); at < Math.min(end, range.end);) {
        const { text, size, itState } = disassemble(halfword, at, kind === "t", it);
        if (CONDITIONAL.test(text)) found.add(at);
        it = itState;
        at += size;
      }
    }
  }
  return [...found];
}
