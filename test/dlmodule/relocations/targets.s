 .syntax unified
 .global ext_arm, ext_thumb, near_thumb, ext_data
 .type ext_arm,%function
 .type ext_thumb,%function
 .type near_thumb,%function
 .type ext_data,%object
 .section .a,"ax"
 .arm
ext_arm: bx lr
 .section .t,"ax"
 .thumb
 .thumb_func
ext_thumb: bx lr
 .section .n,"ax"
 .thumb_func
near_thumb: bx lr
 .section .d,"aw"
ext_data: .word 1
