/* Assertions and the compile-time debug switches. */
#ifndef RT_DEBUG_H__
#define RT_DEBUG_H__

#include <rtconfig.h>

#ifdef RT_DEBUG

#define RT_DEBUG_LOG(type, message) \
    do {                            \
        if (type) rt_kprintf message; \
    } while (0)

/* In a thread of a module a false condition ends the module without a text. */
#define RT_ASSERT(EX)                                            \
    do {                                                         \
        if (!(EX)) rt_assert_handler(#EX, __FUNCTION__, __LINE__); \
    } while (0)

#else

#define RT_DEBUG_LOG(type, message)
#define RT_ASSERT(EX)

#endif

#endif
