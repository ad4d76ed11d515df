import { once, table } from "./table.ts";

/** 16-bit Thumb encodings (ARM ARM A6.2). */
export const thumb16 = once(() =>
  table(16, {
    // Shift (immediate), add, subtract, move and compare: A6.2.1
    mov_reg_low: ["MOV{S} <Rd>, <Rm>", "0000000000mmmddd"],
    lsl_imm: ["LSL{S}<c> <Rd>, <Rm>, #<i>", "00000iiiiimmmddd"],
    lsr_imm: ["LSR{S}<c> <Rd>, <Rm>, #<i>", "00001iiiiimmmddd"],
    asr_imm: ["ASR{S}<c> <Rd>, <Rm>, #<i>", "00010iiiiimmmddd"],
    add_reg: ["ADD{S}<c> <Rd>, <Rn>, <Rm>", "0001100mmmnnnddd"],
    sub_reg: ["SUB{S}<c> <Rd>, <Rn>, <Rm>", "0001101mmmnnnddd"],
    add_imm3: ["ADD{S}<c> <Rd>, <Rn>, #<i>", "0001110iiinnnddd"],
    sub_imm3: ["SUB{S}<c> <Rd>, <Rn>, #<i>", "0001111iiinnnddd"],
    mov_imm8: ["MOV{S}<c> <Rd>, #<i>", "00100dddiiiiiiii"],
    cmp_imm8: ["CMP<c> <Rn>, #<i>", "00101nnniiiiiiii"],
    add_imm8: ["ADD{S}<c> <Rd>, #<i>", "00110dddiiiiiiii"],
    sub_imm8: ["SUB{S}<c> <Rd>, #<i>", "00111dddiiiiiiii"],

    // Data processing: A6.2.2
    and_reg: ["AND{S}<c> <Rd>, <Rm>", "0100000000mmmddd"],
    eor_reg: ["EOR{S}<c> <Rd>, <Rm>", "0100000001mmmddd"],
    lsl_reg: ["LSL{S}<c> <Rd>, <Rm>", "0100000010mmmddd"],
    lsr_reg: ["LSR{S}<c> <Rd>, <Rm>", "0100000011mmmddd"],
    asr_reg: ["ASR{S}<c> <Rd>, <Rm>", "0100000100mmmddd"],
    adc_reg: ["ADC{S}<c> <Rd>, <Rm>", "0100000101mmmddd"],
    sbc_reg: ["SBC{S}<c> <Rd>, <Rm>", "0100000110mmmddd"],
    ror_reg: ["ROR{S}<c> <Rd>, <Rm>", "0100000111mmmddd"],
    tst_reg: ["TST<c> <Rn>, <Rm>", "0100001000mmmnnn"],
    rsb_imm: ["RSB{S}<c> <Rd>, <Rn>, #0", "0100001001nnnddd"],
    cmp_reg: ["CMP<c> <Rn>, <Rm>", "0100001010mmmnnn"],
    cmn_reg: ["CMN<c> <Rn>, <Rm>", "0100001011mmmnnn"],
    orr_reg: ["ORR{S}<c> <Rd>, <Rm>", "0100001100mmmddd"],
    mul: ["MUL{S}<c> <Rd>, <Rn>, <Rd>", "0100001101nnnddd"],
    bic_reg: ["BIC{S}<c> <Rd>, <Rm>", "0100001110mmmddd"],
    mvn_reg: ["MVN{S}<c> <Rd>, <Rm>", "0100001111mmmddd"],

    // Special data instructions, branch and exchange: A6.2.3
    add_reg_high: ["ADD<c> <Rd>, <Rm>", "01000100dmmmmddd"],
    cmp_reg_high: ["CMP<c> <Rn>, <Rm>", "01000101nmmmmnnn"],
    mov_reg: ["MOV<c> <Rd>, <Rm>", "01000110dmmmmddd"],
    bx: ["BX<c> <Rm>", "010001110mmmm000"],
    blx_reg: ["BLX<c> <Rm>", "010001111mmmm000", "m!=15"],

    // Load/store single data item: A6.2.4
    ldr_lit: ["LDR<c> <Rt>, <label>", "01001tttiiiiiiii"],
    str_reg: ["STR<c> <Rt>, [<Rn>, <Rm>]", "0101000mmmnnnttt"],
    strh_reg: ["STRH<c> <Rt>, [<Rn>, <Rm>]", "0101001mmmnnnttt"],
    strb_reg: ["STRB<c> <Rt>, [<Rn>, <Rm>]", "0101010mmmnnnttt"],
    ldrsb_reg: ["LDRSB<c> <Rt>, [<Rn>, <Rm>]", "0101011mmmnnnttt"],
    ldr_reg: ["LDR<c> <Rt>, [<Rn>, <Rm>]", "0101100mmmnnnttt"],
    ldrh_reg: ["LDRH<c> <Rt>, [<Rn>, <Rm>]", "0101101mmmnnnttt"],
    ldrb_reg: ["LDRB<c> <Rt>, [<Rn>, <Rm>]", "0101110mmmnnnttt"],
    ldrsh_reg: ["LDRSH<c> <Rt>, [<Rn>, <Rm>]", "0101111mmmnnnttt"],
    str_imm: ["STR<c> <Rt>, [<Rn>, #<i*4>]", "01100iiiiinnnttt"],
    ldr_imm: ["LDR<c> <Rt>, [<Rn>, #<i*4>]", "01101iiiiinnnttt"],
    strb_imm: ["STRB<c> <Rt>, [<Rn>, #<i>]", "01110iiiiinnnttt"],
    ldrb_imm: ["LDRB<c> <Rt>, [<Rn>, #<i>]", "01111iiiiinnnttt"],
    strh_imm: ["STRH<c> <Rt>, [<Rn>, #<i*2>]", "10000iiiiinnnttt"],
    ldrh_imm: ["LDRH<c> <Rt>, [<Rn>, #<i*2>]", "10001iiiiinnnttt"],
    str_sp: ["STR<c> <Rt>, [SP, #<i*4>]", "10010tttiiiiiiii"],
    ldr_sp: ["LDR<c> <Rt>, [SP, #<i*4>]", "10011tttiiiiiiii"],

    // Generate pc-relative and sp-relative address: A8.8.12, A8.8.9
    adr: ["ADR<c> <Rd>, <label>", "10100dddiiiiiiii"],
    add_rd_sp: ["ADD<c> <Rd>, SP, #<i*4>", "10101dddiiiiiiii"],

    // Miscellaneous: A6.2.5
    add_sp: ["ADD<c> SP, SP, #<i*4>", "101100000iiiiiii"],
    sub_sp: ["SUB<c> SP, SP, #<i*4>", "101100001iiiiiii"],
    cbz: ["CBZ <Rn>, <label>", "101100i1iiiiinnn"],
    cbnz: ["CBNZ <Rn>, <label>", "101110i1iiiiinnn"],
    sxth: ["SXTH<c> <Rd>, <Rm>", "1011001000mmmddd"],
    sxtb: ["SXTB<c> <Rd>, <Rm>", "1011001001mmmddd"],
    uxth: ["UXTH<c> <Rd>, <Rm>", "1011001010mmmddd"],
    uxtb: ["UXTB<c> <Rd>, <Rm>", "1011001011mmmddd"],
    push: ["PUSH<c> <registers>", "1011010Mrrrrrrrr"],
    pop: ["POP<c> <registers>", "1011110Prrrrrrrr"],
    setend: ["SETEND <E>", "101101100101E000"],
    cps: ["CPS<i> <A><I><F>", "10110110011i0AIF"],
    rev: ["REV<c> <Rd>, <Rm>", "1011101000mmmddd"],
    rev16: ["REV16<c> <Rd>, <Rm>", "1011101001mmmddd"],
    revsh: ["REVSH<c> <Rd>, <Rm>", "1011101011mmmddd"],
    bkpt: ["BKPT #<i>", "10111110iiiiiiii"],

    // If-then and hints: A6.2.5
    nop: ["NOP<c>", "1011111100000000"],
    yield: ["YIELD<c>", "1011111100010000"],
    wfe: ["WFE<c>", "1011111100100000"],
    wfi: ["WFI<c>", "1011111100110000"],
    sev: ["SEV<c>", "1011111101000000"],
    hint: ["NOP<c> {<i>}", "10111111iiii0000"],
    it: ["IT{<x>{<y>{<z>}}} <firstcond>", "10111111ffffkkkk", "f!=15"],

    // Load/store multiple, conditional branch, supervisor call: A6.2.6
    stm: ["STM<c> <Rn>!, <registers>", "11000nnnrrrrrrrr", "r!=0"],
    ldm: ["LDM<c> <Rn>{!}, <registers>", "11001nnnrrrrrrrr", "r!=0"],
    b_cond: ["B<c> <label>", "1101cccciiiiiiii", "c!=14,15"],
    udf: ["UDF<c> #<i>", "11011110iiiiiiii"],
    svc: ["SVC<c> #<i>", "11011111iiiiiiii"],
    b: ["B<c> <label>", "11100iiiiiiiiiii"],
  }),
);
