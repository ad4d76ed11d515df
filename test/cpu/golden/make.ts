/** `bun test/cpu/golden/make.ts` writes blocks.txt anew, with assembler and qemu-arm; look at what changes. */
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { runFloatQemu } from "../qemu/float-differential.ts";
import { floatImage } from "../qemu/float-image.ts";
import { tool } from "../qemu/tools.ts";
import { type Source, SOURCES } from "./blocks.ts";
import { caseOf, changes, type Golden, irOf, print } from "./golden.ts";

function assemble({ thumb, text }: Source): Uint8Array {
  const folder = mkdtempSync(join(tmpdir(), "rtt-sim-golden-"));
  const file = (name: string) => join(folder, name);
  try {
    const head = `.syntax unified\n.arch armv7-a\n.arch_extension idiv\n.fpu neon-vfpv4\n.${thumb ? "thumb" : "arm"}\n`;
    writeFileSync(file("a.s"), `${head}${text.replaceAll("; ", "\n")}\n`);
    tool("as", file("a.s"), "-o", file("a.o"));
    tool("objcopy", "-O", "binary", "-j", ".text", file("a.o"), file("a.bin"));
    return new Uint8Array(readFileSync(file("a.bin")));
  } finally {
    rmSync(folder, { recursive: true });
  }
}

/** All pieces as they are now. */
export function goldens(): Golden[] {
  const codes = SOURCES.map(assemble);
  const cases = SOURCES.map(({ thumb }, k) => caseOf({ thumb, code: codes[k] }));
  const results = runFloatQemu(cases, floatImage(cases));
  return SOURCES.map(({ name, thumb, text }, k) => ({
    name,
    thumb,
    source: text,
    code: codes[k],
    ir: irOf(codes[k], thumb),
    result: changes(cases[k], results[k]),
  }));
}

if (import.meta.main) writeFileSync(join(import.meta.dir, "blocks.txt"), print(goldens()));
