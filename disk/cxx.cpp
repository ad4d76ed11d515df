/*
 * A class with a virtual function. The object `global` is set up by a static constructor; the original kernel of
 * RT-Thread 4.0.4 runs none, and then a second object made in main answers.
 */
#include <stdio.h>

class Base
{
public:
    explicit Base(int value) : a(value) {}
    virtual void show() const { printf("Base::a = %d\n", a); }

protected:
    int a;
};

class A : public Base
{
public:
    explicit A(int value) : Base(value) {}
    void show() const override { printf("A::a = %d\n", a); }
    bool made() const { return a != 0; }
};

static int hundred()
{
    return 100;
}

static A global(hundred());

int main(int argc, char *argv[])
{
    A local(hundred());
    const Base *object = global.made() ? &global : &local;

    object->show();
    return 0;
}
