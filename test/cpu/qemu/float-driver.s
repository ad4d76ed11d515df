@ Runs floating-point cases: loads d0-d31, FPSCR, flags and r0-r9 of a record, calls the case, and writes down what it left.

  .syntax unified
  .arch armv7-a
  .fpu vfpv3
  .arm

  .text
  .global _start
_start:
next:
  ldr   r12, record
  ldr   r10, records_end
  cmp   r12, r10
  beq   finish
  vldmia r12!, {d0-d15}
  vldmia r12!, {d16-d31}
  ldm   r12!, {r0-r1}
  vmsr  fpscr, r0
  msr   APSR_nzcvq, r1
  ldm   r12!, {r0-r10}        @ r8, r9: window, r10: entry
  str   r12, record
  mov   sp, r8
  blx   r10
  ldr   r12, result
  vstmia r12!, {d0-d15}
  vstmia r12!, {d16-d31}
  mrs   r11, cpsr
  and   r11, r11, #0xf0000000
  vmrs  r10, fpscr
  stm   r12!, {r0-r11}
  str   sp, [r12], #4
  str   r12, result
  b     next

finish:
  ldr   r5, output
  ldr   r6, output_end
1: subs  r2, r6, r5
  beq   2f
  mov   r1, r5
  mov   r0, #1
  mov   r7, #4                @ write
  svc   #0
  cmp   r0, #0
  ble   2f
  add   r5, r5, r0
  b     1b
2: mov   r0, #0
  mov   r7, #1                @ exit
  svc   #0
  .ltorg

  .org 0x800
record:      .word 0            @ filled in by float-image.ts, in this order
records_end: .word 0
result:      .word 0
output:      .word 0
output_end:  .word 0
