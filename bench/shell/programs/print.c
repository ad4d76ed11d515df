/* print KIND: a mebibyte of lines of 63 characters, by printf (p), puts (u), putchar (c), rt_kprintf (k) or write in pieces of 4 KiB (w); n: nothing. */
#include <rtthread.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#define LINE 64
#define LINES 16384
#define PIECE 4096

int main(int argc, char **argv)
{
    static char line[LINE], piece[PIECE];
    char kind = argc > 1 ? argv[1][0] : 'p';
    int i, j;

    memset(line, 'x', LINE - 1);
    for (i = 0; i < PIECE; i += LINE) {
        memcpy(piece + i, line, LINE - 1);
        piece[i + LINE - 1] = '\n';
    }
    for (i = 0; i < LINES; i++) {
        if (kind == 'p')
            printf("%6d %s\n", i, line + 7);
        else if (kind == 'u')
            puts(line);
        else if (kind == 'c')
            for (j = 0; j < LINE; j++)
                putchar(j < LINE - 1 ? 'x' : '\n');
        else if (kind == 'k')
            rt_kprintf("%s\n", line);
        else if (kind == 'w' && i % (PIECE / LINE) == 0)
            write(STDOUT_FILENO, piece, PIECE);
    }
    return 0;
}
