/* The library's global state, and its start. */
#include "rtt.h"
#include <stdlib.h>
#include <unistd.h>

static struct rtt_thread_area global = {_REENT_INIT(global.reent)};

struct _reent *_impure_ptr = &global.reent;
struct _reent *const _global_impure_ptr = &global.reent;
void *volatile _rtt_current;

static void no_cleanup(struct _reent *r) {
  (void)r;
}

/*
 * The area of a new thread, copied by the kernel. Standard streams are the global ones, and counted as initialised: a thread
 * with streams of its own would be left out by fflush(NULL).
 */
const struct rtt_thread_area _rtt_thread_area = {
  .reent = _REENT_INIT(global.reent),
  .reent.__sdidinit = 1,
  .reent.__cleanup = no_cleanup,
};

static char *environment[] = {"PATH=/bin", "HOME=/home", NULL};
char **environ = environment;

void *__dso_handle = NULL;

typedef void constructor(void);
extern constructor *const __init_array_start[], *const __init_array_end[];

/* Run by the build: the image that is checked in is as this leaves it. Must not call the kernel. */
void _rtt_boot(void) {
  rtt_open_standard_streams();
  for (constructor *const *function = __init_array_start; function < __init_array_end; function++)
    (*function)();
  /* POSIX has optind 1 before the first call. newlib has 0, and what sets it to 1 then gets the dash of its first option as one. */
  getopt(1, (char *[]){"", NULL}, "");
}
