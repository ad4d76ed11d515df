/* What RT-Thread 5.1 does otherwise than 4.0.4, in a program compiled with its layouts and numbers: src/thread.c, src/ipc.c, src/timer.c. */
#include <pthread.h>
#include <rtdevice.h>
#include <stddef.h>

#include "../suite/utest.h"

/* What the assertions check: rule(ID) cites the one of those that follow it. */
RULE(Y1, "rtdef.h rt_thread", "sizes and places of 5.1 for one processor with RT_USING_DEBUG");
RULE(Y2, "object.c rt_object_get_information", "the kernel has the same sizes");
RULE(Y3, "thread.c rt_thread_create",
     "seven letters of the name and a terminator; state INIT, priority, slice, stack and parameter of the "
     "call; no mutex taken, no cleanup");
RULE(Y4, "thread.c rt_thread_startup", "from INIT to READY");
RULE(Y5, "thread.c rt_thread_self", "the thread that calls is RUNNING");
RULE(Y6, "thread.c rt_thread_delete", "state CLOSE");
RULE(Y7, "rtdef.h rt_err_t", "error codes are those of errno.h");
RULE(Y8, "ipc.c rt_sem_take", "time-out 0: -RT_ETIMEOUT");
RULE(Y9, "ipc.c rt_sem_take", "-RT_ETIMEOUT when the time is over, also as error of the thread");
RULE(Y10, "thread.c rt_thread_delay", "0 ticks: -RT_EINVAL");
RULE(Y11, "ipc.c rt_sem_create", "65535 is the most");
RULE(Y12, "ipc.c rt_sem_control", "SET_VLIMIT: RT_EOK and a new limit; 0 is -RT_EINVAL");
RULE(Y13, "ipc.c rt_sem_release", "-RT_EFULL at the limit");
RULE(Y14, "ipc.c rt_sem_control", "GET_STATE: RT_EOK and the value");
RULE(Y15, "ipc.c rt_sem_control", "other commands: -RT_ERROR");
RULE(Y16, "ipc.c rt_sem_take", "a waiter is suspended, uninterruptibly");
RULE(Y17, "thread.c rt_thread_resume", "a waiter that is woken by hand gets -RT_EINTR");
RULE(Y18, "ipc.c rt_sem_release", "wakes the waiter, which gets RT_EOK");
RULE(Y19, "ipc.c rt_event_send", "RT_EOK");
RULE(Y20, "ipc.c rt_event_recv_killable", "as rt_event_recv");
RULE(Y21, "ipc.c rt_event_recv_interruptible", "-RT_ETIMEOUT when the time is over");
RULE(Y22, "ipc.c rt_mb_send_interruptible", "RT_EOK; wakes the receiver with the mail, as rt_mb_send");
RULE(Y23, "ipc.c rt_mb_send_killable", "as rt_mb_send");
RULE(Y24, "ipc.c rt_mb_send", "full: -RT_EFULL");
RULE(Y25, "ipc.c rt_mb_recv_interruptible", "as rt_mb_recv");
RULE(Y26, "thread.c rt_thread_control", "CHANGE_PRIORITY: RT_EOK, the current priority only");
RULE(Y27, "ipc.c rt_mutex_setprioceiling", "the owner has at least that priority");
RULE(Y28, "ipc.c rt_mutex_release", "gives the owner the priority that it was made with, not the changed one");
RULE(Y29, "thread.c rt_thread_control", "RESET_PRIORITY: RT_EOK, the priority it was made with too");
RULE(Y30, "ipc.c rt_mq_send", "RT_EOK while there is room, then -RT_EFULL");
RULE(Y31, "ipc.c rt_mq_recv", "the length of the message, or of the buffer when that is less");
RULE(Y32, "ipc.c rt_mq_recv", "time-out 0 on an empty one: -RT_ETIMEOUT");
RULE(Y33, "ipc.c rt_mq_init", "RT_EOK; each message takes eight bytes more");
RULE(Y34, "ipc.c rt_mq_detach", "RT_EOK");
RULE(Y35, "ipc.c rt_mutex_init", "RT_EOK; always by priority; no ceiling, no priority, no owner");
RULE(Y36, "ipc.c rt_mutex_take", "RT_EOK, again by its owner, who has it in its list");
RULE(Y37, "ipc.c rt_mutex_release", "RT_EOK by its owner, in whose list it is until the last one; else -RT_ERROR");
RULE(Y38, "ipc.c rt_mutex_detach", "RT_EOK");
RULE(Y39, "ipc.c rt_mutex_getprioceiling", "the ceiling, 0xff when there is none");
RULE(Y40, "ipc.c rt_mutex_setprioceiling", "the ceiling before; counts at once, also downwards");
RULE(Y41, "ipc.c rt_mutex_release", "the priority of before");
RULE(Y42, "ipc.c rt_mutex_setprioceiling",
     "0xff for no mutex and for a priority that there is not, with -RT_EINVAL as error of the thread");
RULE(Y43, "ipc.c rt_mutex_take", "raises the owner, and the mutex has the priority of its best waiter");
RULE(Y44, "ipc.c rt_mutex_take", "-RT_ETIMEOUT when the time is over, and the owner falls back at once");
RULE(Y45, "ipc.c rt_mutex_take",
     "inheritance goes along a chain of owners that wait, which have what they wait for in pending_object");
RULE(Y46, "ipc.c rt_mutex_release", "a waiter that was raised is sorted again, and served first");
RULE(Y47, "thread.c rt_thread_exit", "gives the mutexes of the thread to who waits");
RULE(Y48, "timer.c rt_timer_control", "GET_FUNC and GET_PARM: RT_EOK, the function and its parameter");
RULE(Y49, "timer.c rt_timer_control", "SET_FUNC and SET_PARM: from the next time on");
RULE(Y50, "timer.c rt_timer_control", "GET_REMAIN_TIME is the tick of the time-out");
RULE(Y51, "timer.c rt_timer_control", "SET_TIME stops a timer that runs");
RULE(Y52, "device.c rt_device_register", "RT_EOK");
RULE(Y53, "device.c rt_device_open", "the code of an initialisation that fails is given back");
RULE(Y54, "device.c rt_device_control", "the code of the driver is given back");
RULE(Y55, "rtc.c rt_rtc_control", "commands of the clock from 0x601: RT_EOK, seconds since 1970, from 2018 on");
RULE(Y56, "device.c rt_device_control", "commands of a block device from 0x200: RT_EOK, sectors of 512 bytes");
RULE(Y57, "kservice.c rt_snprintf", "nearer to C: octal, #, (null), no width that cuts; %b, and %p with 0x");
RULE(Y58, "kservice.c rt_kprintf", "gives the length");
RULE(Y59, "pthreads pthread_mutex_init",
     "objects hold those of the kernel and are longer with them: mutex 60 bytes, condition variable 48");
RULE(Y60, "pthreads pthread_create", "0");
RULE(Y61, "pthreads pthread_mutex_lock", "one thread at a time, from PTHREAD_MUTEX_INITIALIZER on");
RULE(Y62, "pthreads pthread_cond_init", "0, and writes no more than the object has");
RULE(Y63, "pthreads pthread_rwlock_init", "0, as locking, unlocking and destroying");
RULE(Y64, "rtdef.h rt_memory", "44 bytes in the kernel too");
RULE(Y65, "object.c rt_object_find", "the heap of the system is the object heap of class Memory");
RULE(Y66, "mem.c rt_memory_info", "the figures are those of the object");
RULE(Y67, "mem.c rt_free", "used falls by the block and its header of 16 bytes, max stays");
RULE(Y68, "mem.c rt_smem_init",
     "an object of class Memory in the memory that it manages, less control block and headers");
RULE(Y69, "mem.c rt_smem_alloc", "a block in that memory, counted with its header; NULL for too much");
RULE(Y70, "mem.c rt_smem_realloc", "counted with its new size");
RULE(Y71, "mem.c rt_smem_free", "not counted any more");
RULE(Y72, "mem.c rt_smem_detach", "RT_EOK; it is no object any more");
RULE(Y73, "thread.c rt_thread_get_name", "RT_EOK and the name; -RT_EINVAL without a thread or room for the name");

#define PRIORITY(thread) (RT_SCHED_PRIV(thread).current_priority)

/* Sizes and places as rtdef.h of 5.1 gives them for one processor with RT_USING_DEBUG. */
static void test_layout(void) {
    struct rt_object_information *info;
    rule(Y1);
    uassert_int_equal(sizeof(struct rt_thread), 164);
    uassert_int_equal(offsetof(struct rt_thread, sp), 24);
    uassert_int_equal(offsetof(struct rt_thread, error), 44);
    uassert_int_equal(offsetof(struct rt_thread, sched_thread_ctx.stat), 56);
    uassert_int_equal(offsetof(struct rt_thread, sched_thread_ctx.sched_thread_priv.current_priority), 68);
    uassert_int_equal(offsetof(struct rt_thread, thread_timer), 76);
    uassert_int_equal(offsetof(struct rt_thread, cleanup), 124);
    uassert_int_equal(offsetof(struct rt_thread, event_set), 140);
    uassert_int_equal(offsetof(struct rt_thread, user_data), 160);
    uassert_int_equal(sizeof(struct rt_semaphore), 44);
    uassert_int_equal(sizeof(struct rt_mutex), 56);
    uassert_int_equal(sizeof(struct rt_event), 44);
    uassert_int_equal(sizeof(struct rt_mailbox), 60);
    uassert_int_equal(sizeof(struct rt_messagequeue), 72);
    uassert_int_equal(sizeof(struct rt_mempool), 64);
    uassert_int_equal(sizeof(struct rt_memheap), 124);
    uassert_int_equal(sizeof(struct rt_device), 68);
    /* The kernel has the same sizes. */
    info = rt_object_get_information(RT_Object_Class_Thread);
    rule(Y2);
    uassert_int_equal(info->object_size, sizeof(struct rt_thread));
    uassert_int_equal(rt_object_get_information(RT_Object_Class_Mutex)->object_size, sizeof(struct rt_mutex));
    uassert_int_equal(rt_object_get_information(RT_Object_Class_Device)->object_size, sizeof(struct rt_device));
    uassert_int_equal(rt_object_get_information(RT_Object_Class_MessageQueue)->object_size,
                      sizeof(struct rt_messagequeue));
}

static void nothing(void *parameter) {}

/* _thread_init: fields, states. */
static void test_thread(void) {
    char name[16];
    rt_thread_t t = rt_thread_create("longname_x", nothing, (void *)7, 1024, 25, 33);
    rule(Y3);
    /* Seven characters and a terminator. */
    uassert_str_equal(t->parent.name, "longnam");
    uassert_int_equal(t->parent.type, RT_Object_Class_Thread);
    uassert_int_equal(state_of(t), RT_THREAD_INIT);
    uassert_int_equal(PRIORITY(t), 25);
    uassert_int_equal(RT_SCHED_PRIV(t).init_tick, 33);
    uassert_int_equal(t->stack_size, 1024);
    uassert_true(t->parameter == (void *)7);
    uassert_true(rt_list_isempty(&t->taken_object_list));
    rt_thread_startup(t);
    rule(Y4);
    uassert_int_equal(state_of(t), RT_THREAD_READY);
    rule(Y5);
    uassert_int_equal(state_of(rt_thread_self()), RT_THREAD_RUNNING);
    rt_thread_delete(t);
    rule(Y6);
    uassert_int_equal(state_of(t), RT_THREAD_CLOSE);
    rt_thread_mdelay(50);
    t = rt_thread_create("user", nothing, RT_NULL, 512, 25, 5);
    t->user_data = 0x5555;
    rule(Y73);
    uassert_int_equal(rt_thread_get_name(t, name, sizeof(name)), RT_EOK);
    uassert_str_equal(name, "user");
    uassert_int_equal(rt_thread_get_name(RT_NULL, name, sizeof(name)), -RT_EINVAL);
    uassert_int_equal(rt_thread_get_name(t, RT_NULL, sizeof(name)), -RT_EINVAL);
    uassert_int_equal(rt_thread_get_name(t, name, 0), -RT_EINVAL);
    rule(Y3);
    uassert_int_equal(t->cleanup == RT_NULL, 1);
    rt_thread_delete(t);
    rt_thread_mdelay(50);
}

/* Errors are those of errno.h; rt_thread_delay(0) does not wait. */
static void test_errors(void) {
    rt_sem_t sem = rt_sem_create("err", 0, RT_IPC_FLAG_FIFO);
    rt_uint32_t value = 9;
    rule(Y7);
    uassert_int_equal(RT_ETIMEOUT, 116);
    rule(Y8);
    uassert_int_equal(rt_sem_take(sem, 0), -116);
    rule(Y9);
    uassert_int_equal(rt_sem_take(sem, 2), -RT_ETIMEOUT);
    uassert_int_equal(rt_thread_self()->error, -RT_ETIMEOUT);
    uassert_int_equal(rt_get_errno(), -RT_ETIMEOUT);
    rule(Y10);
    uassert_int_equal(rt_thread_delay(0), -RT_EINVAL);
    rule(Y11);
    /* RT_IPC_CMD_SET_VLIMIT. */
    uassert_int_equal(sem->max_value, 65535);
    rule(Y12);
    uassert_int_equal(rt_sem_control(sem, RT_IPC_CMD_SET_VLIMIT, (void *)2), RT_EOK);
    rule(Y13);
    uassert_int_equal(rt_sem_release(sem), RT_EOK);
    uassert_int_equal(rt_sem_release(sem), RT_EOK);
    uassert_int_equal(rt_sem_release(sem), -RT_EFULL);
    rule(Y14);
    uassert_int_equal(rt_sem_control(sem, RT_IPC_CMD_GET_STATE, &value), RT_EOK);
    uassert_int_equal(value, 2);
    rule(Y12);
    uassert_int_equal(rt_sem_control(sem, RT_IPC_CMD_SET_VLIMIT, (void *)0), -RT_EINVAL);
    rule(Y15);
    uassert_int_equal(rt_sem_control(sem, 77, RT_NULL), -RT_ERROR);
    rt_sem_delete(sem);
}

static rt_sem_t shared;
static rt_err_t result;
static void takes_shared(void *parameter) {
    result = rt_sem_take(shared, RT_WAITING_FOREVER);
    mark('t');
}

/* _rt_sem_take begins with -RT_EINTR: a waiter resumed by hand knows that it got nothing. */
static void test_resumed_by_hand(void) {
    rt_thread_t thread;
    shared = rt_sem_create("hand", 0, RT_IPC_FLAG_FIFO);
    thread = spawn("t", takes_shared, RT_NULL, 10);
    rule(Y16);
    uassert_int_equal(state_of(thread), RT_THREAD_SUSPEND);
    uassert_int_equal(RT_SCHED_CTX(thread).stat & RT_THREAD_STAT_MASK, RT_THREAD_SUSPEND_UNINTERRUPTIBLE);
    rt_thread_resume(thread);
    rt_thread_delay(1);
    rule(Y17);
    uassert_str_equal(marks(), "t");
    uassert_int_equal(result, -RT_EINTR);
    thread = spawn("t", takes_shared, RT_NULL, 10);
    rt_sem_release(shared);
    rule(Y18);
    uassert_int_equal(result, RT_EOK);
    uassert_str_equal(marks(), "t");
    rt_sem_delete(shared);
}

static rt_event_t event;
static rt_mailbox_t box;
static rt_ubase_t got_mail;

static void waits_event(void *parameter) {
    rt_uint32_t bits = 0;
    result = rt_event_recv_interruptible(event, 1, RT_EVENT_FLAG_OR, RT_WAITING_FOREVER, &bits);
}
static void waits_mail(void *parameter) {
    result = rt_mb_recv_killable(box, &got_mail, RT_WAITING_FOREVER);
}
static void sends_mail(void *parameter) {
    result = rt_mb_send_wait_interruptible(box, 3, RT_WAITING_FOREVER);
}

/* The other waits begin with it too; the forms for each kind of suspension take and time out as the plain ones. */
static void test_forms(void) {
    rt_thread_t thread;
    rt_uint32_t bits = 0;
    event = rt_event_create("event", RT_IPC_FLAG_PRIO);
    thread = spawn("e", waits_event, RT_NULL, 10);
    rt_thread_resume(thread);
    rt_thread_delay(1);
    rule(Y17);
    uassert_int_equal(result, -RT_EINTR);
    rule(Y19);
    uassert_int_equal(rt_event_send(event, 5), RT_EOK);
    rule(Y20);
    uassert_int_equal(rt_event_recv_killable(event, 4, RT_EVENT_FLAG_AND | RT_EVENT_FLAG_CLEAR, 0, &bits), RT_EOK);
    uassert_int_equal(bits, 4);
    rule(Y21);
    uassert_int_equal(rt_event_recv_interruptible(event, 4, RT_EVENT_FLAG_AND, 1, &bits), -RT_ETIMEOUT);
    rt_event_delete(event);

    box = rt_mb_create("box", 1, RT_IPC_FLAG_FIFO);
    thread = spawn("m", waits_mail, RT_NULL, 10);
    rule(Y22);
    uassert_int_equal(rt_mb_send_interruptible(box, 7), RT_EOK);
    uassert_int_equal(result, RT_EOK);
    uassert_int_equal(got_mail, 7);
    rule(Y23);
    uassert_int_equal(rt_mb_send_killable(box, 1), RT_EOK);
    rule(Y24);
    uassert_int_equal(rt_mb_send(box, 2), -RT_EFULL);
    thread = spawn("s", sends_mail, RT_NULL, 10);
    rt_thread_resume(thread);
    rt_thread_delay(1);
    rule(Y17);
    uassert_int_equal(result, -RT_EINTR);
    rule(Y25);
    uassert_int_equal(rt_mb_recv_interruptible(box, &got_mail, 0), RT_EOK);
    uassert_int_equal(got_mail, 1);
    uassert_int_equal(rt_mb_recv_interruptible(box, &got_mail, 1), -RT_ETIMEOUT);
    rt_mb_delete(box);
}

/* RT_THREAD_CTRL_RESET_PRIORITY changes what CHANGE_PRIORITY leaves: the priority that a mutex gives back. */
static void test_priorities(void) {
    rt_thread_t self = rt_thread_self();
    rt_uint8_t priority = 18;
    rt_mutex_t m = rt_mutex_create("prio", RT_IPC_FLAG_PRIO);
    rule(Y26);
    uassert_int_equal(rt_thread_control(self, RT_THREAD_CTRL_CHANGE_PRIORITY, &priority), RT_EOK);
    uassert_int_equal(PRIORITY(self), 18);
    uassert_int_equal(RT_SCHED_PRIV(self).init_priority, 20);
    rt_mutex_setprioceiling(m, 15);
    rt_mutex_take(m, 0);
    rule(Y27);
    uassert_int_equal(PRIORITY(self), 15);
    rt_mutex_release(m);
    rule(Y28);
    uassert_int_equal(PRIORITY(self), 20);
    rule(Y29);
    uassert_int_equal(rt_thread_control(self, RT_THREAD_CTRL_RESET_PRIORITY, &priority), RT_EOK);
    uassert_int_equal(RT_SCHED_PRIV(self).init_priority, 18);
    rt_mutex_take(m, 0);
    rt_mutex_release(m);
    rule(Y28);
    uassert_int_equal(PRIORITY(self), 18);
    priority = 20;
    rt_thread_control(self, RT_THREAD_CTRL_RESET_PRIORITY, &priority);
    rt_mutex_delete(m);
}

/* rt_mq_recv gives the length of the message, which is kept. */
static void test_queue(void) {
    char got[16];
    static ALIGN(4) char pool[3 * (8 + 8)];
    struct rt_messagequeue q;
    rt_mq_t mq = rt_mq_create("mq", 8, 2, RT_IPC_FLAG_FIFO);
    rule(Y30);
    uassert_int_equal(rt_mq_send(mq, "abc", 4), RT_EOK);
    uassert_int_equal(rt_mq_send(mq, "longer", 7), RT_EOK);
    uassert_int_equal(rt_mq_send(mq, "x", 2), -RT_EFULL);
    rule(Y31);
    uassert_int_equal(rt_mq_recv(mq, got, sizeof(got), 0), 4);
    uassert_str_equal(got, "abc");
    uassert_int_equal(rt_mq_recv(mq, got, 3, 0), 3);
    rule(Y32);
    uassert_int_equal(rt_mq_recv(mq, got, 3, 0), -RT_ETIMEOUT);
    rt_mq_delete(mq);
    rule(Y33);
    uassert_int_equal(rt_mq_init(&q, "static", pool, 8, sizeof(pool), RT_IPC_FLAG_PRIO), RT_EOK);
    uassert_int_equal(q.max_msgs, 3);
    rule(Y34);
    uassert_int_equal(rt_mq_detach(&q), RT_EOK);
}

static rt_mutex_t first, second;
static rt_int32_t wait_ticks = RT_WAITING_FOREVER;

static void takes_first(void *parameter) {
    result = rt_mutex_take(first, wait_ticks);
    mark((char)(long)parameter);
    if (result == RT_EOK) rt_mutex_release(first);
}

static void takes_both(void *parameter) {
    rt_mutex_take(second, RT_WAITING_FOREVER);
    rt_mutex_take(first, RT_WAITING_FOREVER);
    mark('b');
    rt_mutex_release(first);
    rt_mutex_release(second);
}

static void takes_second(void *parameter) {
    rt_mutex_take(second, RT_WAITING_FOREVER);
    mark('s');
    rt_mutex_release(second);
}

static void keeps_first(void *parameter) {
    rt_mutex_take(first, RT_WAITING_FOREVER);
}

/* rt_mutex_take: fields, and inheritance that ends when the waiter's time is over. */
static void test_mutex(void) {
    rt_thread_t self = rt_thread_self();
    struct rt_mutex m;
    rt_uint8_t before;
    rule(Y35);
    uassert_int_equal(rt_mutex_init(&m, "m", RT_IPC_FLAG_FIFO), RT_EOK);
    uassert_int_equal(m.parent.parent.flag, RT_IPC_FLAG_PRIO);
    uassert_int_equal(m.ceiling_priority, 0xff);
    uassert_int_equal(m.priority, 0xff);
    uassert_null(m.owner);
    rule(Y36);
    uassert_int_equal(rt_mutex_take(&m, 0), RT_EOK);
    uassert_int_equal(rt_mutex_take(&m, 0), RT_EOK);
    uassert_int_equal(m.hold, 2);
    uassert_true(m.owner == self);
    uassert_true(self->taken_object_list.next == &m.taken_list);
    rule(Y37);
    uassert_int_equal(rt_mutex_release(&m), RT_EOK);
    uassert_int_equal(rt_mutex_release(&m), RT_EOK);
    uassert_int_equal(rt_mutex_release(&m), -RT_ERROR);
    uassert_true(rt_list_isempty(&self->taken_object_list));
    rule(Y38);
    uassert_int_equal(rt_mutex_detach(&m), RT_EOK);

    /* rt_mutex_setprioceiling: who takes it gets that priority, who has it at once; only a better one. */
    first = rt_mutex_create("ceil", RT_IPC_FLAG_PRIO);
    before = PRIORITY(self);
    rule(Y39);
    uassert_int_equal(rt_mutex_getprioceiling(first), 0xff);
    rule(Y40);
    uassert_int_equal(rt_mutex_setprioceiling(first, 8), 0xff);
    rule(Y39);
    uassert_int_equal(rt_mutex_getprioceiling(first), 8);
    uassert_int_equal(first->ceiling_priority, 8);
    rt_mutex_take(first, RT_WAITING_FOREVER);
    rule(Y27);
    uassert_int_equal(PRIORITY(self), 8);
    rule(Y40);
    uassert_int_equal(rt_mutex_setprioceiling(first, 5), 8);
    uassert_int_equal(PRIORITY(self), 5);
    uassert_int_equal(rt_mutex_setprioceiling(first, 31), 5);
    uassert_int_equal(PRIORITY(self), before);
    rt_mutex_release(first);
    rule(Y41);
    uassert_int_equal(PRIORITY(self), before);
    rt_set_errno(0);
    rule(Y42);
    uassert_int_equal(rt_mutex_setprioceiling(first, 32), 0xff);
    uassert_int_equal(rt_get_errno(), -RT_EINVAL);
    uassert_int_equal(rt_mutex_setprioceiling(RT_NULL, 3), 0xff);
    rule(Y39);
    uassert_int_equal(rt_mutex_getprioceiling(RT_NULL), 0xff);
    uassert_int_equal(rt_mutex_getprioceiling(first), 31);
    rt_mutex_delete(first);

    first = rt_mutex_create("first", RT_IPC_FLAG_PRIO);
    rt_mutex_take(first, RT_WAITING_FOREVER);
    wait_ticks = 3;
    spawn("w", takes_first, (void *)'w', 10);
    rule(Y43);
    uassert_int_equal(PRIORITY(self), 10);
    uassert_int_equal(first->priority, 10);
    rt_thread_delay(6);
    rule(Y44);
    uassert_str_equal(marks(), "w");
    uassert_int_equal(result, -RT_ETIMEOUT);
    uassert_int_equal(PRIORITY(self), 20);
    uassert_int_equal(first->priority, 0xff);
    rt_mutex_release(first);
    wait_ticks = RT_WAITING_FOREVER;
}

/* _thread_update_priority: along a chain of owners that wait themselves, and the queue is sorted again. */
static void test_chain(void) {
    rt_thread_t self = rt_thread_self(), middle;
    second = rt_mutex_create("second", RT_IPC_FLAG_PRIO);
    rt_mutex_take(first, RT_WAITING_FOREVER);
    middle = spawn("middle", takes_both, RT_NULL, 15);
    rule(Y45);
    uassert_int_equal(PRIORITY(self), 15);
    uassert_true(middle->pending_object == &first->parent.parent);
    spawn("other", takes_first, (void *)'o', 12);
    uassert_int_equal(PRIORITY(self), 12);
    spawn("top", takes_second, RT_NULL, 8);
    uassert_int_equal(PRIORITY(middle), 8);
    uassert_int_equal(PRIORITY(self), 8);
    rt_mutex_release(first);
    rt_thread_delay(1);
    rule(Y46);
    uassert_int_equal(PRIORITY(self), 20);
    /* middle, raised to 8, is served before the other one of 12. */
    uassert_str_equal(marks(), "bso");
    rt_mutex_delete(second);
}

/* rt_thread_delete and the end of a thread give its mutexes to who waits. */
static void test_dead_owner(void) {
    spawn("keeps", keeps_first, RT_NULL, 10);
    rule(Y47);
    uassert_int_equal(rt_mutex_take(first, 5), RT_EOK);
    rt_mutex_release(first);
    rt_mutex_delete(first);
}

static void my_function(void *parameter) {
    mark('f');
}
static void other_function(void *parameter) {
    mark((char)(long)parameter);
}

/* rt_timer_control: function and parameter can be asked for and changed; SET_TIME stops a running timer. */
static void test_timer(void) {
    void *value = RT_NULL;
    rt_tick_t ticks = 2, state = 9;
    rt_timer_t timer = rt_timer_create("t", my_function, (void *)'p', 5, RT_TIMER_FLAG_ONE_SHOT);
    rule(Y48);
    uassert_int_equal(rt_timer_control(timer, RT_TIMER_CTRL_GET_FUNC, &value), RT_EOK);
    uassert_true(value == (void *)my_function);
    rt_timer_control(timer, RT_TIMER_CTRL_GET_PARM, &value);
    uassert_true(value == (void *)'p');
    rt_timer_control(timer, RT_TIMER_CTRL_SET_FUNC, (void *)other_function);
    rt_timer_control(timer, RT_TIMER_CTRL_SET_PARM, (void *)'q');
    rt_timer_start(timer);
    rt_thread_delay(7);
    rule(Y49);
    uassert_str_equal(marks(), "q");
    rt_timer_start(timer);
    /* The tick of its time-out, in spite of the name. */
    rt_timer_control(timer, RT_TIMER_CTRL_GET_REMAIN_TIME, &state);
    rule(Y50);
    uassert_int_equal(state, rt_tick_get() + 5);
    rt_timer_control(timer, RT_TIMER_CTRL_SET_TIME, &ticks);
    rt_timer_control(timer, RT_TIMER_CTRL_GET_STATE, &state);
    rule(Y51);
    uassert_int_equal(state, RT_TIMER_FLAG_DEACTIVATED);
    rt_timer_delete(timer);
}

static rt_err_t fails(rt_device_t dev) {
    return -RT_EIO;
}
static rt_err_t refuses(rt_device_t dev, int command, void *argument) {
    return -RT_EINVAL;
}

/* Devices: codes of a driver of the program come back as they are; commands have the numbers of 5.x. */
static void test_device(void) {
    static const struct rt_device_ops ops = {fails, RT_NULL, RT_NULL, RT_NULL, RT_NULL, refuses};
    static struct rt_device device;
    rt_device_t rtc = rt_device_find("rtc"), card = rt_device_find("sd0");
    struct rt_device_blk_geometry geometry;
    time_t now = 0;
    device.ops = &ops;
    rule(Y52);
    uassert_int_equal(rt_device_register(&device, "mine", RT_DEVICE_FLAG_RDWR), RT_EOK);
    rule(Y53);
    uassert_int_equal(rt_device_open(&device, 0), -RT_EIO);
    rule(Y54);
    uassert_int_equal(rt_device_control(&device, 1, RT_NULL), -RT_EINVAL);
    rt_device_unregister(&device);
    rule(Y55);
    uassert_int_equal(RT_DEVICE_CTRL_RTC_GET_TIME, 0x601);
    uassert_int_equal(rt_device_control(rtc, RT_DEVICE_CTRL_RTC_GET_TIME, &now), RT_EOK);
    uassert_in_range(now - 1514764800, 0, 1000);
    memset(&geometry, 0, sizeof(geometry));
    rule(Y56);
    uassert_int_equal(rt_device_control(card, RT_DEVICE_CTRL_BLK_GETGEOME, &geometry), RT_EOK);
    uassert_int_equal(geometry.bytes_per_sector, 512);
}

/* rt_vsnprintf of 5.2 is nearer to C. */
static void test_format(void) {
    char text[64];
    rt_snprintf(text, sizeof(text), "%o %#x %p %s|%3s|%b", 42, 255, (void *)0x1234, (char *)0, "hello", 5);
    rule(Y57);
    uassert_str_equal(text, "52 0xff 0x00001234 (null)|hello|101");
    rule(Y58);
    uassert_int_equal(rt_kprintf("%s\n", "five"), 5);
}

static pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER;
static pthread_rwlock_t rwlock;
static void *counts(void *argument) {
    pthread_mutex_lock(&lock);
    *(int *)argument += 1;
    pthread_mutex_unlock(&lock);
    return argument;
}

/* The POSIX objects hold those of the kernel and are longer with them. */
static void test_pthread(void) {
    struct {
        char before[8];
        pthread_cond_t cond;
        char after[8];
    } guarded;
    pthread_t threads[3];
    int n, count = 0;
    rule(Y59);
    uassert_int_equal(sizeof(pthread_mutex_t), 60);
    uassert_int_equal(sizeof(pthread_cond_t), 48);
    memset(&guarded, 0x77, sizeof(guarded));
    rule(Y60);
    for (n = 0; n < 3; n++) uassert_int_equal(pthread_create(&threads[n], RT_NULL, counts, &count), 0);
    for (n = 0; n < 3; n++) pthread_join(threads[n], RT_NULL);
    rule(Y61);
    uassert_int_equal(count, 3);
    rule(Y62);
    uassert_int_equal(pthread_cond_init(&guarded.cond, RT_NULL), 0);
    pthread_cond_destroy(&guarded.cond);
    uassert_int_equal(guarded.before[7], 0x77);
    uassert_int_equal(guarded.after[0], 0x77);
    rule(Y63);
    uassert_int_equal(pthread_rwlock_init(&rwlock, RT_NULL), 0);
    uassert_int_equal(pthread_rwlock_wrlock(&rwlock), 0);
    uassert_int_equal(pthread_rwlock_unlock(&rwlock), 0);
    uassert_int_equal(pthread_rwlock_destroy(&rwlock), 0);
}

/* struct rt_memory: the heap of the system is an object, and so are those of the program. */
static void test_memory(void) {
    static rt_uint8_t place[1024];
    struct rt_memory *heap, *own;
    rt_uint32_t total, used, max;
    void *block;
    rule(Y64);
    uassert_int_equal(sizeof(struct rt_memory), 44);
    uassert_int_equal(rt_object_get_information(RT_Object_Class_Memory)->object_size, 44);
    rule(Y65);
    uassert_int_equal(rt_object_get_length(RT_Object_Class_Memory), 1);
    heap = (struct rt_memory *)rt_object_find("heap", RT_Object_Class_Memory);
    uassert_not_null(heap);
    block = rt_malloc(5000);
    rt_memory_info(&total, &used, &max);
    rule(Y66);
    uassert_int_equal(heap->total, total);
    uassert_int_equal(heap->used, used);
    uassert_int_equal(heap->max, max);
    rt_free(block);
    rule(Y67);
    uassert_int_equal(heap->used, used - 5000 - 16);
    uassert_int_equal(heap->max, max);
    own = rt_smem_init("own", place, sizeof(place));
    rule(Y68);
    uassert_not_null(own);
    uassert_int_equal(rt_object_get_type(&own->parent), RT_Object_Class_Memory);
    uassert_str_equal(own->parent.name, "own");
    uassert_int_equal(own->used, 0);
    /* The control structure takes 60 bytes, the headers at the ends 16 each. */
    uassert_in_range(own->total, 1024 - 60 - 32 - 8, 1024 - 60 - 32);
    block = rt_smem_alloc(own, 100);
    rule(Y69);
    uassert_true((rt_uint8_t *)block > place && (rt_uint8_t *)block < place + 1024);
    uassert_int_equal(own->used, 116);
    uassert_null(rt_smem_alloc(own, 1024));
    block = rt_smem_realloc(own, block, 200);
    rule(Y70);
    uassert_int_equal(own->used, 216);
    rt_smem_free(block);
    rule(Y71);
    uassert_int_equal(own->used, 0);
    rule(Y72);
    uassert_int_equal(rt_smem_detach(own), RT_EOK);
    uassert_int_equal(own->parent.type, 0);
}

static void testcase(void) {
    UTEST_UNIT_RUN(test_layout);
    UTEST_UNIT_RUN(test_thread);
    UTEST_UNIT_RUN(test_errors);
    UTEST_UNIT_RUN(test_resumed_by_hand);
    UTEST_UNIT_RUN(test_forms);
    UTEST_UNIT_RUN(test_priorities);
    UTEST_UNIT_RUN(test_queue);
    UTEST_UNIT_RUN(test_mutex);
    UTEST_UNIT_RUN(test_chain);
    UTEST_UNIT_RUN(test_dead_owner);
    UTEST_UNIT_RUN(test_timer);
    UTEST_UNIT_RUN(test_device);
    UTEST_UNIT_RUN(test_format);
    UTEST_UNIT_RUN(test_pthread);
    UTEST_UNIT_RUN(test_memory);
}
UTEST_TC_EXPORT(testcase, "five", RT_NULL, RT_NULL, 20);
