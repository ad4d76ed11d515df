#ifndef SEMAPHORE_H__
#define SEMAPHORE_H__

#include <rtdef.h>
#include <sys/types.h>
#include <time.h>

#ifdef __cplusplus
extern "C" {
#endif

struct posix_sem {
    rt_uint16_t refcount;   /* 0 */
    rt_uint8_t unlinked;    /* 2 */
    rt_uint8_t unamed;      /* 3: made by sem_init (the kernel spells it so) */
    rt_sem_t sem;           /* 4 */
    struct posix_sem *next; /* 8 */
};
typedef struct posix_sem sem_t;

/* What sem_open gives when it fails. */
#define SEM_FAILED ((sem_t *)0)

int sem_init(sem_t *sem, int pshared, unsigned int value);
int sem_destroy(sem_t *sem);
sem_t *sem_open(const char *name, int oflag, ...);
int sem_close(sem_t *sem);
int sem_unlink(const char *name);
int sem_wait(sem_t *sem);
int sem_trywait(sem_t *sem);
int sem_timedwait(sem_t *sem, const struct timespec *abs_timeout);
int sem_post(sem_t *sem);
int sem_getvalue(sem_t *sem, int *sval);

#ifdef __cplusplus
}
#endif

#endif
