/* A library that is linked with libbase.so. */
extern int base_count, base_next(void);
int printf(const char *, ...);
int middle(void) { return base_next() + base_count; }
int shared_name(void) { return 2; }
__attribute__((constructor)) static void up(void) { printf("middle up %d\n", base_count); }
