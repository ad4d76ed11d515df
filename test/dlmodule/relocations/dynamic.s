@ A shared object with every relocation that GNU ld puts into one; dynamic.elf is the same file linked at fixed addresses.
    .syntax unified
    .arch armv7-a
    .text
    .arm
    .global main
    .type main,%function
main:
    bl imported
    bl imported_thumb
    bx lr
    .thumb
    .thumb_func
    .type hidden_thumb,%function
hidden_thumb:
    bx lr
    .global exported
    .thumb_func
    .type exported,%function
exported:
    bx lr
    .align 2
    .data
    .global variable
    .type variable,%object
variable:
    .word 1
words:
    .word imported
    .word imported + 8
    .word imported_thumb
    .word hidden_thumb
    .word words
    .word words + 12
    .word words - 4
    .word exported
    .word exported + 2
    .word variable + 4
    .word weak_none
    .weak weak_none
slots:
    .word imported(GOT_PREL)
    .word imported_thumb(GOT_PREL)
    .word imported_data(GOT_PREL)
    .word words(GOT_PREL)
    .word exported(GOT_PREL)
    .word variable(GOT_PREL)
    .word weak_none(GOT_PREL)
end:
