/*
 * Calls what programs spend their time in, so that the build of the simulator knows which parts of the C library are worth
 * translating (src/cli/prebuild-regions.ts). What it prints and computes is of no interest.
 */
#include <ctype.h>
#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static char text[512];
static char other[512];
static volatile int kept;
static volatile double kept_double;

static int descending(const void *a, const void *b)
{
    return *(const int *)b - *(const int *)a;
}

static int by_text(const void *a, const void *b)
{
    return strcmp(a, b);
}

static int formatted(const char *format, ...)
{
    va_list list;
    va_start(list, format);
    int n = vsnprintf(text, sizeof text, format, list);
    va_end(list);
    return n;
}

static void print(FILE *to)
{
    for (int i = -3; i < 40; i++) {
        fprintf(to, "%d %5d %05d %-6d| %+d %u %x %08X %#x %o %c %%\n", i, i, i * 1000, i, i, i, i, i * 77777, i, i, 'a' + (i & 15));
        fprintf(to, "%s %10s %-10s %.3s %p\n", "text", "right", "left", "cut off", (void *)text);
        fprintf(to, "%ld %lu %lld %llu %llx %zu %hhd %hd\n", i * 12345L, i * 54321UL, i * 1234567890123LL, i * 98765432101ULL,
                i * 0x123456789abLL, sizeof text, (signed char)i, (short)i);
        fprintf(to, "%f %.2f %8.3f %e %g %g %.10g\n", i * 1.5, i / 3.0, i * 100.125, i * 1e10, i * 1e-7, i * 12345.678, i / 7.0);
    }
    fprintf(to, "%*d %-*d %.*f %i\n", 8, 42, 8, 42, 3, 2.718281828, 7);
    fputs("a line\n", to);
    for (int i = 0; i < 100; i++)
        fputc(i % 10 == 9 ? '\n' : 'x', to);
}

static void format(void)
{
    for (int i = 0; i < 30; i++) {
        sprintf(text, "%d:%s", i * 1000003, "abc");
        sprintf(text, "%d", i);
        sprintf(text, "%.3f %g", i * 0.37, i * 1e5);
        snprintf(text, 8, "%s-%d", "too long for it", i);
        kept += formatted("[%4d] %-12s %02x:%02x", i, "name", i, i * 3);
        sprintf(text, "%5.1f%% %s %c %lu", i * 3.3, i & 1 ? "odd" : "even", 'z', (unsigned long)i);
    }
}

static void scan(void)
{
    int a, b;
    unsigned u;
    float f;
    double d;
    char word[32];
    for (int i = 0; i < 20; i++) {
        sprintf(text, "%d %x word %g %.3f", i * 917, i * 4099, i * 1.25, i / 3.0);
        kept += sscanf(text, "%d %x %31s %f %lf", &a, &u, word, &f, &d);
        kept += sscanf("10,20", "%d,%d", &a, &b);
        kept += atoi("-12345") + (int)strtol("0x7fff", NULL, 0) + (int)strtoul("4000000000", NULL, 10);
        kept += (int)strtoll("-123456789012", NULL, 10) + (int)strtoul("777", NULL, 8) + (int)atol("99");
        kept_double += strtod("3.14159265358979", NULL) + atof("-2.5e-3") + strtof("1.5", NULL) + strtod("123456789", NULL);
    }
}

static void strings(void)
{
    for (int from = 0; from < 8; from++)
        for (int n = 0; n < 70; n += n < 20 ? 1 : 7) {
            memset(text + from, 'a' + n % 26, n);
            text[from + n] = 0;
            kept += strlen(text + from);
            strcpy(other + (n & 3), text + from);
            kept += strcmp(other + (n & 3), text + from) + strcmp("ab", text + from) + strncmp(other, text + from, n);
            memcpy(other + (n & 7), text + from, n);
            memcpy(other + from, text + from, n);
            memmove(other + 5, other + from, n);
            memmove(other + from, other + 5, n);
            kept += memcmp(other + from, text + from, n);
            kept += (int)memchr(text + from, 'q', n) + (int)strchr(text + from, 'c') + (int)strrchr(text + from, 'd');
            strncpy(other, text + from, 40);
        }
    for (int i = 0; i < 12; i++) {
        memcpy(text, other, 400);
        memmove(text + 1, text, 400);
        memmove(text, text + 3, 400);
        memset(text, i, 400);
        kept += memcmp(text, other, 400);
        strcpy(text, "the quick brown fox jumps over the lazy dog, again and again");
        strcat(text, " and once more");
        strncat(text, "end", 2);
        kept += (int)strstr(text, "lazy") + (int)strstr(text, "cat") + strspn(text, "the ") + strcspn(text, ",") + (int)strpbrk(text, "xyz");
        kept += strcasecmp(text, "THE QUICK") + strncasecmp(text, "THE", 3);
        for (char *word = strtok(text, " ,"); word; word = strtok(NULL, " ,"))
            kept += toupper(word[0]) + tolower(word[0]) + isalpha(word[0]) + isdigit(word[0]) + isspace(word[0]);
        char *copy = strdup("a copy of a text");
        kept += strlen(copy);
        free(copy);
    }
}

static void memory(void)
{
    void *held[64];
    memset(held, 0, sizeof held);
    unsigned seed = 1;
    for (int i = 0; i < 1500; i++) {
        seed = seed * 1664525 + 1013904223;
        int k = seed >> 26;
        int size = (seed >> 8) % (i % 50 == 0 ? 5000 : 200);
        if (held[k] && i % 5 == 0)
            held[k] = realloc(held[k], size + 1);
        else {
            free(held[k]);
            held[k] = i % 7 ? malloc(size) : calloc(size + 1, 2);
        }
    }
    for (int k = 0; k < 64; k++)
        free(held[k]);
}

static void sort(void)
{
    static int numbers[300];
    static char names[60][16];
    for (int round = 0; round < 4; round++) {
        for (int i = 0; i < 300; i++)
            numbers[i] = round == 0 ? i : round == 1 ? -i : rand() % (round == 2 ? 1000 : 5);
        qsort(numbers, 300, sizeof *numbers, descending);
        qsort(numbers, 7, sizeof *numbers, descending);
        for (int i = 0; i < 60; i++)
            sprintf(names[i], "n%d", rand() % 997);
        qsort(names, 60, sizeof *names, by_text);
        kept += bsearch("n500", names, 60, sizeof *names, by_text) != NULL;
    }
    srand(5);
    kept += abs(-3) + (int)labs(-4) + div(17, 5).rem;
}

static void files(void)
{
    char line[128];
    int n;
    FILE *file = fopen("/corpus.tmp", "w");
    if (!file)
        return;
    for (int i = 0; i < 60; i++)
        fprintf(file, "%d line of a file\n", i);
    print(file);
    for (int i = 0; i < 40; i++)
        fwrite(text, 1, 100 + i, file);
    fflush(file);
    fclose(file);
    file = fopen("/corpus.tmp", "r+");
    if (!file)
        return;
    for (int i = 0; i < 30 && fscanf(file, "%d", &n) == 1; i++)
        kept += fgets(line, sizeof line, file) != NULL;
    while (fgets(line, sizeof line, file))
        kept += line[0];
    rewind(file);
    for (int i = 0; i < 300; i++)
        kept += fgetc(file);
    ungetc('x', file);
    kept += getc(file);
    fseek(file, 100, SEEK_SET);
    kept += ftell(file);
    while (fread(line, 1, sizeof line, file) > 0)
        kept += line[0];
    kept += feof(file) + ferror(file);
    fclose(file);
    remove("/corpus.tmp");
}

static void numbers(void)
{
    double sum = 0;
    float single = 0;
    for (int i = 1; i < 40; i++) {
        double x = i * 0.37 - 5, y = i * 0.11 + 0.1;
        sum += sin(x) + cos(x) + tan(y) + atan(x) + atan2(x, y) + exp(y) + log(y) + log10(y) + pow(y, x) + sqrt(y);
        sum += sin(x * 1000) + floor(x) + ceil(x) + fabs(x) + fmod(x, y) + asin(y / 5) + acos(y / 5) + sinh(y) + cosh(y) + tanh(x);
        sum += exp2(y) + cbrt(y) + hypot(x, y) + round(x) + trunc(x) + ldexp(y, 3) + pow(2, i) + modf(x, &sum);
        single += sinf(x) + cosf(x) + tanf(y) + atanf(x) + atan2f(x, y) + expf(y) + logf(y) + powf(y, x) + sqrtf(y);
        single += floorf(x) + ceilf(x) + fabsf(x) + fmodf(x, y) + roundf(x) + fminf(x, y) + fmaxf(x, y) + sinf(x * 1000);
    }
    kept_double += sum + single;
}

static void jumps(void)
{
    static jmp_buf place;
    for (volatile int i = 0; i < 10; i++)
        if (setjmp(place) == 0)
            longjmp(place, 1);
}

int main(void)
{
    print(stdout);
    puts("text");
    putchar('\n');
    for (int i = 0; i < 50; i++)
        printf("%05d 0123456789\n", i);
    format();
    scan();
    strings();
    memory();
    sort();
    files();
    numbers();
    jumps();
    return 0;
}
