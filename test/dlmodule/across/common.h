/* What the program and its two libraries share: types that each of them has its own type_info of. */
#pragma once
#include <dlfcn.h>
#include <exception>
#include <rtthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <typeinfo>

extern "C" { void *__dso_handle __attribute__((visibility("hidden"))) = &__dso_handle; }

struct Base {
    int value = 1;
    virtual ~Base() {}
    virtual const char *name() const { return "base"; }
};
struct Derived : Base {
    Derived(int v) { value = v; }
    const char *name() const override { return "derived"; }
};
struct Failure : std::exception {
    const char *what() const noexcept override { return "failure"; }
};
struct Guard {
    const char *where;
    Guard(const char *w) : where(w) {}
    ~Guard() { printf("unwound %s\n", where); }
};

typedef void (*Callback)(int);
