/** ELF files: hardened reader over bytes; no I/O, no knowledge of loading. */
export {
  DT,
  EF_ARM,
  EM,
  ET,
  machineName,
  PF,
  PT,
  SHF,
  SHN,
  SHT,
  STB,
  STT,
  STV,
  typeName,
} from "./constants.ts";
export type { Dynamic } from "./dynamic.ts";
export { dynamicValue } from "./dynamic.ts";
export { amount, type ElfDefect, ElfError } from "./error.ts";
export type { ElfHeader, ProgramHeader, SectionHeader } from "./headers.ts";
export { ElfImage } from "./image.ts";
export { relocationCode, relocationName } from "./r-arm.ts";
export { ElfRelocations } from "./relocations.ts";
export { ElfSymbols } from "./symbols.ts";
