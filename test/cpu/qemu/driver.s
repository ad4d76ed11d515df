@ Runs the test cases of one image. Two engines execute this same code: qemu-arm and the interpreter under test.
@
@ A case starts with r0-r14 and the flags of its record, branches to its code, and comes back to `done` (A32) by a
@ load of pc from a literal. A case that faults comes back through the signal handler (qemu-arm) or is recorded by
@ the harness (interpreter); either way execution goes on at `next`.
@
@ The code fills less than the first page of the image and the words it writes are in the second, so that a
@ translator never sees stores into the page it runs from, and `done` reaches them relative to pc with every
@ register still live.

  .syntax unified
  .arch armv7-a
  .arm

  .equ RECORD_CPSR,  60       @ record: r0-r12, sp, lr, flags, entry
  .equ RECORD_ENTRY, 64
  .equ RECORD_SIZE,  68

  .equ SYS_exit, 1
  .equ SYS_write, 4
  .equ SYS_rt_sigaction, 174
  .equ SYS_sigaltstack, 186

  .equ UC_REGS, 32            @ struct ucontext (Linux, ARM): r0 of uc_mcontext
  .equ UC_PC,   92
  .equ UC_CPSR, 96

  .equ STATE_BITS, 0x0600fc20 @ CPSR: IT[1:0], IT[7:2], T

  .text
  .global _start
_start:
  adr   r0, altstack
  mov   r1, #0
  ldr   r7, =SYS_sigaltstack
  svc   #0
  adr   r5, signals
1: ldrb  r0, [r5], #1
  cmp   r0, #0
  beq   next
  adr   r1, action
  mov   r2, #0
  mov   r3, #8
  ldr   r7, =SYS_rt_sigaction
  svc   #0
  b     1b

  .global next
next:
  clrex
  ldr   r1, record
  ldr   r2, records_end
  cmp   r1, r2
  beq   finish
  add   r2, r1, #RECORD_SIZE
  str   r2, record
  ldr   r2, [r1, #RECORD_ENTRY]
  str   r2, entry
  ldr   r2, [r1, #RECORD_CPSR]
  msr   APSR_nzcvqg, r2
  ldr   sp, [r1, #52]
  ldr   lr, [r1, #56]
  ldm   r1, {r0-r12}
  ldr   pc, entry

  .global done
done:
  str   lr, link
  ldr   lr, result
  stmia lr!, {r0-r12}
  mrs   r0, cpsr
  ldr   r1, =0xf80f0000       @ N Z C V Q, GE
  and   r2, r0, r1
  mov   r0, sp
  ldr   r1, link
  mov   r3, #0
  mov   r4, #0
  stmia lr!, {r0-r4}          @ sp, lr, flags, pc of the fault, signal
  str   lr, result
  b     next

@ void fault(int signal, siginfo_t *, struct ucontext *)
fault:
  ldr   r12, result
  add   r1, r2, #UC_REGS
  mov   r3, #15
1: ldr   r4, [r1], #4
  str   r4, [r12], #4
  subs  r3, r3, #1
  bne   1b
  ldr   r4, [r2, #UC_CPSR]
  ldr   r5, =(0xf80f0000 | STATE_BITS)
  and   r5, r4, r5
  str   r5, [r12], #4
  ldr   r5, [r2, #UC_PC]
  str   r5, [r12], #4
  str   r0, [r12], #4
  str   r12, result
  ldr   r5, =STATE_BITS
  bic   r4, r4, r5
  str   r4, [r2, #UC_CPSR]
  adr   r5, next
  str   r5, [r2, #UC_PC]
  bx    lr

finish:
  ldr   r5, output
  ldr   r6, output_end
1: subs  r2, r6, r5
  beq   2f
  mov   r1, r5
  mov   r0, #1
  mov   r7, #SYS_write
  svc   #0
  cmp   r0, #0
  ble   2f
  add   r5, r5, r0
  b     1b
2: mov   r0, #0
  mov   r7, #SYS_exit
  svc   #0

signals: .byte 4, 5, 7, 11, 0  @ SIGILL SIGTRAP SIGBUS SIGSEGV
  .align 2
action:  .word fault, 0x48000004, 0, 0, 0  @ SA_NODEFER | SA_ONSTACK | SA_SIGINFO
altstack: .word stack, 0, 8192
  .ltorg

  .org 0x1000
record:      .word 0            @ filled in by image.ts, in this order
records_end: .word 0
result:      .word 0
output:      .word 0
output_end:  .word 0
entry:       .word 0
link:        .word 0
  .org 0x2000
stack:
  .org 0x4000
