import { ElfError, ElfImage } from "../elf/mod.ts";
import type { Scenario } from "./scenario.ts";
import { parseDeclaration } from "./schema.ts";

/** Section in which a module says how it is to be tested: TOML with the keys of a scenario. */
const SECTION = ".rtt_smoke";

/** The test that a module is: it loads, returns 0, and leaves nothing behind, unless it declares something else. */
export function moduleScenario(file: string, bytes: Uint8Array): Scenario {
  return parseDeclaration(`${file}(${SECTION})`, declaration(bytes), file.replace(/^.*\//, ""));
}

function declaration(bytes: Uint8Array): string {
  try {
    const section = new ElfImage(bytes).section(SECTION);
    if (!section) return "";
    const text = new TextDecoder().decode(
      bytes.subarray(section.offset, section.offset + section.size),
    );
    return text.replace(/\0.*$/s, "");
  } catch (error) {
    // The loader says better what is wrong with it.
    if (error instanceof ElfError) return "";
    throw error;
  }
}
