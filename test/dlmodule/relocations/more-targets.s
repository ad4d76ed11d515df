 .syntax unified
 .global ext_arm, ext_thumb, ext_data, far_arm, far_thumb, near_code, close_data
 .type ext_arm,%function
 .type ext_thumb,%function
 .type far_arm,%function
 .type far_thumb,%function
 .type near_code,%function
 .section .a,"ax"
 .arm
ext_arm: bx lr
 .section .t,"ax"
 .thumb
 .thumb_func
ext_thumb: bx lr
 .section .fa,"ax"
 .arm
far_arm: bx lr
 .section .ft,"ax"
 .thumb
 .thumb_func
far_thumb: bx lr
 .section .n,"ax"
 .thumb_func
near_code: bx lr
 .align 2
close_data: .word 1
 .section .d,"aw"
ext_data: .word 1
