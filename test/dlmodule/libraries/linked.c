/* A program that is linked with both libraries (DT_NEEDED). */
extern int base_count, base_next(void), middle(void), shared_name(void);
extern int maybe_absent(void) __attribute__((weak));
int printf(const char *, ...);
int *address = &base_count;
int main(void)
{
    printf("%d %d %d\n", middle(), base_next(), *address);
    printf("shared %d weak %d\n", shared_name(), maybe_absent != 0);
    return 3;
}
