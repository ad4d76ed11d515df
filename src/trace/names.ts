import type { SymbolFiles } from "../dwarf/mod.ts";
import { ElfError, ElfImage, STT } from "../elf/mod.ts";
import type { CodePlace } from "./counters.ts";
import { nameText } from "./quote.ts";

export interface FunctionName {
  readonly name: string;
  /** Source file, or the module's path, or empty for the firmware. */
  readonly file: string;
  /** First line, 0 when it is not known. */
  readonly line: number;
}

interface Symbol {
  readonly start: number;
  readonly name: string;
}

/** Functions and lines of code places: by DWARF, then by the module's symbols, then by the firmware's. */
export class FunctionNames {
  private readonly symbols = new Map<string, readonly Symbol[]>();
  private readonly known = new Map<string, FunctionName>();

  constructor(
    private readonly files: SymbolFiles,
    private readonly module: (path: string) => Uint8Array | undefined,
    private readonly firmware: (address: number) => { readonly name: string } | undefined,
  ) {}

  /** The same object for the same function. */
  of({ path, address }: CodePlace): FunctionName {
    if (path === "") return this.intern(this.firmware(address)?.name ?? "kernel", "", 0);
    const info = this.files.info(path);
    const fn = info?.functions(address).at(-1);
    if (info && fn) {
      const at = info.line(fn.ranges[0].start);
      return this.intern(fn.name, at?.file ?? nameText(path), fn.line || at?.line || 0);
    }
    const symbol = nearest(this.symbolsOf(path), address);
    const file = nameText(path);
    return this.intern(symbol ?? `${file}+0x${address.toString(16)}`, file, 0);
  }

  line({ path, address }: CodePlace): number {
    return path === "" ? 0 : (this.files.info(path)?.line(address)?.line ?? 0);
  }

  private intern(name: string, file: string, line: number): FunctionName {
    const key = `${file}\n${name}`;
    let found = this.known.get(key);
    if (!found) this.known.set(key, (found = { name, file, line }));
    return found;
  }

  private symbolsOf(path: string): readonly Symbol[] {
    let list = this.symbols.get(path);
    if (!list)
      this.symbols.set(path, (list = readSymbols(this.files.file(path) ?? this.module(path))));
    return list;
  }
}

function readSymbols(file: Uint8Array | undefined): Symbol[] {
  const found: Symbol[] = [];
  try {
    const image = file && new ElfImage(file);
    const symbols = image?.staticSymbols() ?? image?.dynamicSymbols();
    for (let i = 1; i < (symbols?.count ?? 0); i++)
      if (symbols!.defined(i) && symbols!.type(i) === STT.FUNC)
        found.push({ start: (symbols!.value(i) & ~1) >>> 0, name: nameText(symbols!.name(i)) });
  } catch (error) {
    if (!(error instanceof ElfError)) throw error;
  }
  return found.sort((a, b) => a.start - b.start);
}

function nearest(symbols: readonly Symbol[], address: number): string | undefined {
  let found: string | undefined;
  for (const { start, name } of symbols) {
    if (start > address) break;
    found = name;
  }
  return found;
}
