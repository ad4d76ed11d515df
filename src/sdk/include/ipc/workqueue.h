/*
 * Work queues: a thread that does one piece of work after the other. RT-Thread 4.0.4 does not export its functions, so these are code of
 * the module: the queue's thread belongs to the module and ends with it.
 */
#ifndef WORKQUEUE_H__
#define WORKQUEUE_H__

#include <rtthread.h>

#define RT_WORK_STATE_PENDING 0x0001
#define RT_WORK_STATE_SUBMITTING 0x0002

struct rt_workqueue;

struct rt_work {
    rt_list_t list;
    void (*work_func)(struct rt_work *work, void *work_data);
    void *work_data;
    rt_uint16_t flags;
    rt_uint16_t type;
    struct rt_timer timer;
    struct rt_workqueue *workqueue;
};

struct rt_workqueue {
    rt_list_t work_list;
    rt_list_t delayed_list;
    struct rt_work *work_current;
    struct rt_semaphore sem; /* counts work to do */
    rt_thread_t work_thread;
};

rt_inline void rt_work_init(struct rt_work *work, void (*work_func)(struct rt_work *work, void *work_data),
                            void *work_data) {
    rt_list_init(&work->list);
    work->work_func = work_func;
    work->work_data = work_data;
    work->flags = 0;
    work->type = 0;
    work->workqueue = RT_NULL;
}

rt_inline void rt_workqueue_thread_(void *parameter) {
    struct rt_workqueue *queue = (struct rt_workqueue *)parameter;

    for (;;) {
        struct rt_work *work = RT_NULL;

        rt_sem_take(&queue->sem, RT_WAITING_FOREVER);
        rt_enter_critical();
        if (!rt_list_isempty(&queue->work_list)) {
            work = rt_list_first_entry(&queue->work_list, struct rt_work, list);
            rt_list_remove(&work->list);
            work->flags &= (rt_uint16_t)~RT_WORK_STATE_PENDING;
            queue->work_current = work;
        }
        rt_exit_critical();
        if (work == RT_NULL) continue;
        work->work_func(work, work->work_data);
        queue->work_current = RT_NULL;
    }
}

rt_inline struct rt_workqueue *rt_workqueue_create(const char *name, rt_uint16_t stack_size, rt_uint8_t priority) {
    struct rt_workqueue *queue = (struct rt_workqueue *)rt_malloc(sizeof(struct rt_workqueue));

    if (queue == RT_NULL) return RT_NULL;
    rt_list_init(&queue->work_list);
    rt_list_init(&queue->delayed_list);
    queue->work_current = RT_NULL;
    rt_sem_init(&queue->sem, "wqueue", 0, RT_IPC_FLAG_FIFO);
    queue->work_thread = rt_thread_create(name, rt_workqueue_thread_, queue, stack_size, priority, 10);
    if (queue->work_thread == RT_NULL) {
        rt_sem_detach(&queue->sem);
        rt_free(queue);
        return RT_NULL;
    }
    rt_thread_startup(queue->work_thread);
    return queue;
}

rt_inline rt_err_t rt_workqueue_destroy(struct rt_workqueue *queue) {
    if (queue == RT_NULL) return -RT_EINVAL;
    rt_thread_delete(queue->work_thread);
    rt_sem_detach(&queue->sem);
    rt_free(queue);
    return RT_EOK;
}

/* -RT_EBUSY when the work waits already. */
rt_inline rt_err_t rt_workqueue_dowork(struct rt_workqueue *queue, struct rt_work *work) {
    rt_err_t result = -RT_EBUSY;

    rt_enter_critical();
    if ((work->flags & RT_WORK_STATE_PENDING) == 0) {
        rt_list_insert_before(&queue->work_list, &work->list);
        work->flags |= RT_WORK_STATE_PENDING;
        work->workqueue = queue;
        result = RT_EOK;
    }
    rt_exit_critical();
    if (result == RT_EOK) rt_sem_release(&queue->sem);
    return result;
}

rt_inline void rt_work_timeout_(void *parameter) {
    struct rt_work *work = (struct rt_work *)parameter;

    work->flags &= (rt_uint16_t)~RT_WORK_STATE_SUBMITTING;
    rt_timer_detach(&work->timer);
    rt_workqueue_dowork(work->workqueue, work);
}

/* After `time` ticks, at once for 0. */
rt_inline rt_err_t rt_workqueue_submit_work(struct rt_workqueue *queue, struct rt_work *work, rt_tick_t time) {
    if (time == 0) return rt_workqueue_dowork(queue, work);
    if (work->flags & (RT_WORK_STATE_PENDING | RT_WORK_STATE_SUBMITTING)) return -RT_EBUSY;
    work->flags |= RT_WORK_STATE_SUBMITTING;
    work->workqueue = queue;
    rt_timer_init(&work->timer, "work", rt_work_timeout_, work, time,
                  RT_TIMER_FLAG_ONE_SHOT | RT_TIMER_FLAG_SOFT_TIMER);
    return rt_timer_start(&work->timer);
}

/* Takes the work off the queue; -RT_EBUSY while it is being done. */
rt_inline rt_err_t rt_workqueue_cancel_work(struct rt_workqueue *queue, struct rt_work *work) {
    if (queue->work_current == work) return -RT_EBUSY;
    rt_enter_critical();
    if (work->flags & RT_WORK_STATE_SUBMITTING) rt_timer_detach(&work->timer);
    rt_list_remove(&work->list);
    work->flags = 0;
    rt_exit_critical();
    return RT_EOK;
}

#endif
