/** C programs from a seed: each has a theme, a part of the language that compilers treat in its own way. */
import { Random } from "../../cpu/qemu/random.ts";
import { calls, recursion, structs, variadic } from "./call-themes.ts";
import { jumps, nested, pointers, switches } from "./control-themes.ts";
import { bitfields, memory, strings, unions, variables } from "./data-themes.ts";
import { arrays, floatArrays, floats, integers, wide } from "./number-themes.ts";
import type { Theme } from "./theme.ts";

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

/** The C text of function `name`. Themes take turns: any 18 programs in a row have all of them. */
export function program(seed: number, name: string): string {
  const theme = NAMES[seed % NAMES.length];
  const { declarations, body } = THEMES[theme](new Random(seed), name);
  return `/* ${theme} */\n${declarations}\nvoid ${name}(void) {\n${body}\n}\n`;
}
