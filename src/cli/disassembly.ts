import { disassemble } from "../cpu/mod.ts";
import { visible } from "../dlmodule/mod.ts";
import { type ElfImage, ET, SHF, SHT, type SectionHeader, STT } from "../elf/mod.ts";

type Kind = "arm" | "thumb" | "data";
interface Mark {
  readonly at: number;
  readonly kind: Kind;
}

/** The code of a module as text: a line for each instruction, in the spelling of objdump. */
export function disassembly(image: ElfImage): string {
  const lines: string[] = [];
  for (const section of image.sections) {
    const code = (section.flags & SHF.EXECINSTR) !== 0 && section.type === SHT.PROGBITS;
    if (!code || section.size === 0) continue;
    lines.push(`section ${visible(section.name)}`, ...sectionLines(image, section));
  }
  return lines.length > 0 ? `${lines.join("\n")}\n` : "no code\n";
}

function sectionLines(image: ElfImage, section: SectionHeader): string[] {
  const bytes = image.data(section);
  const start = section.addr;
  const end = start + bytes.length;
  const { marks, names } = symbolsOf(image, section);
  const half = (at: number): number => bytes[at - start] | ((bytes[at - start + 1] ?? 0) << 8);
  const hex = (value: number, digits: number): string =>
    (value >>> 0).toString(16).padStart(digits, "0");
  const lines: string[] = [];
  let mark = 0;
  let it = 0;
  for (let at = start; at < end;) {
    while (mark + 1 < marks.length && marks[mark + 1].at <= at) mark++;
    if (marks[mark].at === at) it = 0;
    for (const name of names.get(at) ?? []) lines.push(`${hex(at, 8)} <${visible(name)}>:`);
    const next = Math.min(marks[mark + 1]?.at ?? end, end);
    const { kind } = marks[mark];
    const size = kind === "data" ? dataSize(at, next) : kind === "thumb" ? 2 : 4;
    if (at + size > end) break;
    const word = size === 1 ? half(at) & 0xff : half(at) | (size > 2 ? half(at + 2) << 16 : 0);
    if (kind === "data") {
      const directive = size === 4 ? ".word" : size === 2 ? ".short" : ".byte";
      lines.push(row(at, hex(word, 2 * size), `${directive} 0x${hex(word, 2 * size)}`));
      at += size;
      continue;
    }
    const line = disassemble(half, at, kind === "thumb", it);
    if (at + line.size > end) break;
    it = line.itState;
    const shown =
      kind === "arm"
        ? hex(word, 8)
        : hex(half(at), 4) + (line.size === 4 ? ` ${hex(half(at + 2), 4)}` : "");
    lines.push(row(at, shown, line.text));
    at += line.size;
  }
  return lines;

  function row(at: number, code: string, text: string): string {
    return `${hex(at, 0).padStart(8)}: ${code.padEnd(9)}  ${text}`;
  }
}

/** A word, or what there is before the next one or the end. */
function dataSize(at: number, next: number): 1 | 2 | 4 {
  if (at & 1 || next - at < 2) return 1;
  return at & 2 || next - at < 4 ? 2 : 4;
}

/**
 * What the bytes of a section are from where on: the mapping symbols $a, $t, $d (ELF for the Arm Architecture 5.5.5); of a stripped file
 * the functions that it exports, and its entry.
 */
function symbolsOf(
  image: ElfImage,
  section: SectionHeader,
): { marks: readonly Mark[]; names: ReadonlyMap<number, string[]> } {
  const marks: Mark[] = [];
  const functions: Mark[] = [];
  const names = new Map<number, string[]>();
  const table = image.staticSymbols() ?? image.dynamicSymbols();
  const placed = image.header.type !== ET.REL;
  for (let i = 1; i < (table?.count ?? 0); i++) {
    const value = table!.value(i);
    // strip renumbers sections, but not for dynamic symbols: their address says where they are.
    const here = placed
      ? (value & ~1) >>> 0 >= section.addr && value < section.addr + section.size
      : table!.shndx(i) === section.index;
    if (!table!.defined(i) || !here) continue;
    const name = table!.name(i);
    const kind = /^\$([atd])(\.|$)/.exec(name)?.[1];
    if (kind)
      marks.push({ at: value, kind: kind === "a" ? "arm" : kind === "t" ? "thumb" : "data" });
    else if (table!.type(i) === STT.FUNC) {
      const at = value & ~1;
      functions.push({ at, kind: value & 1 ? "thumb" : "arm" });
      names.set(at, [...(names.get(at) ?? []), name]);
    }
  }
  const found = (marks.length > 0 ? marks : functions).sort((a, b) => a.at - b.at);
  const first = found[0]?.kind ?? (image.header.entry & 1 ? "thumb" : "arm");
  if (found[0]?.at !== section.addr) found.unshift({ at: section.addr, kind: first });
  return { marks: found, names };
}
