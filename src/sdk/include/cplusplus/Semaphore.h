/* The kernel's semaphore. Times are milliseconds, negative: for ever. */
#ifndef RTTHREAD_CXX_SEMAPHORE_H__
#define RTTHREAD_CXX_SEMAPHORE_H__

#include <rtthread.h>
#include <stdint.h>

namespace rtthread {

class Semaphore {
public:
    explicit Semaphore(const char *name = "sem", int32_t count = 0) { rt_sem_init(&mID, name, count, RT_IPC_FLAG_FIFO); }
    ~Semaphore() { rt_sem_detach(&mID); }

    bool wait(int32_t millisec = -1) {
        return rt_sem_take(&mID, millisec < 0 ? RT_WAITING_FOREVER : (rt_int32_t)rt_tick_from_millisecond(millisec)) ==
               RT_EOK;
    }
    void release() { rt_sem_release(&mID); }

private:
    struct rt_semaphore mID;
    Semaphore(const Semaphore &);
    Semaphore &operator=(const Semaphore &);
};

} // namespace rtthread

#endif
