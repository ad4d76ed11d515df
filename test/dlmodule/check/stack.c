/* Functions with frames of many sizes; the compiler's own figures are in stack.*.su. */
int use(void *);
int leaf(int a) { return a + 1; }
int small(int a) { char b[12]; use(b); return a + b[0]; }
int large(int a) { char b[5000]; use(b); return a + b[0]; }
int huge(int a) { char b[70000]; use(b); return a + b[0]; }
double floats(double a, double b) { char c[16]; use(c); return a * b + c[0]; }
int computed(int n) { char b[n]; use(b); return b[0]; }
int main(int argc, char **argv) { return small(argc) + large(argc) + leaf(argc); }
