/* Needs base_next, but says so nowhere: only a library opened RTLD_GLOBAL gives it. */
extern int base_next(void);
int use(void) { return base_next(); }
