/*
 * setjmp and longjmp. newlib 3.3 has room for 23 words in a jmp_buf and leaves d8-d15 out, which a callee keeps as well (AAPCS 5.1.2.1):
 * the ten core registers lie where newlib puts them, the kernel keeps the others of a thread that has used any.
 */
__asm__(".syntax unified\n"
        ".thumb\n"
        ".section .text.setjmp,\"ax\",%progbits\n"
        ".global setjmp\n"
        ".type setjmp,%function\n"
        ".thumb_func\n"
        "setjmp:\n"
        ".fnstart\n"
        "mov ip, sp\n"
        "stm r0, {r4-r11, ip, lr}\n"
        /* Gives 0 to the caller of setjmp. */
        "b.w _rtt_keep_floats\n"
        ".cantunwind\n"
        ".fnend\n"
        ".size setjmp, . - setjmp\n"
        ".global longjmp\n"
        ".type longjmp,%function\n"
        ".thumb_func\n"
        "longjmp:\n"
        ".fnstart\n"
        "bl _rtt_return_floats\n"
        "ldm r0, {r4-r11, ip, lr}\n"
        "mov sp, ip\n"
        "movs r0, r1\n"
        "it eq\n"
        "moveq r0, #1\n"
        "bx lr\n"
        ".cantunwind\n"
        ".fnend\n"
        ".size longjmp, . - longjmp\n");
