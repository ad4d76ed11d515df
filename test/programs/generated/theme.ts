import type { Random } from "../../cpu/qemu/random.ts";

/** A program: declarations before, and statements of, its function. */
export interface Text {
  readonly declarations: string;
  readonly body: string;
}

/** Writes a program; names that it declares begin with `id`. */
export type Theme = (random: Random, id: string) => Text;
