/** Pieces of code, each for one thing that lifting has to get right. r8 points into memory; r7 has an FPSCR. */
export interface Source {
  readonly name: string;
  readonly thumb: boolean;
  readonly text: string;
}

const a32 = (name: string, text: string): Source => ({ name, thumb: false, text });
const thumb = (name: string, text: string): Source => ({ name, thumb: true, text });

export const SOURCES: readonly Source[] = [
  a32("a sum of 64 bits keeps the carry between the words", "adds r0, r0, r2; adc r1, r1, r3"),
  a32("flags that nobody reads are not written", "adds r0, r1, r2; subs r3, r4, r5"),
  a32(
    "a comparison and conditional instructions share a skip",
    "cmp r0, r1; movlt r2, #1; movlt r3, #2; movge r2, #3",
  ),
  a32("carry of a rotated constant", "movs r0, #0xff000000; adc r1, r1, r1"),
  a32(
    "shifted operands",
    "add r0, r1, r2, lsl #3; sub r3, r4, r5, asr #31; orr r6, r1, r2, ror #7; mov r4, r4, rrx",
  ),
  a32("shift by a register, with its carry", "lsls r0, r1, r2; mov r3, #0; adc r3, r3, #0"),
  a32("the pc reads 8 ahead", "add r0, pc, #16; sub r0, r0, pc"),
  a32("a constant of two halves is one", "movw r0, #0x5678; movt r0, #0x1234; movt r1, #0xffff"),
  a32(
    "load and store with write-back",
    "ldr r0, [r8, #4]!; str r0, [r8], #8; ldrb r1, [r8, -r0, lsr #27]; sub r8, r8, #12",
  ),
  a32(
    "signed loads and an unaligned word",
    "ldrsb r0, [r8, #1]; ldrsh r1, [r8, #2]; ldr r2, [r8, #3]; strh r2, [r8, #6]",
  ),
  a32("a literal", "ldr r0, 1f; b 2f; 1: .word 0x12345678; 2: add r0, r0, #1"),
  a32("several registers, base among them", "stmdb r8, {r0-r3}; ldmdb r8, {r4-r6, r8}; mov r8, sp"),
  a32("pairs", "ldrd r0, r1, [r8, #8]; strd r0, r1, [r8, #-16]"),
  a32("long products", "umull r0, r1, r2, r3; smlal r0, r1, r4, r5; umaal r0, r1, r6, r2"),
  a32(
    "products with halves, saturation",
    "smlabt r0, r1, r2, r3; smulwb r4, r1, r2; qadd r5, r0, r4; ssat r6, #12, r5, asr #3",
  ),
  a32("parallel sums and selection", "uadd8 r0, r1, r2; sel r3, r4, r5; usad8 r6, r1, r2"),
  a32(
    "bit-fields",
    "ubfx r0, r1, #3, #9; sbfx r2, r1, #20, #12; bfi r3, r4, #8, #16; bfc r5, #1, #30",
  ),
  a32("counts and reversals", "clz r0, r1; rbit r2, r3; rev r4, r5; rev16 r6, r1; revsh r0, r0"),
  a32("division, also by zero", "mov r2, #0; udiv r0, r1, r2; sdiv r3, r4, r5"),
  a32("exclusive access", "mov r3, #7; ldrex r0, [r8]; strex r1, r3, [r8]; strex r2, r3, [r8]"),
  a32(
    "flags through the status register",
    "mrs r0, cpsr; eor r0, r0, #0x50000000; msr cpsr_f, r0; addcs r1, r1, #1; and r0, r0, #0xf0000000",
  ),
  a32("a loop", "mov r0, #0; mov r1, #5; 1: add r0, r0, r1; subs r1, r1, #1; bne 1b"),
  thumb(
    "16-bit arithmetic sets flags",
    "adds r0, r1, r2; lsls r3, r4, #5; negs r5, r6; adcs r1, r2",
  ),
  thumb("an IT block", "cmp r0, r1; ite gt; movgt r2, r0; movle r2, r1; it eq; addeq r3, r3, r4"),
  thumb(
    "an IT block in which a comparison changes the flags",
    "cmp r0, #0; itt ne; cmpne r1, r2; movne r3, r4",
  ),
  thumb("compare with zero and branch", "mov r0, #0; cbz r0, 1f; mov r1, #1; 1: adds r2, r2, #1"),
  thumb(
    "a table of branches",
    "and r0, r0, #1; tbb [pc, r0]; 1: .byte (2f-1b)/2, (3f-1b)/2; 2: movs r1, #2; 3: movs r2, #3",
  ),
  thumb(
    "wide constants",
    "mov.w r0, #0xab00ab00; mvn.w r1, #0xff; movs.w r2, #0xff000; addw r3, r4, #0xfff",
  ),
  thumb(
    "the pc reads 4 ahead, and is aligned in a literal",
    "ldr r0, 1f; mov r1, pc; mov r2, pc; subs r1, r2, r1; movs r2, #0; b 2f; .balign 4; 1: .word 0x89abcdef; 2: nop",
  ),
  thumb(
    "stores and loads relative to sp",
    "push {r0-r3}; ldr r4, [sp, #4]; add sp, #8; pop {r5, r6}",
  ),
  thumb("pre- and post-indexed", "ldr.w r0, [r8, #-4]!; strb.w r0, [r8], #1; ldrsh.w r1, [r8, #5]"),
  thumb(
    "multiply and accumulate",
    "mls r0, r1, r2, r3; smmlar r4, r1, r2, r5; smlald r0, r1, r2, r3",
  ),
  a32(
    "double arithmetic",
    "vadd.f64 d0, d1, d2; vmla.f64 d0, d3, d4; vdiv.f64 d5, d0, d6; vsqrt.f64 d7, d5",
  ),
  a32(
    "single arithmetic and conversion",
    "vmul.f32 s0, s2, s3; vcvt.f64.f32 d1, s0; vcvt.s32.f64 s4, d1; vcvt.f32.u32 s5, s4",
  ),
  a32(
    "comparison of floating point",
    "vcmpe.f64 d0, d1; vmrs APSR_nzcv, fpscr; movmi r0, #1; movvs r0, #2",
  ),
  a32(
    "registers between the files",
    "vmov d0, r0, r1; vmov r2, s1; vmov.f64 d3, #-1.5; vmov s9, r3; vmov r4, r5, d3",
  ),
  a32(
    "floating-point load and store",
    "vldr d0, [r8, #8]; vstr s0, [r8, #-4]; vldmia r8, {d4-d6}; vstmdb r8!, {s8-s10}; add r8, r8, #12",
  ),
  thumb(
    "fused, selection, rounding",
    "vfma.f32 s0, s1, s2; vfnms.f64 d3, d4, d5; it ne; vmovne.f32 s6, s7",
  ),
  a32(
    "Advanced SIMD",
    "vadd.i16 q0, q1, q2; vmull.s16 q3, d0, d1; vshrn.i32 d8, q3, #8; vmov.i32 q5, #0xff00; vdup.8 d9, r0",
  ),
  a32("structures", "vld2.8 {d0-d1}, [r8]; vst1.32 {d1[1]}, [r8]; vld1.16 {d4[]}, [r8]"),
];
