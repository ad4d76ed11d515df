#ifndef MQUEUE_H__
#define MQUEUE_H__

#include <rtdef.h>
#include <signal.h>
#include <sys/types.h>
#include <time.h>

#ifdef __cplusplus
extern "C" {
#endif

struct mqdes {
    rt_uint16_t refcount; /* 0 */
    rt_uint16_t unlinked; /* 2 */
    rt_mq_t mq;           /* 4 */
    struct mqdes *next;   /* 8 */
};
typedef struct mqdes *mqd_t;

struct mq_attr {
    long mq_flags;   /* 0 */
    long mq_maxmsg;  /* 4 */
    long mq_msgsize; /* 8 */
    long mq_curmsgs; /* 12 */
};

struct sigevent;

mqd_t mq_open(const char *name, int oflag, ...);
int mq_close(mqd_t mqdes);
int mq_unlink(const char *name);
int mq_getattr(mqd_t mqdes, struct mq_attr *mqstat);
int mq_setattr(mqd_t mqdes, const struct mq_attr *mqstat, struct mq_attr *omqstat);
int mq_send(mqd_t mqdes, const char *msg_ptr, size_t msg_len, unsigned msg_prio);
int mq_timedsend(mqd_t mqdes, const char *msg_ptr, size_t msg_len, unsigned msg_prio,
                 const struct timespec *abs_timeout);
ssize_t mq_receive(mqd_t mqdes, char *msg_ptr, size_t msg_len, unsigned *msg_prio);
ssize_t mq_timedreceive(mqd_t mqdes, char *msg_ptr, size_t msg_len, unsigned *msg_prio,
                        const struct timespec *abs_timeout);
int mq_notify(mqd_t mqdes, const struct sigevent *notification);

#ifdef __cplusplus
}
#endif

#endif
