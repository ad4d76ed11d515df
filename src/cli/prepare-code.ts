import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { defaultDiskFiles } from "../../disk/recipe.ts";
import { executedBlocks, prepareCode } from "../cpu/mod.ts";
import { Machine } from "../embed.ts";

/** Translations of the firmware's code, made by src/build.ts for the binary. */
const PREPARED_CODE = join(import.meta.dir, "../firmware/prepared.bin");

const ARGUMENTS: Readonly<Record<string, readonly string[]>> = { "md5.mo": ["text.txt"] };

/**
 * Runs the programs of the default disk and writes down the translations of all firmware code that they executed. Code of the
 * modules themselves is not kept: it lies elsewhere every time.
 */
export function packPreparedCode(): void {
  const keys = new Set<number>();
  let words: Int32Array = new Int32Array();
  for (const { path } of defaultDiskFiles()) {
    if (!path.endsWith(".mo") || path.endsWith("/bench.mo")) continue;
    using machine = Machine.boot({ disk: "default", engine: "interp" });
    machine.run(path, { args: ARGUMENTS[path.slice(path.lastIndexOf("/") + 1)] });
    const { cpu, memory, firmware } = machine.board;
    for (const key of executedBlocks(cpu))
      if (key >= firmware.start && key < firmware.end) keys.add(key);
    words = prepareCode(memory, keys);
  }
  writeFileSync(PREPARED_CODE, words);
}
