/*
 * Linked lists. They are inline code of the module: the kernel's own lists in memory are changed by it directly.
 */
#ifndef RT_SERVICE_H__
#define RT_SERVICE_H__

#include <rtdef.h>

#ifdef __cplusplus
extern "C" {
#endif

/* The structure of the given type that holds ptr as its member. */
#define rt_container_of(ptr, type, member) ((type *)((char *)(ptr) - (unsigned long)(&((type *)0)->member)))

/* ---- circular, both directions ---- */

#define RT_LIST_OBJECT_INIT(object) {&(object), &(object)}

rt_inline void rt_list_init(rt_list_t *l) {
    l->next = l;
    l->prev = l;
}

rt_inline void rt_list_insert_after(rt_list_t *l, rt_list_t *n) {
    rt_list_t *after = l->next;

    n->next = after;
    n->prev = l;
    after->prev = n;
    l->next = n;
}

rt_inline void rt_list_insert_before(rt_list_t *l, rt_list_t *n) {
    rt_list_insert_after(l->prev, n);
}

/* Takes n out and leaves it as a list of its own. */
rt_inline void rt_list_remove(rt_list_t *n) {
    rt_list_t *before = n->prev, *after = n->next;

    before->next = after;
    after->prev = before;
    rt_list_init(n);
}

rt_inline int rt_list_isempty(const rt_list_t *l) {
    return l == l->next;
}

rt_inline unsigned int rt_list_len(const rt_list_t *l) {
    unsigned int count = 0;
    const rt_list_t *node;

    for (node = l->next; node != l; node = node->next) count++;
    return count;
}

#define rt_list_entry(node, type, member) rt_container_of(node, type, member)

#define rt_list_first_entry(head, type, member) rt_list_entry((head)->next, type, member)

#define rt_list_for_each(pos, head) for (pos = (head)->next; pos != (head); pos = pos->next)

#define rt_list_for_each_safe(pos, n, head) \
    for (pos = (head)->next, n = pos->next; pos != (head); pos = n, n = pos->next)

#define rt_list_for_each_entry(pos, head, member)               \
    for (pos = rt_list_entry((head)->next, __typeof__(*pos), member); \
         &pos->member != (head);                                \
         pos = rt_list_entry(pos->member.next, __typeof__(*pos), member))

#define rt_list_for_each_entry_safe(pos, n, head, member)       \
    for (pos = rt_list_entry((head)->next, __typeof__(*pos), member), \
        n = rt_list_entry(pos->member.next, __typeof__(*pos), member); \
         &pos->member != (head);                                \
         pos = n, n = rt_list_entry(n->member.next, __typeof__(*n), member))

/* ---- one direction ---- */

#define RT_SLIST_OBJECT_INIT(object) {RT_NULL}

rt_inline void rt_slist_init(rt_slist_t *l) {
    l->next = RT_NULL;
}

rt_inline rt_slist_t *rt_slist_tail(rt_slist_t *l) {
    while (l->next) l = l->next;
    return l;
}

rt_inline void rt_slist_append(rt_slist_t *l, rt_slist_t *n) {
    rt_slist_tail(l)->next = n;
    n->next = RT_NULL;
}

rt_inline void rt_slist_insert(rt_slist_t *l, rt_slist_t *n) {
    n->next = l->next;
    l->next = n;
}

rt_inline unsigned int rt_slist_len(const rt_slist_t *l) {
    unsigned int count = 0;

    for (l = l->next; l; l = l->next) count++;
    return count;
}

rt_inline rt_slist_t *rt_slist_remove(rt_slist_t *l, rt_slist_t *n) {
    rt_slist_t *at = l;

    while (at->next && at->next != n) at = at->next;
    if (at->next) at->next = n->next;
    return l;
}

rt_inline rt_slist_t *rt_slist_first(rt_slist_t *l) {
    return l->next;
}

rt_inline rt_slist_t *rt_slist_next(rt_slist_t *n) {
    return n->next;
}

rt_inline int rt_slist_isempty(rt_slist_t *l) {
    return l->next == RT_NULL;
}

#define rt_slist_entry(node, type, member) rt_container_of(node, type, member)

#define rt_slist_first_entry(head, type, member) rt_slist_entry((head)->next, type, member)

#define rt_slist_tail_entry(head, type, member) rt_slist_entry(rt_slist_tail(head), type, member)

#define rt_slist_for_each(pos, head) for (pos = (head)->next; pos != RT_NULL; pos = pos->next)

#define rt_slist_for_each_entry(pos, head, member)               \
    for (pos = rt_slist_entry((head)->next, __typeof__(*pos), member); \
         &pos->member != RT_NULL;                                \
         pos = rt_slist_entry(pos->member.next, __typeof__(*pos), member))

#ifdef __cplusplus
}
#endif

#endif
