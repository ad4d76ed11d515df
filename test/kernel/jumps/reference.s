@ setjmp and longjmp with every callee-saved register, in 26 words.
    .syntax unified
    .arm
    .fpu vfpv3-d16
    .global reference_setjmp
    .type reference_setjmp, %function
reference_setjmp:
    stmia r0!, {r4-r11}
    str sp, [r0], #4
    str lr, [r0], #4
    vstmia r0, {d8-d15}
    mov r0, #0
    bx lr
    .global reference_longjmp
    .type reference_longjmp, %function
reference_longjmp:
    ldmia r0!, {r4-r11}
    ldr sp, [r0], #4
    ldr lr, [r0], #4
    vldmia r0, {d8-d15}
    movs r0, r1
    moveq r0, #1
    bx lr
