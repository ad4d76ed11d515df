    .syntax unified
    .arch armv7-a
    .text
    .arm
    .type first,%function
first:
    ldr r0, [r1, #4]
    .reloc first, R_ARM_ABS12, tiny
here:
    ldr r0, [pc, #-8]
    .reloc here, R_ARM_LDR_PC_G0, close_data
    blne ext_thumb
    b ext_thumb
    bl far_arm
    b far_arm
    bl far_thumb
    b far_thumb
    bl undefined_weak
    beq undefined_weak
    b other
plt:
    bl plt
    .reloc plt, R_ARM_PLT32, ext_arm
pc24:
    b pc24
    .reloc pc24, R_ARM_PC24, ext_arm
v4bx:
    bx lr
    .reloc v4bx, R_ARM_V4BX
nothing:
    .word 0x1234
    .reloc nothing, R_ARM_NONE, ext_arm
    .word ext_data(GOT)
    .word ext_arm(GOT)
    .word ext_thumb(GOT)
    .word ext_data(GOT_PREL)
    .word ext_thumb(GOT_PREL) + 4
    .word ext_data(gotoff)
    .word ext_data(gotoff)
    .word close_data(gotoff)
    .word _GLOBAL_OFFSET_TABLE_ - .
    .word ext_data(target2)
    .word ext_data(target1)
abs_noi:
    .word 4
    .reloc abs_noi, R_ARM_ABS32_NOI, ext_data
rel_noi:
    .word 4
    .reloc rel_noi, R_ARM_REL32_NOI, ext_data
    .weak undefined_weak
    .thumb
    .thumb_func
second:
lit12:
    ldr.w r0, [pc, #-4]
    .reloc lit12, R_ARM_THM_PC12, close_data
    .align 2
lit8:
    ldr r0, [pc, #0]
    .reloc lit8, R_ARM_THM_PC8, close_data
    b near_code
    beq near_code
    b.w ext_arm
    bl far_arm
    b.w far_arm
    bl far_thumb
    b.w far_thumb
    bne.w far_thumb
    bl undefined_weak
    b.w undefined_weak
    b.w other_thumb
jump11:
    .inst.n 0xe7fe
    .reloc jump11, R_ARM_THM_JUMP11, near_code
jump8:
    .inst.n 0xd0fe
    .reloc jump8, R_ARM_THM_JUMP8, near_code
    .align 2
    .word second
    .section .text.other,"ax"
    .arm
    nop
other:
    b first
    .thumb
other_thumb:
    b.w second
