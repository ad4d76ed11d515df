/*
 * Thread-local variables: emulated, as `clang -femulated-tls` makes them (a control object for each variable, and calls of
 * __emutls_get_address), or native with -DNATIVE.
 */
typedef void *rt_thread_t;
int printf(const char *, ...);
rt_thread_t rt_thread_create(const char *, void (*)(void *), void *, unsigned, unsigned char, unsigned);
int rt_thread_startup(rt_thread_t);
int rt_thread_mdelay(int);

#ifdef NATIVE
__thread int value = 5;
__thread char zero[40];
#else
struct control { unsigned size, align, index; const void *initial; };
void *__emutls_get_address(struct control *);
static const int five = 5;
struct control of_value = {4, 4, 0, &five}, of_zero = {40, 16, 0, 0};
#define value (*(int *)__emutls_get_address(&of_value))
#define zero ((char *)__emutls_get_address(&of_zero))
#endif

static void body(void *name)
{
    value += 10;
    zero[39]++;
    printf("%s %d %d %d\n", (char *)name, value, zero[39], (int)((unsigned)zero % 16));
}

int main(void)
{
    value++;
    rt_thread_startup(rt_thread_create("sub", body, "sub", 4096, 20, 10));
    rt_thread_mdelay(50);
    body("main");
    return 0;
}
