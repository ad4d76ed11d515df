/** C programs from a seed: a few themes each, every one a part of the language that compilers treat in its own way. */
import { Random } from "../../cpu/qemu/random.ts";
import { calls, recursion, structs, variadic } from "./call-themes.ts";
import { jumps, nested, pointers, switches } from "./control-themes.ts";
import { bitfields, memory, strings, unions, variables } from "./data-themes.ts";
import { arrays, floatArrays, floats, integers, wide } from "./number-themes.ts";

/** One part of a program: declarations before, and statements of, its function. */
export interface Part {
  readonly declarations: string;
  readonly body: string;
}
/** Writes a part; names that it declares begin with `id`. */
export type Theme = (random: Random, id: string) => Part;

const THEMES: Readonly<Record<string, Theme>> = {
  integers,
  wide,
  floats,
  arrays,
  floatArrays,
  calls,
  structs,
  variadic,
  recursion,
  switches,
  pointers,
  jumps,
  nested,
  bitfields,
  unions,
  memory,
  strings,
  variables,
};
const NAMES = Object.keys(THEMES);
const PARTS = 4;

/** The C text of function `name`. Themes take turns, so that any five programs in a row have all of them. */
export function program(seed: number, name: string): string {
  const random = new Random(seed);
  const declarations: string[] = [];
  const body: string[] = [];
  for (let k = 0; k < PARTS; k++) {
    const theme = NAMES[(seed * PARTS + k) % NAMES.length];
    const id = `${name}_${k}`;
    const part = THEMES[theme](random, id);
    declarations.push(`/* ${theme} */\n${part.declarations}`);
    body.push(`NOINLINE static void ${id}_run(void) {\n${part.body}\n}`);
  }
  const runs = body.map((_, k) => `  ${name}_${k}_run();`).join("\n");
  return `${declarations.map((text, k) => `${text}\n${body[k]}`).join("\n\n")}\n\nvoid ${name}(void) {\n${runs}\n}\n`;
}
