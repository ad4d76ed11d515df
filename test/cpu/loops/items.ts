/** Instructions of random loops before they are encoded: the same for all three instruction sets, as far as these have them. */

import type { Neon, VfpA32 } from "../../../src/cpu/decode/mod.ts";

export type Isa = "a32" | "thumb2" | "thumb1";
export const ISAS: readonly Isa[] = ["a32", "thumb2", "thumb1"];

/** The condition "always". */
export const AL = 14;

type Fields = Readonly<Record<string, number>>;
type Size = 1 | 2 | 4 | 8;
/** Executed under this condition; undefined: always. */
interface Conditional {
  readonly c?: number;
}
export const ALU = ["and", "eor", "sub", "rsb", "add", "adc", "sbc", "orr", "bic"] as const;
export const TESTS = ["tst", "teq", "cmp", "cmn"] as const;
export const SHIFTS = ["lsl", "lsr", "asr", "ror"] as const;

/** A register shifted by a constant, or a constant. */
export type Operand =
  { readonly m: number; readonly y?: number; readonly i?: number } | { readonly k: number };

export type Item = Conditional &
  (
    | { readonly op: "label"; readonly name: string }
    | { readonly op: "b" | "bl"; readonly to: string }
    | { readonly op: "return" }
    | { readonly op: "bx" | "blx"; readonly m: number }
    /** MOVW and MOVT. */
    | { readonly op: "constant"; readonly d: number; readonly value: number }
    /** The address of a label, as BX wants it. */
    | { readonly op: "address"; readonly d: number; readonly to: string }
    /** On the stack. */
    | { readonly op: "push" | "pop"; readonly list: number }
    /** A row of the tables with its fields. */
    | { readonly op: "vfp"; readonly row: keyof VfpA32; readonly f: Fields }
    | { readonly op: "neon"; readonly row: keyof Neon; readonly f: Fields }
    | { readonly op: "cbz" | "cbnz"; readonly n: number; readonly to: string }
    | { readonly op: "svc"; readonly i: number }
    | Access
    | {
        readonly op: "loadAt" | "storeAt";
        readonly size: 1 | 2 | 4;
        readonly signed?: boolean;
        readonly t: number;
        readonly n: number;
        readonly m: number;
        readonly shift: number;
      }
    | {
        readonly op: "ldm" | "stm";
        readonly n: number;
        readonly list: number;
        readonly back: boolean;
        readonly w: boolean;
      }
    | {
        readonly op: (typeof ALU)[number];
        readonly s?: boolean;
        readonly d: number;
        readonly n: number;
        readonly with: Operand;
      }
    | {
        readonly op: "mov" | "mvn";
        readonly s?: boolean;
        readonly d: number;
        readonly with: Operand;
      }
    | { readonly op: (typeof TESTS)[number]; readonly n: number; readonly with: Operand }
    | {
        readonly op: "mul" | "uadd8" | "sel";
        readonly d: number;
        readonly n: number;
        readonly m: number;
      }
    | {
        readonly op: "mla";
        readonly d: number;
        readonly n: number;
        readonly m: number;
        readonly a: number;
      }
    | {
        readonly op: "umull";
        readonly l: number;
        readonly h: number;
        readonly n: number;
        readonly m: number;
      }
    | {
        readonly op: "ubfx";
        readonly d: number;
        readonly n: number;
        readonly low: number;
        readonly width: number;
      }
    | { readonly op: "uxtb" | "uxth"; readonly d: number; readonly n: number }
  );
/** `u`: the second register of 8 bytes. */
export interface Access extends Conditional {
  readonly op: "load" | "store";
  readonly size: Size;
  readonly signed?: boolean;
  readonly t: number;
  readonly u?: number;
  readonly n: number;
  readonly form: "offset" | "pre" | "post";
  readonly i: number;
}
