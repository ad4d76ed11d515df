/* Holds a mutex for as long as the object lives. */
#ifndef RTTHREAD_CXX_LOCK_H__
#define RTTHREAD_CXX_LOCK_H__

#include "Mutex.h"

namespace rtthread {

template <typename T> class Lock {
public:
    explicit Lock(T &mutex) : mutex(mutex) { mutex.lock(); }
    ~Lock() { mutex.unlock(); }

private:
    T &mutex;
    Lock(const Lock &);
    Lock &operator=(const Lock &);
};

} // namespace rtthread

#endif
