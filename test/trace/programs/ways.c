/* Branches that only some runs meet, and some that none meets. */
int never(int n)
{
    if (n > 3)
        return 1;
    return 2;
}

int main(int argc, char **argv)
{
    int value = 0;
    /* One line: the branch in the middle is met by runs with many arguments. */
    if (argc > 3) { if (argc > 9) value++; } if (argc > 1) value += 2;
    return value;
}
