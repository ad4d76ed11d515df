import { expect, test } from "bun:test";
import { Glob } from "bun";
import { dirname, join, relative } from "node:path";

/**
 * Parts that know the whole they are a part of, by its type alone: it is handed to them when they are made. Nothing of such a file is
 * loaded by its parts. Everything else knows in one direction only.
 */
const WHOLES = new Set([
  "src/dlmodule/loader.ts",
  "src/kernel/kernel.ts",
  "src/kernel/pthread/threads.ts",
  "src/machine/machine.ts",
]);

const IMPORT = /(?:^|\n)\s*(?:import|export)\b(\s+type\b)?[^;"]*?\bfrom\s+"(\.[^"]+)"/g;
const ROOT = join(import.meta.dir, "../..");

interface Import {
  readonly to: string;
  readonly typeOnly: boolean;
}

async function importsOf(file: string): Promise<Import[]> {
  const text = await Bun.file(join(ROOT, file)).text();
  return [...text.matchAll(IMPORT)].map(([, type, target]) => ({
    to: relative(ROOT, join(ROOT, dirname(file), target)),
    typeOnly: type !== undefined,
  }));
}

const files = [...new Glob("{src,test,bench,disk}/**/*.ts").scanSync(ROOT)].sort();
const imports = new Map(
  await Promise.all(files.map(async (file) => [file, await importsOf(file)] as const)),
);

/** Files that can be come to from themselves, as far as `counts` says of an import: `a.ts -> b.ts -> a.ts`. */
function circles(counts: (one: Import) => boolean): string[] {
  const found: string[] = [];
  const done = new Set<string>();
  const way: string[] = [];
  const visit = (file: string): void => {
    const at = way.indexOf(file);
    if (at >= 0) found.push([...way.slice(at), file].join(" -> "));
    if (at >= 0 || done.has(file)) return;
    way.push(file);
    for (const one of imports.get(file) ?? []) if (counts(one)) visit(one.to);
    way.pop();
    done.add(file);
  };
  for (const file of files) visit(file);
  return found;
}

test("no file is loaded by what it loads", () => {
  expect(circles(({ typeOnly }) => !typeOnly)).toEqual([]);
});

test("types are known in one direction, but for the whole that a part is made with", () => {
  expect(circles(({ to, typeOnly }) => !(typeOnly && WHOLES.has(to)))).toEqual([]);
});
