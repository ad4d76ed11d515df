#include "common.h"

template <typename F> static F find(void *library, const char *name) { return (F)dlsym(library, name); }

static Callback one_throws, two_throws;

static void calls_one(int which) { one_throws(which); }

static void caught(const char *how, Callback callback, int which) {
    try {
        callback(which);
        printf("%s: nothing\n", how);
    } catch (int value) {
        printf("%s: int %d\n", how, value);
    } catch (Base &base) {
        printf("%s: %s %d\n", how, base.name(), base.value);
    } catch (Base *base) {
        printf("%s: pointer to %s %d\n", how, base->name(), base->value);
    } catch (std::exception &e) {
        printf("%s: %s\n", how, e.what());
    }
}

static int compare(const void *a, const void *b) {
    if (*(const int *)a == 3) throw Derived(33);
    return *(const int *)a - *(const int *)b;
}

static void sorts(int) {
    int values[] = {1, 3, 2, 5};
    qsort(values, 4, sizeof(int), compare);
}

static void kept_and_thrown(int which) {
    std::exception_ptr kept;
    try {
        one_throws(which);
    } catch (...) {
        kept = std::current_exception();
    }
    std::rethrow_exception(kept);
}

static void in_a_handler(int) {
    try {
        one_throws(0);
    } catch (int) {
        two_throws(2);
    }
}

static void entry(void *) { caught("thread", calls_one, 2); }
static void expired(void *) { caught("timer", calls_one, 0); }

int main(int argc, char **argv) {
    void *one = dlopen("/one.so", RTLD_NOW), *two = dlopen("/two.so", RTLD_NOW);
    int n;
    one_throws = find<Callback>(one, "throws");
    two_throws = find<Callback>(two, "throws");
    for (n = 0; n < 4; n++) caught("main", one_throws, n);
    for (n = 0; n < 3; n++) printf("two catches %d\n", find<int (*)(Callback, int)>(two, "catches")(calls_one, n));
    try {
        find<void (*)(Callback, int)>(two, "passes")(calls_one, 2);
    } catch (Derived &derived) {
        printf("through two: %d\n", derived.value);
    }
    try {
        find<void (*)(Callback, int)>(two, "rethrows")(calls_one, 2);
    } catch (Base &base) {
        printf("thrown again by two: %d\n", base.value);
    }
    caught("qsort", sorts, 0);
    caught("exception_ptr", kept_and_thrown, 1);
    caught("in a handler", in_a_handler, 0);
    const std::type_info &first = *find<const std::type_info *(*)()>(one, "type")();
    const std::type_info &second = *find<const std::type_info *(*)()>(two, "type")();
    printf("types %d %d %d\n", first == second, first == typeid(Derived), first == typeid(Base));
    Base *base = find<Base *(*)()>(one, "make")();
    printf("dynamic_cast %d\n", dynamic_cast<Derived *>(base) != nullptr);
    delete base;
    rt_thread_startup(rt_thread_create("thread", entry, RT_NULL, 4096, 10, 10));
    rt_timer_t timer = rt_timer_create("timer", expired, RT_NULL, 2, RT_TIMER_FLAG_ONE_SHOT | RT_TIMER_FLAG_SOFT_TIMER);
    rt_timer_start(timer);
    rt_thread_delay(5);
    rt_timer_delete(timer);
    dlclose(two);
    puts("two is closed");
    if (argc > 1 && argv[1][0] == 'u') two_throws(0);
    if (argc > 1 && argv[1][0] == 't') one_throws(0);
    one_throws = two_throws = nullptr;
    dlclose(one);
    puts("one is closed");
    return 0;
}
