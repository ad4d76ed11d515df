#ifndef COMPLETION_H__
#define COMPLETION_H__

#include <rtdef.h>

#ifdef __cplusplus
extern "C" {
#endif

/* One thread may wait at a time. */
struct rt_completion {
    rt_uint32_t flag;         /* 0 */
    rt_list_t suspended_list; /* 4 */
};

void rt_completion_init(struct rt_completion *completion);
rt_err_t rt_completion_wait(struct rt_completion *completion, rt_int32_t timeout);
void rt_completion_done(struct rt_completion *completion);

#ifdef __cplusplus
}
#endif

#endif
