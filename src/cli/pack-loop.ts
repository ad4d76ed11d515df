import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { compileLoop } from "../cpu/loop-compiler/mod.ts";

const INTERPRETER = join(import.meta.dir, "../cpu/interp");

/** The interpreter's loop as WebAssembly: the source file that holds it, made of loop.ts. */
export function loopCodeFile(): string {
  const code = compileLoop(readFileSync(join(INTERPRETER, "loop.ts"), "utf8"));
  return `/** Made of loop.ts by src/build.ts: a WebAssembly module, in base64. */
export const LOOP_CODE =
  "${code.toBase64()}";
`;
}

/** Writes the file where it differs. It is checked in, so that tests run it from source. */
export function packLoop(): void {
  const path = join(INTERPRETER, "loop-code.ts");
  const text = loopCodeFile();
  if (readFileSync(path, "utf8") !== text) writeFileSync(path, text);
}
