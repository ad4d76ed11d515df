    .syntax unified
    .arch armv7-a
    .text
    .arm
start:
    bl ext_arm
    bl ext_thumb
    blx ext_thumb
    blx ext_arm
    b ext_arm
    blne ext_arm
    bne ext_arm
    bl ext_arm + 64
    movw r1, #:lower16:ext_data
    movt r1, #:upper16:ext_data
    movw r2, #:lower16:ext_thumb
    movt r2, #:upper16:ext_thumb
    movw r3, #:lower16:(ext_data - .)
    movt r3, #:upper16:(ext_data - .)
    .word ext_data
    .word ext_data + 5
    .word ext_thumb
    .word ext_data - .
    .reloc ., R_ARM_PREL31, ext_thumb
    .word 0
    .reloc ., R_ARM_PREL31, ext_arm
    .word 0
    .word ext_thumb(target1)
    .word start
    bx lr
    .word small
    .short small
    .byte small
    .byte 0
    .thumb
    .thumb_func
tstart:
    bl ext_thumb
    bl ext_arm
    blx ext_arm
    b.w ext_thumb
    beq.w near_thumb
    nop
    bl ext_arm
    blx ext_arm
    bl ext_thumb
    movw r1, #:lower16:ext_data
    movt r1, #:upper16:ext_data
    movw r2, #:lower16:ext_thumb
    movt r2, #:upper16:ext_thumb
    movw r3, #:lower16:(ext_data - .)
    movt r3, #:upper16:(ext_data - .)
    .align 2
    .word tstart
    .word tstart - .
