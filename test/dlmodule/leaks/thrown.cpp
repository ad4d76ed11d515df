// Ends while exceptions are under way: nobody catches one, or another thread ends the program.
#include <rtthread.h>
#include <pthread.h>
#include <stdlib.h>

struct Large { char bytes[300]; };
struct Throws { ~Throws() noexcept(false) { throw Large(); } };
struct Sleeps { ~Sleeps() { rt_thread_mdelay(1000); } };

static void *thread(void *)
{
    try {
        Sleeps until_it_is_ended;
        throw 5;
    } catch (int) {
    }
    return 0;
}

static void inner() { throw Large(); }

extern "C" int main(int, char **argv)
{
    pthread_t id;
    switch (argv[1][0]) {
    case 'u': inner(); break;
    case 't':
        try {
            Throws twice;
            throw 1;
        } catch (int) {
        }
        break;
    case 'e':
        pthread_create(&id, 0, thread, 0);
        rt_thread_mdelay(50);
        exit(0);
    case 'n':
        try {
            inner();
        } catch (Large &) {
            exit(0);
        }
    }
    return 0;
}
