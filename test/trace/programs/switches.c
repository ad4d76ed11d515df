/* A switch between two other branches of one line: it is a jump of its own, met or not. */
volatile int sum;

__attribute__((noinline)) int pick(int kind, int more)
{
    /* One line. */
    if (kind) switch (kind) { case 1: sum = 5; break; case 2: sum = 9; break; case 3: sum = 0; break; case 4: sum = 8; break; case 5: sum = 4; } if (more) sum++;
    return sum;
}

int main(int argc, char **argv)
{
    int i;

    for (i = 0; i < 10; i++)
        pick(argc > 1, i < 3);
    return 0;
}
