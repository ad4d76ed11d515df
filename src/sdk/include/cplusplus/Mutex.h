/* The kernel's mutex. Times are milliseconds, negative: for ever. */
#ifndef RTTHREAD_CXX_MUTEX_H__
#define RTTHREAD_CXX_MUTEX_H__

#include <rtthread.h>
#include <stdint.h>

namespace rtthread {

class Mutex {
public:
    explicit Mutex(const char *name = "mutex") { rt_mutex_init(&mID, name, RT_IPC_FLAG_FIFO); }
    ~Mutex() { rt_mutex_detach(&mID); }

    bool lock(int32_t millisec = -1) {
        return rt_mutex_take(&mID, millisec < 0 ? RT_WAITING_FOREVER : (rt_int32_t)rt_tick_from_millisecond(millisec)) ==
               RT_EOK;
    }
    bool trylock() { return lock(0); }
    void unlock() { rt_mutex_release(&mID); }

private:
    struct rt_mutex mID;
    Mutex(const Mutex &);
    Mutex &operator=(const Mutex &);
};

} // namespace rtthread

#endif
