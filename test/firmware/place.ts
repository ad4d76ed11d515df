import { readFileSync } from "node:fs";
import { ElfImage, PT, relocationCode, STB } from "../../src/elf/mod.ts";
import { Firmware } from "../../src/firmware/mod.ts";
import { GuestMemory } from "../../src/memory/mod.ts";

const here = `${import.meta.dir}/`;
export const FIRMWARE = `${here}../../src/firmware/prebuilt/firmware.elf`;
const BASE = 0x60100000;

export interface Placed {
  readonly memory: GuestMemory;
  readonly firmware: Firmware;
  /** Value of any symbol of the firmware, exported or not. */
  readonly symbol: (name: string) => number;
  /** Address of `main`, bit 0 for Thumb. */
  readonly main: number;
  readonly start: number;
  readonly end: number;
  readonly exidx: number;
  readonly exidxCount: number;
}

/** The firmware and one fixture in memory, with the fixture's imports resolved against the firmware's exports. */
export function place(fixture: string): Placed {
  const memory = new GuestMemory();
  const firmware = new Firmware(memory, readFileSync(FIRMWARE));
  const symbol = firmwareSymbol;
  const image = new ElfImage(readFileSync(`${here}fixtures/${fixture}.mo`));
  let end = BASE;
  let exidx = 0;
  let exidxCount = 0;
  for (const segment of image.segments) {
    if (segment.type === PT.ARM_EXIDX) {
      exidx = BASE + segment.vaddr;
      exidxCount = segment.memsz / 8;
    }
    if (segment.type !== PT.LOAD) continue;
    memory.write(BASE + segment.vaddr, image.contents(segment));
    end = Math.max(end, BASE + segment.vaddr + segment.memsz);
  }
  for (const table of image.relocations()) {
    for (let i = 0; i < table.count; i++) {
      const at = BASE + table.offset(i);
      const symbol = table.symbol(i);
      const { symbols } = table;
      let value = BASE;
      if (symbol !== 0 && symbols.defined(symbol)) value += symbols.value(symbol);
      else if (symbol !== 0) {
        value = firmware.lookup(symbols.name(symbol));
        if (value === 0 && symbols.bind(symbol) !== STB.WEAK)
          throw new Error(`${fixture}: ${symbols.name(symbol)} is not exported`);
      }
      const old = memory.ld32(at);
      switch (table.type(i)) {
        case relocationCode("R_ARM_RELATIVE"):
        case relocationCode("R_ARM_ABS32"):
          memory.st32(at, old + value);
          break;
        case relocationCode("R_ARM_REL32"):
          memory.st32(at, old + value - at);
          break;
        case relocationCode("R_ARM_GLOB_DAT"):
        case relocationCode("R_ARM_JUMP_SLOT"):
          memory.st32(at, value);
          break;
        default:
          throw new Error(`${fixture}: relocation type ${table.type(i)}`);
      }
    }
  }
  const main = BASE + image.header.entry;
  return { memory, firmware, symbol, main, start: BASE, end, exidx, exidxCount };
}

const symbols = new ElfImage(readFileSync(FIRMWARE)).staticSymbols()!;

export function firmwareSymbol(name: string): number {
  const i = symbols.find(name);
  if (i < 0) throw new Error(`the firmware has no symbol ${name}`);
  return symbols.value(i);
}
