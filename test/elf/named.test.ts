import { expect, test } from "bun:test";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { ElfImage } from "../../src/elf/mod.ts";
import { makeModule } from "./make-module.ts";

/** Every symbol by reading all names: what `named` saves. */
function byReading(image: ElfImage, names: readonly string[]): string[] {
  const symbols = image.staticSymbols() ?? image.dynamicSymbols()!;
  const all = Array.from({ length: symbols.count - 1 }, (_, i) => i + 1);
  return all.map((i) => `${i} ${symbols.name(i)}`).filter((s) => names.includes(s.split(" ")[1]));
}

function byName(image: ElfImage, names: readonly string[]): string[] {
  const symbols = image.staticSymbols() ?? image.dynamicSymbols()!;
  return symbols.named(names).map(({ index, name }) => `${index} ${name}`);
}

test("symbols are found by name, in a file whose strings share their ends", () => {
  const image = new ElfImage(
    readFileSync(join(import.meta.dir, "../../src/firmware/prebuilt/firmware.elf")),
  );
  // The linker stores puts as the end of fputs.
  const names = ["optarg", "puts", "fputs", "malloc", "no_such_function"];
  const found = byName(image, names);
  expect(found).toEqual(byReading(image, names));
  expect(found).toHaveLength(4);
});

test("a name that is only the beginning or the end of others is not found", () => {
  const symbols = [{ name: "printf" }, { name: "fprintf_r" }];
  const image = new ElfImage(
    makeModule({ symbols, relocations: [], data: new Uint8Array(4) }).file,
  );
  expect(byName(image, ["print", "rintf", "fprintf", "f_r"])).toEqual([]);
  expect(byName(image, ["printf"])).toEqual(["1 printf"]);
});
