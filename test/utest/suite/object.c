/* Objects: src/object.c of RT-Thread 4.0.4; programming manual, "Kernel Basics". */
#include "utest.h"

/* rt_object_get_information: one container for each class, with the size of its objects. */
static void test_information(void) {
    static const struct {
        int type, size;
    } rows[] = {
        {RT_Object_Class_Thread, sizeof(struct rt_thread)},     {RT_Object_Class_Semaphore, sizeof(struct rt_semaphore)},
        {RT_Object_Class_Mutex, sizeof(struct rt_mutex)},       {RT_Object_Class_Event, sizeof(struct rt_event)},
        {RT_Object_Class_MailBox, sizeof(struct rt_mailbox)},   {RT_Object_Class_MessageQueue, sizeof(struct rt_messagequeue)},
        {RT_Object_Class_MemHeap, sizeof(struct rt_memheap)},   {RT_Object_Class_MemPool, sizeof(struct rt_mempool)},
        {RT_Object_Class_Device, sizeof(struct rt_device)},     {RT_Object_Class_Timer, sizeof(struct rt_timer)},
    };
    unsigned n;
    for (n = 0; n < sizeof(rows) / sizeof(rows[0]); n++) {
        struct rt_object_information *info = rt_object_get_information(rows[n].type);
        rule("object.c rt_object_get_information");
        uassert_not_null(info);
        uassert_int_equal(info->object_size, rows[n].size);
        uassert_int_equal(info->type, rows[n].type);
    }
    uassert_null(rt_object_get_information(0x55));
}

/* rt_object_find: by class, 8 characters at most, newest first; objects of a module are not in the containers. */
static void test_find(void) {
    rt_sem_t sem;
    rule("object.c rt_object_find");
    uassert_not_null(rt_object_find("uart0", RT_Object_Class_Device));
    uassert_null(rt_object_find("uart0", RT_Object_Class_Semaphore));
    uassert_null(rt_object_find("uart", RT_Object_Class_Device));
    sem = rt_sem_create("mine", 0, RT_IPC_FLAG_FIFO);
    uassert_null(rt_object_find("mine", RT_Object_Class_Semaphore));
    uassert_not_null(sem->parent.parent.module_id);
    uassert_true(sem->parent.parent.module_id == rt_thread_self()->module_id);
    rt_sem_delete(sem);
}

/* rt_object_get_length, rt_object_get_pointers: what the container holds. */
static void test_enumerate(void) {
    rt_object_t objects[20];
    int n, found = 0, length = rt_object_get_length(RT_Object_Class_Device);
    rule("object.c rt_object_get_length");
    uassert_in_range(length, 4, 20);
    rule("object.c rt_object_get_pointers");
    uassert_int_equal(rt_object_get_pointers(RT_Object_Class_Device, objects, 20), length);
    for (n = 0; n < length; n++) found += strcmp(objects[n]->name, "uart0") == 0;
    uassert_int_equal(found, 1);
    uassert_int_equal(rt_object_get_pointers(RT_Object_Class_Device, objects, 2), 2);
    uassert_int_equal(rt_object_get_pointers(RT_Object_Class_Device, objects, 0), 0);
}

/* rt_object_init: name padded with NUL; not terminated when it fills the field. rt_object_is_systemobject: static ones. */
static void test_init(void) {
    struct rt_object object;
    rt_object_t made;
    memset(&object, 0xee, sizeof(object));
    rt_object_init(&object, RT_Object_Class_Event, "abc");
    rule("object.c rt_object_init");
    uassert_int_equal(object.type, RT_Object_Class_Event | RT_Object_Class_Static);
    uassert_buf_equal(object.name, "abc\0\0\0\0", 8);
    /* The flag is the caller's. */
    uassert_int_equal(object.flag, 0xee);
    rule("object.c rt_object_is_systemobject");
    uassert_true(rt_object_is_systemobject(&object));
    rule("object.c rt_object_get_type");
    uassert_int_equal(rt_object_get_type(&object), RT_Object_Class_Event);
    rt_object_detach(&object);
    rule("object.c rt_object_detach");
    uassert_int_equal(object.type, 0);
    made = rt_object_allocate(RT_Object_Class_Semaphore, "0123456789");
    rule("object.c rt_object_allocate");
    uassert_not_null(made);
    uassert_buf_equal(made->name, "01234567", 8);
    uassert_int_equal(made->flag, 0);
    rule("object.c rt_object_is_systemobject");
    uassert_false(rt_object_is_systemobject(made));
    rt_object_delete(made);
}

/* The inline list functions of rtservice.h work on links of the kernel. */
static void test_lists(void) {
    rt_list_t head, a, b;
    rt_slist_t single, x, y;
    rt_list_init(&head);
    rule("rtservice.h rt_list_insert_after");
    uassert_true(rt_list_isempty(&head));
    rt_list_insert_after(&head, &a);
    rt_list_insert_before(&head, &b);
    rule("rtservice.h rt_list_insert_before");
    uassert_true(head.next == &a && head.prev == &b && a.next == &b && b.prev == &a);
    uassert_int_equal(rt_list_len(&head), 2);
    rt_list_remove(&a);
    rule("rtservice.h rt_list_remove");
    uassert_true(head.next == &b && a.next == &a);
    rt_slist_init(&single);
    rt_slist_append(&single, &x);
    rt_slist_insert(&single, &y);
    uassert_true(single.next == &y && y.next == &x && x.next == RT_NULL);
    uassert_int_equal(rt_slist_len(&single), 2);
    rt_slist_remove(&single, &y);
    uassert_true(rt_slist_first(&single) == &x);
}

static void testcase(void) {
    UTEST_UNIT_RUN(test_information);
    UTEST_UNIT_RUN(test_find);
    UTEST_UNIT_RUN(test_enumerate);
    UTEST_UNIT_RUN(test_init);
    UTEST_UNIT_RUN(test_lists);
}
UTEST_TC_EXPORT(testcase, "src.object", RT_NULL, RT_NULL, 20);
