@ A function that is chosen when the file is loaded: R_ARM_IRELATIVE.
    .syntax unified
    .arch armv7-a
    .text
    .arm
    .global main
    .type main,%function
main: b chosen
one: bx lr
    .type chosen,%gnu_indirect_function
chosen: adr r0, one
    bx lr
