/*
 * Log lines of a source file. Define before including: DBG_TAG (text in brackets), DBG_LVL (what is compiled in).
 *
 *     #define DBG_TAG "app"
 *     #define DBG_LVL DBG_INFO
 *     #include <rtdbg.h>
 */
#ifndef RT_DBG_H__
#define RT_DBG_H__

#include <rtthread.h>

#define DBG_ERROR 0
#define DBG_WARNING 1
#define DBG_INFO 2
#define DBG_LOG 3

#ifndef DBG_TAG
#ifdef DBG_SECTION_NAME
#define DBG_TAG DBG_SECTION_NAME
#else
#define DBG_TAG "DBG"
#endif
#endif

#ifndef DBG_LVL
#ifdef DBG_LEVEL
#define DBG_LVL DBG_LEVEL
#else
#define DBG_LVL DBG_WARNING
#endif
#endif

#define dbg_log_line(letter, colour, fmt, ...)              \
    do {                                                    \
        rt_kprintf("\033[" colour "m[" letter "/" DBG_TAG "] "); \
        rt_kprintf(fmt, ##__VA_ARGS__);                     \
        rt_kprintf("\033[0m\n");                            \
    } while (0)

#define LOG_RAW(...) rt_kprintf(__VA_ARGS__)

#if DBG_LVL >= DBG_ERROR
#define LOG_E(fmt, ...) dbg_log_line("E", "31", fmt, ##__VA_ARGS__)
#else
#define LOG_E(...)
#endif

#if DBG_LVL >= DBG_WARNING
#define LOG_W(fmt, ...) dbg_log_line("W", "33", fmt, ##__VA_ARGS__)
#else
#define LOG_W(...)
#endif

#if DBG_LVL >= DBG_INFO
#define LOG_I(fmt, ...) dbg_log_line("I", "32", fmt, ##__VA_ARGS__)
#else
#define LOG_I(...)
#endif

#if DBG_LVL >= DBG_LOG
#define LOG_D(fmt, ...) dbg_log_line("D", "0", fmt, ##__VA_ARGS__)
#else
#define LOG_D(...)
#endif

#define dbg_log(level, fmt, ...)                              \
    do {                                                      \
        if ((level) <= DBG_LVL) rt_kprintf(fmt, ##__VA_ARGS__); \
    } while (0)

#endif
