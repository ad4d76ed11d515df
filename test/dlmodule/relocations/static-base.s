@ Places of variables from the static base in r9, as -frwpi makes them: R_ARM_SBREL32.
    .text
    .global main
    .type main,%function
main: bx lr
    .word first(sbrel)
    .word second(sbrel) + 8
    .word third(sbrel) - 4
    .word zero(sbrel)
    .word here(sbrel)
here: .word 5
    .data
    .word 0
first: .word 1
second: .space 24
    .section .more,"aw"
    .byte 1, 2, 3
third: .byte 4
    .bss
    .space 12
zero: .space 4
