/* Plain C that runs on a host too: its coverage is compared with what gcov counts under qemu-arm. */
#include <stdio.h>

static int classify(int n)
{
    if (n < 0)
        return -1;
    if (n == 0)
        return 0;
    switch (n % 5) {
    case 0:
        return 5;
    case 1:
    case 2:
        n += 3;
        break;
    case 3:
        n -= 1;
        break;
    default:
        n *= 2;
    }
    return n > 100 ? 100 : n;
}

static int never(int n)
{
    return n * n;
}

static int loops(int n)
{
    int sum = 0;
    for (int i = 0; i < n; i++) {
        for (int j = 0; j < i; j++) {
            if ((i ^ j) & 1)
                continue;
            sum += classify(i - j);
        }
        while (sum > 50)
            sum -= 7;
    }
    do {
        sum--;
    } while (sum > 3 && n);
    return sum;
}

static int early(const char *text)
{
    int count = 0;
    if (!text)
        return -1;
    for (; *text; text++) {
        if (*text == '#')
            goto out;
        if (*text >= 'a' && *text <= 'z')
            count++;
        else if (*text == ' ')
            count += 10;
        else
            count += 100;
    }
out:
    return count;
}

int main(int argc, char **argv)
{
    int value = loops(9);
    value += early("covered by this # not this");
    value += classify(0) + classify(7);
    if (value == 12345)
        value = never(value);
    printf("%d\n", value);
    return 0;
}
