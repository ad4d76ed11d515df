/* Writes gcov's counters at the end of a program without an operating system (GCC manual, "Profiling and Test Coverage in Freestanding Environments"). */
#include <gcov.h>
#include <stdio.h>
#include <stdlib.h>

extern const struct gcov_info *const __start_gcov_info[];
extern const struct gcov_info *const __stop_gcov_info[];

static FILE *file;

static void open_file(const char *name, void *arg)
{
    file = fopen(name, "wb");
}

static void dump(const void *bytes, unsigned count, void *arg)
{
    fwrite(bytes, 1, count, file);
}

static void *allocate(unsigned count, void *arg)
{
    return malloc(count);
}

__attribute__((destructor)) static void write_counters(void)
{
    const struct gcov_info *const *info = __start_gcov_info;
    const struct gcov_info *const *end = __stop_gcov_info;
    __asm__("" : "+r"(info));
    for (; info != end; info++) {
        __gcov_info_to_gcda(*info, open_file, dump, allocate, 0);
        fclose(file);
    }
}
