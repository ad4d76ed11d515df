/**
 * wasm.txt: the functions that the pieces of code of blocks.txt become. `bun test/cpu/golden/wasm.ts` writes it anew; look at what
 * changes. With --print it goes to the terminal: states of the flags are numbered by process.
 */
import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { Local } from "../../../src/cpu/jit/layout.ts";
import { Import } from "../../../src/cpu/jit/wasm.ts";
import { createCpu } from "../../../src/cpu/mod.ts";
import { GuestMemory } from "../../../src/memory/mod.ts";
import { type Golden, parse } from "./golden.ts";
import { functionsOf, textOf } from "./wasm-text.ts";

const CODE = 0x60100000;
const WINDOW = 0x60200000;

const names = new Map<number, string>();
for (const [name, index] of Object.entries(Local)) names.set(index, name);
for (let r = 0; r < 24; r++)
  names.set(Local.R0 + r, r < 15 ? `r${r}` : r < 23 ? `t${r - 15}` : "junk");
const local = (index: number): string =>
  index >= Local.Saved ? `Saved${index - Local.Saved}` : (names.get(index) ?? `local${index}`);
const imports = new Map<number, string>(
  Object.entries(Import).map(([name, index]) => [index, name]),
);

/** The module of the region that begins with the piece. */
export function moduleOf({ code, thumb }: Pick<Golden, "code" | "thumb">): Uint8Array {
  const memory = new GuestMemory({ base: 0x60000000, size: 0x800000 });
  const cpu = createCpu(memory, "jit");
  cpu.onSvc = () => false;
  memory.write(CODE, code);
  // bx lr
  if (thumb) memory.st16(CODE + code.length, 0x4770);
  else memory.st32(CODE + code.length, 0xe12fff1e);
  cpu.r.fill(WINDOW, 8, 10);
  cpu.jump(CODE | (thumb ? 1 : 0));
  cpu.units = 1;
  const modules: Uint8Array[] = [];
  const { Module } = WebAssembly;
  WebAssembly.Module = class extends Module {
    constructor(bytes: Uint8Array<ArrayBuffer>) {
      super(bytes);
      modules.push(bytes.slice());
    }
  } as typeof Module;
  try {
    cpu.run();
  } finally {
    WebAssembly.Module = Module;
    memory.dispose();
  }
  // The first is that with the loop which goes from region to region.
  return modules[1];
}

function wasmText(block: Golden): string {
  const [region] = functionsOf(moduleOf(block));
  return textOf(region, local, (index) => imports.get(index) ?? String(index));
}

export const blocks = (): Golden[] =>
  parse(readFileSync(join(import.meta.dir, "blocks.txt"), "utf8"));

export function print(all: readonly Golden[]): string {
  return all
    .map((block) => `== ${block.name} (${block.thumb ? "thumb" : "a32"})\n${wasmText(block)}\n`)
    .join("\n");
}

if (import.meta.main) {
  const text = print(blocks());
  if (process.argv.includes("--print")) process.stdout.write(text);
  else writeFileSync(join(import.meta.dir, "wasm.txt"), text);
}
