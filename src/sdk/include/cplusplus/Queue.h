/* Copies of objects from thread to thread, at most queue_sz at a time. Times are milliseconds, negative: for ever. */
#ifndef RTTHREAD_CXX_QUEUE_H__
#define RTTHREAD_CXX_QUEUE_H__

#include <rtthread.h>
#include <stdint.h>

namespace rtthread {

template <typename T, uint32_t queue_sz> class Queue {
public:
    Queue() { rt_mq_init(&mID, "queue", mPool, sizeof(T), sizeof(mPool), RT_IPC_FLAG_FIFO); }
    ~Queue() { rt_mq_detach(&mID); }

    rt_err_t put(T &data, int32_t millisec = 0) { return rt_mq_send_wait(&mID, &data, sizeof(data), ticks(millisec)); }
    bool get(T &data, int32_t millisec = -1) {
        return rt_mq_recv(&mID, &data, sizeof(data), ticks(millisec)) >= RT_EOK;
    }

private:
    static rt_int32_t ticks(int32_t millisec) {
        return millisec < 0 ? RT_WAITING_FOREVER : (rt_int32_t)rt_tick_from_millisecond(millisec);
    }
    struct rt_messagequeue mID;
    /* A slot is a pointer, in RT-Thread 5.x a length, too, and the object, rounded up to a word. */
    enum { HEAD = RTT_SIM_ABI == 5 ? 2 : 1 };
    rt_ubase_t mPool[queue_sz * (HEAD + (sizeof(T) + sizeof(rt_ubase_t) - 1) / sizeof(rt_ubase_t))];
    Queue(const Queue &);
    Queue &operator=(const Queue &);
};

} // namespace rtthread

#endif
