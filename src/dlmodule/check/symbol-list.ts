import { ElfError, ElfImage, SHT } from "../../elf/mod.ts";
import { STOCK_404 } from "./stock.ts";

/** Who resolves the symbols: the name of the board, and its names. */
export interface Target {
  readonly name: string;
  /** A stock 4.0.4 loader: weak symbols have to be there, unknown relocations are skipped, constructors do not run. */
  readonly stock: boolean;
  has(name: string): boolean;
  names(): Iterable<string>;
}

/** Control characters of a terminal's text: tab, line ends, escape. */
const TEXT: ReadonlySet<number> = new Set([9, 10, 13, 27]);

/** The names that a board exports: the text of list_symbols (`name => 0x...`), one name a line, or a kernel ELF with RTMSymTab. */
export function readSymbolList(bytes: Uint8Array): string[] | undefined {
  if (bytes[0] === 0x7f && bytes[1] === 0x45) return kernelSymbols(bytes);
  if (bytes.some((byte) => byte < 32 && !TEXT.has(byte))) return undefined;
  const names: string[] = [];
  const lines = Buffer.from(bytes).toString("latin1").split(/\r?\n/);
  for (const line of lines) {
    const match = /^\s*([A-Za-z_.$][\w.$]*)(?:\s*(?:=>|\s)\s*(?:0x)?[0-9a-fA-F]+)?\s*$/.exec(line);
    if (match) names.push(match[1]);
  }
  // Around what list_symbols prints there may be prompts and whatever else; of plain names there are more than of other lines, and
  // any board has some that RT-Thread itself exports.
  const written = lines.filter((line) => line.trim() !== "").length;
  const printed = lines.some((line) => /^\s*[\w.$]+ => 0x[0-9a-f]+\s*$/.test(line));
  const plain = 2 * names.length >= written && names.some((name) => STOCK_404.has(name));
  return names.length > 0 && (printed || plain) ? names : undefined;
}

/** Records {address, name} of section RTMSymTab, or of [__rtmsymtab_start, __rtmsymtab_end). */
function kernelSymbols(bytes: Uint8Array): string[] | undefined {
  try {
    const image = new ElfImage(bytes);
    const span = tableOf(image);
    if (!span) return undefined;
    const names: string[] = [];
    for (let at = span.start; at + 8 <= span.end; at += 8) {
      const pointer = wordAt(image, at + 4);
      const name = pointer === undefined ? undefined : stringAt(image, pointer);
      if (name) names.push(name);
    }
    return names.length > 0 ? names : undefined;
  } catch (error) {
    if (error instanceof ElfError) return undefined;
    throw error;
  }
}

function tableOf(image: ElfImage): { start: number; end: number } | undefined {
  const section = image.section("RTMSymTab");
  if (section) return { start: section.addr, end: section.addr + section.size };
  const found = new Map<string, number>();
  const symbols = image.staticSymbols();
  const names = ["__rtmsymtab_start", "__rtmsymtab_end"];
  for (const { index, name } of symbols?.named(names) ?? []) found.set(name, symbols!.value(index));
  const [start, end] = names.map((name) => found.get(name));
  return start === undefined || end === undefined ? undefined : { start, end };
}

function bytesFrom(image: ElfImage, address: number): Uint8Array | undefined {
  const section = image.sections.find(
    ({ type, addr, size }) =>
      type === SHT.PROGBITS && addr !== 0 && address >= addr && address < addr + size,
  );
  return section && image.data(section).subarray(address - section.addr);
}

function wordAt(image: ElfImage, address: number): number | undefined {
  const bytes = bytesFrom(image, address);
  if (!bytes || bytes.length < 4) return undefined;
  return (bytes[0] | (bytes[1] << 8) | (bytes[2] << 16) | (bytes[3] << 24)) >>> 0;
}

function stringAt(image: ElfImage, address: number): string {
  const bytes = bytesFrom(image, address) ?? new Uint8Array(0);
  const end = bytes.subarray(0, 256).indexOf(0);
  return Buffer.from(bytes.subarray(0, Math.max(end, 0))).toString("latin1");
}
