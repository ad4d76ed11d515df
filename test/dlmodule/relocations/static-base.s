@ A variable's place from the static base in r9, as -frwpi makes it: R_ARM_SBREL32.
    .text
    .global main
    .type main,%function
main: bx lr
    .word variable(sbrel)
    .data
variable: .word 1
