/**
 * Relocation codes of ELF for the Arm Architecture (IHI 0044, "Relocation codes table"), names verbatim.
 * The order of a block is the order of the codes; `block` gives the first one.
 */
const BLOCKS: readonly { readonly block: number; readonly names: string }[] = [
  {
    block: 0,
    names: `NONE PC24 ABS32 REL32 LDR_PC_G0 ABS16 ABS12 THM_ABS5 ABS8 SBREL32 THM_CALL THM_PC8 BREL_ADJ TLS_DESC
      THM_SWI8 XPC25 THM_XPC22 TLS_DTPMOD32 TLS_DTPOFF32 TLS_TPOFF32 COPY GLOB_DAT JUMP_SLOT RELATIVE GOTOFF32
      BASE_PREL GOT_BREL PLT32 CALL JUMP24 THM_JUMP24 BASE_ABS ALU_PCREL_7_0 ALU_PCREL_15_8 ALU_PCREL_23_15
      LDR_SBREL_11_0_NC ALU_SBREL_19_12_NC ALU_SBREL_27_20_CK TARGET1 SBREL31 V4BX TARGET2 PREL31 MOVW_ABS_NC
      MOVT_ABS MOVW_PREL_NC MOVT_PREL THM_MOVW_ABS_NC THM_MOVT_ABS THM_MOVW_PREL_NC THM_MOVT_PREL THM_JUMP19
      THM_JUMP6 THM_ALU_PREL_11_0 THM_PC12 ABS32_NOI REL32_NOI ALU_PC_G0_NC ALU_PC_G0 ALU_PC_G1_NC ALU_PC_G1
      ALU_PC_G2 LDR_PC_G1 LDR_PC_G2 LDRS_PC_G0 LDRS_PC_G1 LDRS_PC_G2 LDC_PC_G0 LDC_PC_G1 LDC_PC_G2 ALU_SB_G0_NC
      ALU_SB_G0 ALU_SB_G1_NC ALU_SB_G1 ALU_SB_G2 LDR_SB_G0 LDR_SB_G1 LDR_SB_G2 LDRS_SB_G0 LDRS_SB_G1 LDRS_SB_G2
      LDC_SB_G0 LDC_SB_G1 LDC_SB_G2 MOVW_BREL_NC MOVT_BREL MOVW_BREL THM_MOVW_BREL_NC THM_MOVT_BREL THM_MOVW_BREL
      TLS_GOTDESC TLS_CALL TLS_DESCSEQ THM_TLS_CALL PLT32_ABS GOT_ABS GOT_PREL GOT_BREL12 GOTOFF12 GOTRELAX
      GNU_VTENTRY GNU_VTINHERIT THM_JUMP11 THM_JUMP8 TLS_GD32 TLS_LDM32 TLS_LDO32 TLS_IE32 TLS_LE32 TLS_LDO12
      TLS_LE12 TLS_IE12GP`,
  },
  {
    block: 128,
    names: `ME_TOO THM_TLS_DESCSEQ16 THM_TLS_DESCSEQ32 THM_GOT_BREL12 THM_ALU_ABS_G0_NC THM_ALU_ABS_G1_NC
      THM_ALU_ABS_G2_NC THM_ALU_ABS_G3 THM_BF16 THM_BF12 THM_BF18`,
  },
  {
    block: 160,
    names: `IRELATIVE GOTFUNCDESC GOTOFFFUNCDESC FUNCDESC FUNCDESC_VALUE TLS_GD32_FDPIC TLS_LDM32_FDPIC
      TLS_IE32_FDPIC`,
  },
];

const NAMES: string[] = [];
const CODES = new Map<string, number>();
for (const { block, names } of BLOCKS) {
  let code = block;
  for (const word of names.split(" ")) {
    const name = word.trim();
    if (name === "") continue;
    NAMES[code] = `R_ARM_${name}`;
    CODES.set(`R_ARM_${name}`, code++);
  }
}

/** `R_ARM_CALL` for 28; `R_ARM type 250` for a code without a name. */
export function relocationName(type: number): string {
  return NAMES[type] ?? `R_ARM type ${type}`;
}

/** 28 for `R_ARM_CALL`. Throws for a name that the table does not have: names are written by programmers. */
export function relocationCode(name: string): number {
  const code = CODES.get(name);
  if (code === undefined) throw new Error(`no relocation is called ${name}`);
  return code;
}
