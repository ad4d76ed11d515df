/* Commands that end the thread they run in, which is the shell's. */
#include <finsh.h>
#include <rtthread.h>
#include <stdlib.h>
static void leave(int argc, char **argv) { exit(3); }
MSH_CMD_EXPORT(leave, calls exit);
static void remove_me(int argc, char **argv) { rt_thread_delete(rt_thread_self()); }
MSH_CMD_EXPORT(remove_me, deletes the thread);
static void stop(int argc, char **argv) { RT_ASSERT(argc == 7); }
MSH_CMD_EXPORT(stop, fails an assertion);
int main(void) { for (;;) rt_thread_mdelay(1000); }
