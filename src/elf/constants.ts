/** Numbers of the ELF specification (System V gABI 4.1, ELF for the Arm Architecture), names verbatim. */

export const ET = { NONE: 0, REL: 1, EXEC: 2, DYN: 3, CORE: 4 } as const;

export const EM = {
  SPARC: 2,
  "386": 3,
  MIPS: 8,
  PPC: 20,
  ARM: 40,
  X86_64: 62,
  XTENSA: 94,
  AARCH64: 183,
  RISCV: 243,
  LOONGARCH: 258,
} as const;

export const PT = {
  NULL: 0,
  LOAD: 1,
  DYNAMIC: 2,
  INTERP: 3,
  NOTE: 4,
  SHLIB: 5,
  PHDR: 6,
  TLS: 7,
  ARM_EXIDX: 0x70000001,
} as const;

export const PF = { X: 1, W: 2, R: 4 } as const;

export const SHT = {
  NULL: 0,
  PROGBITS: 1,
  SYMTAB: 2,
  STRTAB: 3,
  RELA: 4,
  HASH: 5,
  DYNAMIC: 6,
  NOTE: 7,
  NOBITS: 8,
  REL: 9,
  SHLIB: 10,
  DYNSYM: 11,
  INIT_ARRAY: 14,
  FINI_ARRAY: 15,
  PREINIT_ARRAY: 16,
  GROUP: 17,
  SYMTAB_SHNDX: 18,
  ARM_EXIDX: 0x70000001,
  ARM_ATTRIBUTES: 0x70000003,
} as const;

export const SHF = {
  WRITE: 1,
  ALLOC: 2,
  EXECINSTR: 4,
  MERGE: 0x10,
  STRINGS: 0x20,
  TLS: 0x400,
} as const;

export const SHN = {
  UNDEF: 0,
  LORESERVE: 0xff00,
  ABS: 0xfff1,
  COMMON: 0xfff2,
  XINDEX: 0xffff,
} as const;

export const STB = { LOCAL: 0, GLOBAL: 1, WEAK: 2 } as const;

export const STV = { DEFAULT: 0, INTERNAL: 1, HIDDEN: 2, PROTECTED: 3 } as const;

export const STT = {
  NOTYPE: 0,
  OBJECT: 1,
  FUNC: 2,
  SECTION: 3,
  FILE: 4,
  COMMON: 5,
  TLS: 6,
  GNU_IFUNC: 10,
} as const;

export const DT = {
  NULL: 0,
  NEEDED: 1,
  PLTRELSZ: 2,
  HASH: 4,
  STRTAB: 5,
  SYMTAB: 6,
  RELA: 7,
  RELASZ: 8,
  STRSZ: 10,
  SYMENT: 11,
  INIT: 12,
  FINI: 13,
  SONAME: 14,
  REL: 17,
  RELSZ: 18,
  PLTREL: 20,
  TEXTREL: 22,
  JMPREL: 23,
  INIT_ARRAY: 25,
  FINI_ARRAY: 26,
  INIT_ARRAYSZ: 27,
  FINI_ARRAYSZ: 28,
  PREINIT_ARRAY: 32,
  PREINIT_ARRAYSZ: 33,
} as const;

/** e_flags of Arm objects. */
export const EF_ARM = {
  BE8: 0x00800000,
  ABI_FLOAT_SOFT: 0x200,
  ABI_FLOAT_HARD: 0x400,
  EABIMASK: 0xff000000,
  EABI_VER5: 0x05000000,
} as const;

/** Name of an e_machine value, or its number. */
export function machineName(machine: number): string {
  for (const [name, value] of Object.entries(EM)) if (value === machine) return `EM_${name}`;
  return `e_machine ${machine}`;
}

/** Name of an e_type value, or its number. */
export function typeName(type: number): string {
  for (const [name, value] of Object.entries(ET)) if (value === type) return `ET_${name}`;
  return `e_type ${type}`;
}
