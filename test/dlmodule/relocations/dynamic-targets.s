    .syntax unified
    .arch armv7-a
    .global imported, imported_thumb, imported_data
    .type imported,%function
    .type imported_thumb,%function
    .type imported_data,%object
    .section .far,"ax"
    .arm
imported: bx lr
    .thumb
    .thumb_func
imported_thumb: bx lr
    .align 2
imported_data: .word 1
