/* Objects: src/object.c of RT-Thread 4.0.4; programming manual, "Kernel Basics". */
#include "utest.h"

/* What the assertions check: rule(ID) cites the one of those that follow it. */
RULE(O1, "object.c rt_object_get_information", "the container of a class, with the size of its objects");
RULE(O2, "object.c rt_object_get_information", "NULL for a class that there is not");
RULE(O3, "object.c rt_object_find", "only objects of that class");
RULE(O4, "object.c rt_object_find", "the whole name");
RULE(O5, "object.c rt_object_find", "objects of a module are not in the containers");
RULE(O6, "object.c rt_object_allocate", "module_id is the module of the thread that makes the object");
RULE(O7, "object.c rt_object_get_length",
     "how many objects of the class there are: the board has at least uart0, uart1, sd0 and rtc");
RULE(O8, "object.c rt_object_get_pointers", "each object of the class once, and their number");
RULE(O9, "object.c rt_object_get_pointers", "at most as many as there is room for");
RULE(O10, "object.c rt_object_init", "the class, with the bit of static objects");
RULE(O11, "object.c rt_object_init", "the name is padded with NUL to RT_NAME_MAX");
RULE(O12, "object.c rt_object_init", "the flag is left as it was");
RULE(O13, "object.c rt_object_is_systemobject", "true for static objects only");
RULE(O14, "object.c rt_object_get_type", "the class without the bit of static objects");
RULE(O15, "object.c rt_object_detach", "it has no class any more");
RULE(O16, "object.c rt_object_allocate", "an object that is cleared, with eight letters of the name");
RULE(O17, "rtservice.h rt_list_isempty", "true for a list that was just initialised");
RULE(O18, "rtservice.h rt_list_insert_before", "links in both directions, as rt_list_insert_after");
RULE(O19, "rtservice.h rt_list_len", "the number of nodes");
RULE(O20, "rtservice.h rt_list_remove", "closes the list, and the node is one of its own");
RULE(O21, "rtservice.h rt_slist_insert", "first in the list; rt_slist_append last");
RULE(O22, "rtservice.h rt_slist_len", "the number of nodes");
RULE(O23, "rtservice.h rt_slist_remove", "closes the list");

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
        rule(O1);
        uassert_not_null(info);
        uassert_int_equal(info->object_size, rows[n].size);
        uassert_int_equal(info->type, rows[n].type);
    }
    rule(O2);
    uassert_null(rt_object_get_information(0x55));
}

/* rt_object_find: by class, 8 characters at most, newest first; objects of a module are not in the containers. */
static void test_find(void) {
    rt_sem_t sem;
    rule(O3);
    uassert_not_null(rt_object_find("uart0", RT_Object_Class_Device));
    uassert_null(rt_object_find("uart0", RT_Object_Class_Semaphore));
    rule(O4);
    uassert_null(rt_object_find("uart", RT_Object_Class_Device));
    sem = rt_sem_create("mine", 0, RT_IPC_FLAG_FIFO);
    rule(O5);
    uassert_null(rt_object_find("mine", RT_Object_Class_Semaphore));
    rule(O6);
    uassert_not_null(sem->parent.parent.module_id);
    uassert_true(sem->parent.parent.module_id == rt_thread_self()->module_id);
    rt_sem_delete(sem);
}

/* rt_object_get_length, rt_object_get_pointers: what the container holds. */
static void test_enumerate(void) {
    rt_object_t objects[20];
    int n, found = 0, length = rt_object_get_length(RT_Object_Class_Device);
    rule(O7);
    uassert_in_range(length, 4, 20);
    rule(O8);
    uassert_int_equal(rt_object_get_pointers(RT_Object_Class_Device, objects, 20), length);
    for (n = 0; n < length; n++) found += strcmp(objects[n]->name, "uart0") == 0;
    uassert_int_equal(found, 1);
    rule(O9);
    uassert_int_equal(rt_object_get_pointers(RT_Object_Class_Device, objects, 2), 2);
    uassert_int_equal(rt_object_get_pointers(RT_Object_Class_Device, objects, 0), 0);
}

/* rt_object_init: name padded with NUL; not terminated when it fills the field. rt_object_is_systemobject: static ones. */
static void test_init(void) {
    struct rt_object object;
    rt_object_t made;
    memset(&object, 0xee, sizeof(object));
    rt_object_init(&object, RT_Object_Class_Event, "abc");
    rule(O10);
    uassert_int_equal(object.type, RT_Object_Class_Event | RT_Object_Class_Static);
    rule(O11);
    uassert_buf_equal(object.name, "abc\0\0\0\0", 8);
    rule(O12);
    /* The flag is the caller's. */
    uassert_int_equal(object.flag, 0xee);
    rule(O13);
    uassert_true(rt_object_is_systemobject(&object));
    rule(O14);
    uassert_int_equal(rt_object_get_type(&object), RT_Object_Class_Event);
    rt_object_detach(&object);
    rule(O15);
    uassert_int_equal(object.type, 0);
    made = rt_object_allocate(RT_Object_Class_Semaphore, "0123456789");
    rule(O16);
    uassert_not_null(made);
    uassert_buf_equal(made->name, "01234567", 8);
    uassert_int_equal(made->flag, 0);
    rule(O13);
    uassert_false(rt_object_is_systemobject(made));
    rt_object_delete(made);
}

/* The inline list functions of rtservice.h work on links of the kernel. */
static void test_lists(void) {
    rt_list_t head, a, b;
    rt_slist_t single, x, y;
    rt_list_init(&head);
    rule(O17);
    uassert_true(rt_list_isempty(&head));
    rt_list_insert_after(&head, &a);
    rt_list_insert_before(&head, &b);
    rule(O18);
    uassert_true(head.next == &a && head.prev == &b && a.next == &b && b.prev == &a);
    rule(O19);
    uassert_int_equal(rt_list_len(&head), 2);
    rt_list_remove(&a);
    rule(O20);
    uassert_true(head.next == &b && a.next == &a);
    rt_slist_init(&single);
    rt_slist_append(&single, &x);
    rt_slist_insert(&single, &y);
    rule(O21);
    uassert_true(single.next == &y && y.next == &x && x.next == RT_NULL);
    rule(O22);
    uassert_int_equal(rt_slist_len(&single), 2);
    rt_slist_remove(&single, &y);
    rule(O23);
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
