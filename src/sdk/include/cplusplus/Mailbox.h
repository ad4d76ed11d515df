/* Pointers from thread to thread, at most queue_sz at a time. Times are milliseconds, negative: for ever. */
#ifndef RTTHREAD_CXX_MAILBOX_H__
#define RTTHREAD_CXX_MAILBOX_H__

#include <rtthread.h>
#include <stdint.h>

namespace rtthread {

template <typename T, uint32_t queue_sz> class Mailbox {
public:
    explicit Mailbox(const char *name = "mailbox") { rt_mb_init(&mID, name, mPool, queue_sz, RT_IPC_FLAG_FIFO); }
    ~Mailbox() { rt_mb_detach(&mID); }

    bool put(T *mptr, int32_t millisec = 0) {
        return rt_mb_send_wait(&mID, (rt_ubase_t)mptr, ticks(millisec)) == RT_EOK;
    }
    /* NULL when nothing came in time. */
    T *get(int32_t millisec = -1) {
        rt_ubase_t mptr = 0;
        return rt_mb_recv(&mID, &mptr, ticks(millisec)) == RT_EOK ? (T *)mptr : (T *)0;
    }

private:
    static rt_int32_t ticks(int32_t millisec) {
        return millisec < 0 ? RT_WAITING_FOREVER : (rt_int32_t)rt_tick_from_millisecond(millisec);
    }
    struct rt_mailbox mID;
    T *mPool[queue_sz];
    Mailbox(const Mailbox &);
    Mailbox &operator=(const Mailbox &);
};

} // namespace rtthread

#endif
