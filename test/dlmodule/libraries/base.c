/* A library: a function, a variable, and a function that calls one that another library or program may have. */
int printf(const char *, ...);
int base_count = 10;
int base_next(void) { return ++base_count; }
int shared_name(void) { return 1; }
__attribute__((constructor)) static void up(void) { printf("base up\n"); }
__attribute__((destructor)) static void down(void) { printf("base down %d\n", base_count); }
