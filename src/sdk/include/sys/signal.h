/*
 * newlib's <sys/signal.h>. Its struct sigevent has a function to be called (SIGEV_THREAD) only for systems that say
 * _POSIX_THREADS; the kernel's timer_create knows it.
 */
#ifndef RT_SYS_SIGNAL_H__
#define RT_SYS_SIGNAL_H__

#include <sys/types.h>
#include <sys/_pthreadtypes.h>

/* -Wpedantic has a word about #include_next. */
#pragma GCC system_header
#ifdef _POSIX_THREADS
#include_next <sys/signal.h>
#else
#define _POSIX_THREADS 1
#include_next <sys/signal.h>
#undef _POSIX_THREADS
#endif

#endif
