/** Modules with many relocations of one type, for every type that a module can carry. */
import { relocationCode } from "../../src/elf/mod.ts";
import { makeModule, type Record_, type Symbol_ } from "../../test/elf/make-module.ts";

/**
 * What the symbols are: `few` shared functions and imports; `number`, one small absolute value; `near`, for types of short reach, a
 * label of its own 8 bytes behind each place.
 */
type Targets = "few" | "number" | "near" | "none";

export const TYPES: Readonly<Record<string, Targets>> = {
  ABS32: "few",
  REL32: "few",
  GLOB_DAT: "few",
  JUMP_SLOT: "few",
  RELATIVE: "none",
  NONE: "few",
  V4BX: "none",
  PREL31: "few",
  TARGET1: "few",
  TARGET2: "few",
  ABS32_NOI: "few",
  REL32_NOI: "few",
  MOVW_ABS_NC: "few",
  MOVT_ABS: "few",
  MOVW_PREL_NC: "few",
  MOVT_PREL: "few",
  THM_MOVW_ABS_NC: "few",
  THM_MOVT_ABS: "few",
  THM_MOVW_PREL_NC: "few",
  THM_MOVT_PREL: "few",
  GOT_BREL: "few",
  GOT_PREL: "few",
  GOTOFF32: "few",
  BASE_PREL: "few",
  ABS16: "number",
  ABS12: "number",
  ABS8: "number",
  CALL: "near",
  JUMP24: "near",
  PC24: "near",
  PLT32: "near",
  LDR_PC_G0: "near",
  THM_CALL: "near",
  THM_JUMP24: "near",
  THM_JUMP19: "near",
  THM_JUMP11: "near",
  THM_JUMP8: "near",
  THM_PC12: "near",
  THM_PC8: "near",
};

const SHARED = 100;
const FUNC = 0x12;
const ABS = 0xfff1;

/** `count` records of one type at consecutive words. */
export function manyOf(name: string, count: number): { file: Uint8Array; dataAddress: number } {
  const targets = TYPES[name];
  const type = relocationCode(`R_ARM_${name}`);
  const each = targets === "near";
  const records = Array.from({ length: count }, (_, i): Record_ => {
    const symbol = targets === "none" ? 0 : each ? 1 + i : 1 + (i % SHARED);
    return { offset: 4 * i, type, symbol };
  });
  const make = (data: number) =>
    makeModule({
      symbols: Array.from({ length: each ? count : SHARED }, (_, i): Symbol_ => {
        if (each) return { name: "label", value: data + 4 * i + 8, info: 0, shndx: 4 };
        if (targets === "number") return { name: "number", value: 0x44, info: 0x10, shndx: ABS };
        return i % 2
          ? { name: `local_function_${i}`, value: 64 + 4 * i, info: FUNC, shndx: 4 }
          : { name: `kernel_function_${i}` };
      }),
      relocations: records,
      data: new Uint8Array(4 * count),
    });
  // Where the data begins depends on the number of symbols, not on their values.
  const { dataAddress } = make(0);
  return each ? make(dataAddress) : make(0);
}

/** `count` records that take turns with the types; `symbols` distinct symbols, every other one an import. */
export function synthetic(count: number, types: readonly number[], symbols: number): Uint8Array {
  const names = Array.from({ length: symbols }, (_, i) =>
    i % 2
      ? { name: `local_function_${i}`, value: 64 + 4 * i, info: 0x12, shndx: 4 }
      : { name: `kernel_function_${i}` },
  );
  const relocations = Array.from({ length: count }, (_, i) => {
    const type = types[i % types.length];
    return { offset: 4 * i, type, symbol: type === 23 ? 0 : 1 + (i % symbols) };
  });
  return makeModule({ symbols: names, relocations, data: new Uint8Array(4 * count) }).file;
}
