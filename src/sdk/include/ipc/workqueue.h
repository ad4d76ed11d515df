/*
 * Work queues: a thread that does one piece of work after the other. RT-Thread 4.0.4 does not export its functions, so these are code of
 * the module: the queue's thread belongs to the module and ends with it.
 */
#ifndef WORKQUEUE_H__
#define WORKQUEUE_H__

#include <rthw.h>
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
    struct rt_semaphore sem; /* rt_workqueue_cancel_work_sync waits here */
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

/* Called with interrupts off, which it allows again. A thread of a queue that does nothing is suspended, or about to look by itself. */
rt_inline void rt_workqueue_wake_(struct rt_workqueue *queue, rt_base_t level) {
    if (queue->work_current == RT_NULL) rt_thread_resume(queue->work_thread);
    rt_hw_interrupt_enable(level);
    rt_schedule();
}

rt_inline void rt_workqueue_thread_(void *parameter) {
    struct rt_workqueue *queue = (struct rt_workqueue *)parameter;

    for (;;) {
        struct rt_work *work;
        rt_base_t level = rt_hw_interrupt_disable();

        if (rt_list_isempty(&queue->work_list)) {
            rt_thread_suspend(rt_thread_self());
            rt_hw_interrupt_enable(level);
            rt_schedule();
            continue;
        }
        work = rt_list_first_entry(&queue->work_list, struct rt_work, list);
        rt_list_remove(&work->list);
        work->flags &= (rt_uint16_t)~RT_WORK_STATE_PENDING;
        queue->work_current = work;
        rt_hw_interrupt_enable(level);
        work->work_func(work, work->work_data);
        queue->work_current = RT_NULL;
        /* Everybody who waits for the end of this work goes on, and the value is 0 again. */
        rt_enter_critical();
        while (rt_sem_trytake(&queue->sem) != RT_EOK) rt_sem_release(&queue->sem);
        rt_exit_critical();
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

rt_inline void rt_work_timeout_(void *parameter) {
    struct rt_work *work = (struct rt_work *)parameter;
    struct rt_workqueue *queue = work->workqueue;
    rt_base_t level = rt_hw_interrupt_disable();

    rt_timer_detach(&work->timer);
    work->flags &= (rt_uint16_t)~RT_WORK_STATE_SUBMITTING;
    rt_list_remove(&work->list);
    if (queue->work_current != work) {
        rt_list_insert_before(&queue->work_list, &work->list);
        work->flags |= RT_WORK_STATE_PENDING;
    }
    rt_workqueue_wake_(queue, level);
}

/* After `time` ticks, at once for 0. What waits already begins to wait anew; -RT_EBUSY for what is being done, -RT_ERROR for too long a time. */
rt_inline rt_err_t rt_workqueue_submit_work(struct rt_workqueue *queue, struct rt_work *work, rt_tick_t time) {
    rt_base_t level = rt_hw_interrupt_disable();

    rt_list_remove(&work->list);
    work->flags &= (rt_uint16_t)~RT_WORK_STATE_PENDING;
    if (time >= RT_TICK_MAX / 2 || (time == 0 && queue->work_current == work)) {
        rt_hw_interrupt_enable(level);
        return time == 0 ? -RT_EBUSY : -RT_ERROR;
    }
    work->workqueue = queue;
    if (time == 0) {
        rt_list_insert_before(&queue->work_list, &work->list);
        work->flags |= RT_WORK_STATE_PENDING;
        rt_workqueue_wake_(queue, level);
        return RT_EOK;
    }
    if (work->flags & RT_WORK_STATE_SUBMITTING) {
        rt_timer_stop(&work->timer);
        rt_timer_control(&work->timer, RT_TIMER_CTRL_SET_TIME, &time);
    } else {
        rt_timer_init(&work->timer, "work", rt_work_timeout_, work, time,
                      RT_TIMER_FLAG_ONE_SHOT | RT_TIMER_FLAG_SOFT_TIMER);
        work->flags |= RT_WORK_STATE_SUBMITTING;
    }
    rt_list_insert_before(&queue->delayed_list, &work->list);
    rt_hw_interrupt_enable(level);
    return rt_timer_start(&work->timer);
}

/* At the end of the queue; -RT_EBUSY for what is being done. */
rt_inline rt_err_t rt_workqueue_dowork(struct rt_workqueue *queue, struct rt_work *work) {
    return rt_workqueue_submit_work(queue, work, 0);
}

/* Before everything that waits; -RT_EBUSY for what is being done. */
rt_inline rt_err_t rt_workqueue_critical_work(struct rt_workqueue *queue, struct rt_work *work) {
    rt_base_t level = rt_hw_interrupt_disable();

    if (queue->work_current == work) {
        rt_hw_interrupt_enable(level);
        return -RT_EBUSY;
    }
    rt_list_remove(&work->list);
    rt_list_insert_after(&queue->work_list, &work->list);
    work->flags |= RT_WORK_STATE_PENDING;
    work->workqueue = queue;
    rt_workqueue_wake_(queue, level);
    return RT_EOK;
}

/* Takes the work off the queue; -RT_EBUSY while it is being done. */
rt_inline rt_err_t rt_workqueue_cancel_work(struct rt_workqueue *queue, struct rt_work *work) {
    rt_base_t level = rt_hw_interrupt_disable();

    rt_list_remove(&work->list);
    if (work->flags & RT_WORK_STATE_SUBMITTING) {
        rt_timer_stop(&work->timer);
        rt_timer_detach(&work->timer);
    }
    work->flags &= (rt_uint16_t)~(RT_WORK_STATE_PENDING | RT_WORK_STATE_SUBMITTING);
    work->workqueue = RT_NULL;
    rt_hw_interrupt_enable(level);
    return queue->work_current == work ? -RT_EBUSY : RT_EOK;
}

/* The same, and waits for the end of work that is being done. */
rt_inline rt_err_t rt_workqueue_cancel_work_sync(struct rt_workqueue *queue, struct rt_work *work) {
    if (rt_workqueue_cancel_work(queue, work) == -RT_EBUSY) rt_sem_take(&queue->sem, RT_WAITING_FOREVER);
    return RT_EOK;
}

/* Takes everything off the queue that waits. */
rt_inline rt_err_t rt_workqueue_cancel_all_work(struct rt_workqueue *queue) {
    rt_enter_critical();
    while (!rt_list_isempty(&queue->work_list))
        rt_workqueue_cancel_work(queue, rt_list_first_entry(&queue->work_list, struct rt_work, list));
    while (!rt_list_isempty(&queue->delayed_list))
        rt_workqueue_cancel_work(queue, rt_list_first_entry(&queue->delayed_list, struct rt_work, list));
    rt_exit_critical();
    return RT_EOK;
}

rt_inline rt_err_t rt_workqueue_destroy(struct rt_workqueue *queue) {
    if (queue == RT_NULL) return -RT_EINVAL;
    rt_workqueue_cancel_all_work(queue);
    rt_thread_delete(queue->work_thread);
    rt_sem_detach(&queue->sem);
    rt_free(queue);
    return RT_EOK;
}

#endif
