#include "common.h"

/* NAME: "one" or "two". */
struct Static {
    Static() { puts(NAME " made"); }
    ~Static() { puts(NAME " destroyed"); }
} instance;

extern "C" void throws(int which) {
    Guard guard(NAME);
    static Derived kept(9);
    switch (which) {
    case 0: throw 42;
    case 1: throw Failure();
    case 2: throw Derived(7);
    case 3: throw (Base *)&kept;
    }
}

extern "C" void passes(Callback callback, int which) {
    Guard guard("a frame of " NAME);
    callback(which);
}

extern "C" int catches(Callback callback, int which) {
    try {
        callback(which);
    } catch (const Base &base) {
        return base.value;
    } catch (std::exception &e) {
        printf("%s caught %s\n", NAME, e.what());
        return -1;
    } catch (int value) {
        return value;
    }
    return 0;
}

extern "C" void rethrows(Callback callback, int which) {
    try {
        callback(which);
    } catch (...) {
        throw;
    }
}

extern "C" const std::type_info *type() { return &typeid(Derived); }
extern "C" Base *make() { return new Derived(3); }
