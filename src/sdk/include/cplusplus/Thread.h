/* A thread of the kernel: give it a function, or derive a class and override run(). Times are milliseconds. */
#ifndef RTTHREAD_CXX_THREAD_H__
#define RTTHREAD_CXX_THREAD_H__

#include <rtthread.h>
#include <stdint.h>

namespace rtthread {

class Thread {
public:
    typedef void (*thread_func_t)(void *parameter);

    explicit Thread(rt_uint32_t stack_size = 2048, rt_uint8_t priority = (RT_THREAD_PRIORITY_MAX * 2) / 3,
                    rt_uint32_t tick = 20, const char *name = "th")
        : _entry(RT_NULL), _param(RT_NULL), started(false) {
        create(stack_size, priority, tick, name);
    }
    Thread(thread_func_t entry, void *parameter, rt_uint32_t stack_size = 2048,
           rt_uint8_t priority = (RT_THREAD_PRIORITY_MAX * 2) / 3, rt_uint32_t tick = 20, const char *name = "th")
        : _entry(entry), _param(parameter), started(false) {
        create(stack_size, priority, tick, name);
    }
    virtual ~Thread() {
        if (_thread != RT_NULL) rt_thread_delete(_thread);
        rt_event_detach(&_event);
    }

    bool start() {
        if (_thread == RT_NULL || started) return false;
        started = rt_thread_startup(_thread) == RT_EOK;
        return started;
    }
    static void sleep(int32_t millisec) {
        rt_thread_delay(millisec < 0 ? 0 : rt_tick_from_millisecond(millisec));
    }
    /* Waits for the end of the thread. */
    void wait(int32_t millisec) { join(millisec); }
    rt_err_t join(int32_t millisec = -1) {
        if (!started) return -RT_ENOSYS;
        return rt_event_recv(&_event, ENDED, RT_EVENT_FLAG_OR,
                             millisec < 0 ? RT_WAITING_FOREVER : (rt_int32_t)rt_tick_from_millisecond(millisec), RT_NULL);
    }

protected:
    virtual void run(void *parameter) {
        if (_entry != RT_NULL) _entry(parameter);
    }

private:
    enum { ENDED = 1 };

    void create(rt_uint32_t stack_size, rt_uint8_t priority, rt_uint32_t tick, const char *name) {
        rt_event_init(&_event, name, RT_IPC_FLAG_FIFO);
        _thread = rt_thread_create(name, enter, this, stack_size, priority, tick);
    }
    static void enter(void *parameter) {
        Thread *self = (Thread *)parameter;
        self->run(self->_param);
        /* The kernel frees the thread when this returns. */
        self->_thread = RT_NULL;
        rt_event_send(&self->_event, ENDED);
    }

    rt_thread_t _thread;
    thread_func_t _entry;
    void *_param;
    struct rt_event _event;
    bool started;
    Thread(const Thread &);
    Thread &operator=(const Thread &);
};

} // namespace rtthread

#endif
