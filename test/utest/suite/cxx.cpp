/* build: -fexceptions -frtti */
/* C++: ARM IHI 0041 (C++ ABI), components/cplusplus of RT-Thread 4.0.4. */
#include "utest.h"

#include <new>
#include <typeinfo>

/* What the assertions check: rule(ID) cites the one of those that follow it. */
RULE(W1, "ISO C++ [basic.start.dynamic]",
     "objects with static storage are constructed before main, in the order of the source");
RULE(W2, "ISO C++ [expr.new]", "constructs each object");
RULE(W3, "ISO C++ [class.virtual]", "the function of the object's own class is called");
RULE(W4, "ISO C++ [expr.delete]", "destroys each object");
RULE(W5, "ISO C++ [class.dtor]", "called at the end of the block");
RULE(W6, "ISO C++ [except.ctor]", "objects of the frames that are left are destroyed, up to the handler");
RULE(W7, "ISO C++ [except.handle]", "a handler takes classes derived from its own");
RULE(W8, "ISO C++ [except.throw]", "throw without an operand throws the same again");
RULE(W9, "ISO C++ [except.handle]", "the first handler of a type that fits");
RULE(W10, "ISO C++ [expr.typeid]", "the class of the object, not of the pointer");
RULE(W11, "ISO C++ [expr.dynamic.cast]",
     "the object, NULL when it is none of that class; std::bad_cast for a reference");
RULE(W12, "ISO C++ [stmt.dcl]", "a local static is constructed at its first use, once");
RULE(W13, "ISO C++ [new.delete.single]", "too much throws std::bad_alloc; the nothrow form gives NULL");
RULE(W14, "ISO C++ [except.handle]", "exceptions of two threads do not mix");
RULE(W15, "ISO C++ [temp.class]", "a class for each type");
RULE(W16, "ISO C++ [expr.prim.lambda]", "a capture by reference is the variable");
RULE(W17, "ISO C++ [expr.mptr.oper]", "a pointer to a virtual function calls that of the object's class");

static char constructed[8];
static int constructions;

struct Global {
    explicit Global(char name) {
        constructed[constructions++] = name;
    }
};
static Global first('1'), second('2');

/* Constructors of objects with static storage run before main, in the order of the source; the loader of 4.0.4 leaves them out. */
static void test_static_objects() {
    if (utest_compat) return;
    rule(W1);
    uassert_int_equal(constructions, 2);
    uassert_str_equal(constructed, "12");
}

struct Counted {
    static int alive;
    Counted() {
        alive++;
    }
    virtual ~Counted() {
        alive--;
    }
    virtual int what() const {
        return 1;
    }
};
int Counted::alive;

struct Derived : Counted {
    int what() const override {
        return 2;
    }
};

/* new, delete, arrays, virtual calls. */
static void test_objects() {
    Counted *one = new Derived;
    rule(W2);
    uassert_int_equal(Counted::alive, 1);
    rule(W3);
    uassert_int_equal(one->what(), 2);
    delete one;
    rule(W4);
    uassert_int_equal(Counted::alive, 0);
    Counted *many = new Counted[7];
    rule(W2);
    uassert_int_equal(Counted::alive, 7);
    delete[] many;
    rule(W4);
    uassert_int_equal(Counted::alive, 0);
    {
        Derived local;
        Counted &reference = local;
        rule(W3);
        uassert_int_equal(reference.what(), 2);
    }
    rule(W5);
    uassert_int_equal(Counted::alive, 0);
}

static void throws(int depth) {
    Derived guard;
    if (depth == 0) throw 42;
    throws(depth - 1);
}

struct Error {
    int code;
    explicit Error(int c) : code(c) {}
    virtual ~Error() {}
};
struct Worse : Error {
    Worse() : Error(7) {}
};

/* Exceptions unwind through frames and run destructors; handlers are found by type; rethrow. */
static void test_exceptions() {
    int caught = 0;
    try {
        throws(10);
    } catch (int value) {
        caught = value;
    }
    rule(W6);
    uassert_int_equal(caught, 42);
    uassert_int_equal(Counted::alive, 0);
    try {
        throw Worse();
    } catch (const Error &error) {
        caught = error.code;
    }
    rule(W7);
    uassert_int_equal(caught, 7);
    caught = 0;
    try {
        try {
            throw Error(9);
        } catch (...) {
            caught++;
            throw;
        }
    } catch (Error &error) {
        caught += error.code;
    }
    rule(W8);
    uassert_int_equal(caught, 10);
    caught = 0;
    try {
        throw "text";
    } catch (int) {
        caught = 1;
    } catch (const char *text) {
        caught = text[0];
    }
    rule(W9);
    uassert_int_equal(caught, 't');
}

/* typeid and dynamic_cast. */
static void test_rtti() {
    Derived derived;
    Counted base;
    Counted *pointer = &derived;
    rule(W10);
    uassert_true(typeid(*pointer) == typeid(Derived));
    uassert_true(typeid(*pointer) != typeid(Counted));
    rule(W11);
    uassert_not_null(dynamic_cast<Derived *>(pointer));
    pointer = &base;
    uassert_null(dynamic_cast<Derived *>(pointer));
    int caught = 0;
    try {
        dynamic_cast<Derived &>(*pointer);
    } catch (const std::bad_cast &) {
        caught = 1;
    }
    rule(W11);
    uassert_int_equal(caught, 1);
}

static int locals;
static int counted_local() {
    static int value = ++locals;
    return value;
}

/* A local static is made at its first use, once. */
static void test_local_static() {
    rule(W12);
    uassert_int_equal(locals, 0);
    uassert_int_equal(counted_local(), 1);
    uassert_int_equal(counted_local(), 1);
    uassert_int_equal(locals, 1);
}

/* new of too much throws std::bad_alloc; the nothrow form gives a null pointer. */
static void test_out_of_memory() {
    int caught = 0;
    try {
        /* volatile: the compiler may leave out a pair of new and delete. */
        char *volatile huge = new char[0x7f000000];
        delete[] huge;
    } catch (const std::bad_alloc &) {
        caught = 1;
    }
    rule(W13);
    uassert_int_equal(caught, 1);
    uassert_null(new (std::nothrow) char[0x7f000000]);
}

static int caught_in[2];
static void throws_in_thread(void *parameter) {
    for (int n = 0; n < 20; n++) {
        try {
            Derived guard;
            rt_thread_delay(1);
            throw (int)(long)parameter;
        } catch (int value) {
            rt_thread_yield();
            caught_in[value]++;
        }
    }
}

/* Exceptions are the thread's own. */
static void test_threads() {
    spawn("a", throws_in_thread, (void *)0, 21);
    spawn("b", throws_in_thread, (void *)1, 21);
    rt_thread_delay(60);
    rule(W14);
    uassert_int_equal(caught_in[0], 20);
    uassert_int_equal(caught_in[1], 20);
    uassert_int_equal(Counted::alive, 0);
}

template <typename T> struct Stack {
    T items[8];
    int used = 0;
    void push(T item) {
        items[used++] = item;
    }
    T pop() {
        return items[--used];
    }
};

/* Templates, lambdas and member pointers. */
static void test_language() {
    Stack<double> stack;
    int outside = 3;
    auto times = [&outside](int n) { return outside *= n; };
    stack.push(1.5);
    stack.push(2.5);
    rule(W15);
    uassert_true(stack.pop() == 2.5 && stack.pop() == 1.5);
    rule(W16);
    uassert_int_equal(times(4), 12);
    uassert_int_equal(outside, 12);
    Derived derived;
    int (Counted::*method)() const = &Counted::what;
    rule(W17);
    uassert_int_equal((derived.*method)(), 2);
}

static void testcase() {
    UTEST_UNIT_RUN(test_static_objects);
    UTEST_UNIT_RUN(test_objects);
    UTEST_UNIT_RUN(test_exceptions);
    UTEST_UNIT_RUN(test_rtti);
    UTEST_UNIT_RUN(test_local_static);
    UTEST_UNIT_RUN(test_out_of_memory);
    UTEST_UNIT_RUN(test_threads);
    UTEST_UNIT_RUN(test_language);
}
UTEST_TC_EXPORT(testcase, "libc.cxx", RT_NULL, RT_NULL, 20)
