/*
 * Wait queues: threads that wait until a condition holds. RT-Thread 4.0.4 does not export its functions, so these are code of the module,
 * built on semaphores of the kernel.
 */
#ifndef WAITQUEUE_H__
#define WAITQUEUE_H__

#include <rtthread.h>

struct rt_wqueue_node;
typedef int (*rt_wqueue_func_t)(struct rt_wqueue_node *wait, void *key);

struct rt_wqueue_node {
    rt_thread_t polling_thread;
    rt_list_t list;
    rt_wqueue_func_t wakeup;
    rt_uint32_t key;
    struct rt_semaphore woken;
};
typedef struct rt_wqueue_node rt_wqueue_node_t;

#define RT_WQ_FLAG_CLEAN 0x00
#define RT_WQ_FLAG_WAKEUP 0x01

#define DEFINE_WAIT_FUNC(name, function) rt_wqueue_node_t name = {0, {&(name).list, &(name).list}, function, 0, {}}
#define DEFINE_WAIT(name) DEFINE_WAIT_FUNC(name, 0)

rt_inline void rt_wqueue_init(rt_wqueue_t *queue) {
    queue->flag = RT_WQ_FLAG_CLEAN;
    rt_list_init(&queue->waiting_list);
}

rt_inline void rt_wqueue_add(rt_wqueue_t *queue, struct rt_wqueue_node *node) {
    rt_enter_critical();
    rt_list_insert_before(&queue->waiting_list, &node->list);
    rt_exit_critical();
}

rt_inline void rt_wqueue_remove(struct rt_wqueue_node *node) {
    rt_enter_critical();
    rt_list_remove(&node->list);
    rt_exit_critical();
}

/* Wakes the first thread whose node takes the key. */
rt_inline void rt_wqueue_wakeup(rt_wqueue_t *queue, void *key) {
    rt_list_t *at;

    rt_enter_critical();
    queue->flag = RT_WQ_FLAG_WAKEUP;
    rt_list_for_each(at, &queue->waiting_list) {
        struct rt_wqueue_node *node = rt_list_entry(at, struct rt_wqueue_node, list);
        if (node->wakeup != RT_NULL && node->wakeup(node, key) != 0) continue;
        rt_list_remove(&node->list);
        rt_sem_release(&node->woken);
        break;
    }
    rt_exit_critical();
}

/* Waits at most msec milliseconds (forever when negative) unless the condition holds already. 0 in every case, as in 4.0.4. */
rt_inline int rt_wqueue_wait(rt_wqueue_t *queue, int condition, int msec) {
    struct rt_wqueue_node node;
    rt_int32_t ticks = msec < 0 ? RT_WAITING_FOREVER : (rt_int32_t)rt_tick_from_millisecond(msec);

    if (condition || ticks == 0) return 0;
    node.polling_thread = rt_thread_self();
    node.wakeup = RT_NULL;
    node.key = 0;
    rt_list_init(&node.list);
    rt_sem_init(&node.woken, "wqueue", 0, RT_IPC_FLAG_FIFO);
    rt_enter_critical();
    if (queue->flag == RT_WQ_FLAG_WAKEUP) ticks = 0;
    else rt_list_insert_before(&queue->waiting_list, &node.list);
    rt_exit_critical();
    if (ticks != 0) rt_sem_take(&node.woken, ticks);
    rt_enter_critical();
    queue->flag = RT_WQ_FLAG_CLEAN;
    rt_list_remove(&node.list);
    rt_exit_critical();
    rt_sem_detach(&node.woken);
    return 0;
}

#define rt_wqueue_wait_event(queue, condition) rt_wqueue_wait(&(queue), (condition) != 0, RT_WAITING_FOREVER)

#endif
