import { relocationCode, relocationName } from "../elf/mod.ts";
import * as field from "./fields-arm.ts";

/**
 * S: value of the symbol with the Thumb bit T in bit 0; A: addend; P: address of the place; B: what is added to the link-time
 * addresses of the module; G: address of the global offset table (GOT_ORG);
 * Pa is P & ~3. The manual's `(S + A) | T` is the same
 * sum because S and A are even where T is 1.
 */
const FORMULAS = {
  "-": () => 0,
  S: (s: number) => s,
  "S + A": (s: number, a: number) => (s + a) | 0,
  "S + A - P": (s: number, a: number, p: number) => (s + a - p) | 0,
  "S + A - Pa": (s: number, a: number, p: number) => (s + a - (p & ~3)) | 0,
  "B + A": (_s: number, a: number, _p: number, b: number) => (b + a) | 0,
  "S + A - G": (s: number, a: number, _p: number, _b: number, g: number) => (s + a - g) | 0,
  "G + A - P": (_s: number, a: number, p: number, _b: number, g: number) => (g + a - p) | 0,
} as const;
type Formula = keyof typeof FORMULAS;

/** What a type needs besides its place. */
export const enum Need {
  Nothing = 0,
  /** S is the address of the symbol's slot in the global offset table. */
  Slot = 1,
  /** A branch of A32, which reaches a veneer where it does not reach its target. */
  VeneerA32 = 2,
  VeneerT32 = 3,
  /** S without the Thumb bit: what is read is a datum, and may lie at an odd address. */
  Datum = 4,
  /** B(S), where the segment that defines the symbol begins. */
  Base = 5,
  /** The contents of a variable of others, for the module's own copy of it. */
  Copy = 6,
}

type Row = readonly [name: string, place: field.Field, formula: Formula, need?: Need];

/** One row a type: IHI 0044, "Relocation codes". A type without a row is refused by its name. */
const ROWS: readonly Row[] = [
  ["R_ARM_NONE", field.none, "-"],
  ["R_ARM_PC24", field.branch24, "S + A - P", Need.VeneerA32],
  ["R_ARM_ABS32", field.word, "S + A"],
  ["R_ARM_REL32", field.word, "S + A - P"],
  ["R_ARM_LDR_PC_G0", field.ldr, "S + A - P"],
  ["R_ARM_ABS16", field.half, "S + A"],
  ["R_ARM_ABS12", field.low12, "S + A"],
  ["R_ARM_ABS8", field.byte, "S + A"],
  ["R_ARM_SBREL32", field.word, "S + A", Need.Base],
  ["R_ARM_THM_CALL", field.thumbCall, "S + A - P", Need.VeneerT32],
  ["R_ARM_THM_PC8", field.thumbLdr8, "S + A - Pa", Need.Datum],
  ["R_ARM_COPY", field.none, "-", Need.Copy],
  ["R_ARM_GLOB_DAT", field.word, "S"],
  ["R_ARM_JUMP_SLOT", field.word, "S"],
  ["R_ARM_RELATIVE", field.word, "B + A"],
  ["R_ARM_GOTOFF32", field.word, "S + A - G"],
  ["R_ARM_BASE_PREL", field.word, "G + A - P"],
  ["R_ARM_GOT_BREL", field.word, "S + A - G", Need.Slot],
  ["R_ARM_PLT32", field.branch24, "S + A - P", Need.VeneerA32],
  ["R_ARM_CALL", field.branch24, "S + A - P", Need.VeneerA32],
  ["R_ARM_JUMP24", field.branch24, "S + A - P", Need.VeneerA32],
  ["R_ARM_THM_JUMP24", field.thumbJump24, "S + A - P", Need.VeneerT32],
  // ARMv4 is not simulated: BX stays BX.
  ["R_ARM_V4BX", field.none, "-"],
  // As bare-metal ld treats them: TARGET1 is ABS32, TARGET2 is REL32.
  ["R_ARM_TARGET1", field.word, "S + A"],
  ["R_ARM_TARGET2", field.word, "S + A - P"],
  ["R_ARM_PREL31", field.prel31, "S + A - P"],
  ["R_ARM_MOVW_ABS_NC", field.movw, "S + A"],
  ["R_ARM_MOVT_ABS", field.movt, "S + A"],
  ["R_ARM_MOVW_PREL_NC", field.movw, "S + A - P"],
  ["R_ARM_MOVT_PREL", field.movt, "S + A - P"],
  ["R_ARM_THM_MOVW_ABS_NC", field.thumbMovw, "S + A"],
  ["R_ARM_THM_MOVT_ABS", field.thumbMovt, "S + A"],
  ["R_ARM_THM_MOVW_PREL_NC", field.thumbMovw, "S + A - P"],
  ["R_ARM_THM_MOVT_PREL", field.thumbMovt, "S + A - P"],
  ["R_ARM_THM_JUMP19", field.thumbJump19, "S + A - P", Need.VeneerT32],
  ["R_ARM_THM_PC12", field.thumbLdr12, "S + A - Pa", Need.Datum],
  ["R_ARM_ABS32_NOI", field.word, "S + A"],
  ["R_ARM_REL32_NOI", field.word, "S + A - P"],
  ["R_ARM_GOT_PREL", field.word, "S + A - P", Need.Slot],
  ["R_ARM_THM_JUMP11", field.thumbJump11, "S + A - P"],
  ["R_ARM_THM_JUMP8", field.thumbJump8, "S + A - P"],
];

/** `SIZE` of a type that has no row. */
export const UNKNOWN = 0xff;
/** Bytes of the place by relocation code. */
export const SIZE = new Uint8Array(256).fill(UNKNOWN);
export const FIELD: field.Field[] = new Array(256).fill(field.none);
export const FORMULA: ((s: number, a: number, p: number, b: number, g: number) => number)[] =
  new Array(256).fill(FORMULAS["-"]);
export const NEED = new Uint8Array(256);
for (const [name, place, formula, need] of ROWS) {
  const code = relocationCode(name);
  SIZE[code] = place.size;
  FIELD[code] = place;
  FORMULA[code] = FORMULAS[formula];
  NEED[code] = need ?? Need.Nothing;
}

const FIXED = "build with -fPIC -shared -mlong-calls";

/** Why the types without a row have none; the first pattern that fits. */
const REASONS: readonly (readonly [pattern: RegExp, reason: string])[] = [
  [
    /TLS/,
    "native thread-local variables (__thread, thread_local) need a system with a thread pointer; clang -femulated-tls makes ones that work, and gcc for arm-none-eabi has none",
  ],
  [
    /IRELATIVE/,
    "functions chosen at load time (ifunc) are not supported: remove __attribute__((ifunc)) and target_clones",
  ],
  [/FUNCDESC/, "the file is for FDPIC: build without -mfdpic"],
  [
    /SBREL|_SB_G|MOV._BREL/,
    "it counts from a static base in r9 (RWPI), which nobody sets here: build with -fPIC in place of -frwpi",
  ],
];

/** A line for each reason: the types, and what to do. */
export function unknownTypes(unknown: ReadonlyMap<number, number>): string {
  const byReason = new Map<string, string[]>();
  for (const [type, count] of unknown) {
    const name = relocationName(type);
    const reason = REASONS.find(([pattern]) => pattern.test(name))?.[1] ?? FIXED;
    const text = `${name} (${count} ${count === 1 ? "record" : "records"})`;
    const list = byReason.get(reason);
    if (list) list.push(text);
    else byReason.set(reason, [text]);
  }
  return [...byReason]
    .map(
      ([reason, list]) =>
        `it uses relocations that cannot be applied here, ${list.join(", ")}: ${reason}`,
    )
    .join("\n");
}
