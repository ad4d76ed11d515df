import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { CORPUS } from "../../disk/modules.ts";
import { executedBlocks, prebuildRegions } from "../cpu/mod.ts";
import { ElfImage, SHT, STT } from "../elf/mod.ts";
import { Machine } from "../embed.ts";

/** Regions of the firmware's code, made by src/build.ts for the binary. */
const PREBUILT_REGIONS = join(import.meta.dir, "../firmware/regions.bin");

/** Translates the firmware's functions that the corpus executes; throws an error when it cannot be run. */
export function packPrebuiltRegions(): void {
  writeFileSync(PREBUILT_REGIONS, firmwareRegions());
}

/** What is written there. */
export function firmwareRegions(programs: readonly string[] = CORPUS): Uint8Array {
  const executed = new Set<number>();
  let made: Uint8Array | undefined;
  for (const program of programs) {
    using machine = Machine.boot({ disk: "default", engine: "interp" });
    machine.writeFile("/corpus.mo", readFileSync(program));
    const { result, exitCode, output } = machine.run("/corpus.mo");
    if (result !== "returned" || exitCode !== 0)
      throw new Error(`${program}: ${result} ${exitCode}\n${output.slice(-1000)}`);
    const { cpu, memory, firmware, options } = machine.board;
    for (const key of executedBlocks(cpu))
      if (key >= firmware.start && key < firmware.end) executed.add(key);
    if (program !== programs.at(-1)) continue;
    made = prebuildRegions({ memory, functions: functionsOf(options.firmware), executed });
  }
  if (!made) throw new Error("no program says what is worth translating");
  return made;
}

/** Guest addresses of a firmware's functions, bit 0: Thumb. */
function functionsOf(firmware: Uint8Array): number[] {
  const elf = new ElfImage(firmware);
  const found: number[] = [];
  for (const section of elf.sections) {
    if (section.type !== SHT.SYMTAB) continue;
    const symbols = elf.symbols(section);
    for (let i = 0; i < symbols.count; i++)
      if (symbols.type(i) === STT.FUNC) found.push(symbols.value(i));
  }
  if (found.length === 0) throw new Error("the firmware has no symbols");
  return found;
}
