// A library that makes objects, and their user: -DUSER.
struct Shape {
    virtual int area() = 0;
    virtual ~Shape() {}
};
struct Ops { int (*area)(int); };

#ifndef USER
struct Square : Shape {
    int side;
    int area() override { return side * side; }
};
static int square(int side) { return side * side; }

extern "C" {
Ops operations = { square };
Shape *make(int side) { Square *made = new Square; made->side = side; return made; }
Ops *ops(void) { return &operations; }
int (*function(void))(int) { return square; }
}
#else
#include <rtthread.h>
#include <dlfcn.h>

extern "C" int main(int, char **argv)
{
    void *library = dlopen("/shapes.so", RTLD_NOW);
    Shape *shape = ((Shape *(*)(int))dlsym(library, "make"))(4);
    Ops *ops = ((Ops *(*)())dlsym(library, "ops"))();
    int (*function)(int) = ((int (*(*)())(int))dlsym(library, "function"))();
    rt_kprintf("%d %d %d\n", shape->area(), ops->area(5), function(6));
    dlclose(library);
    switch (argv[1][0]) {
    case 'v': return shape->area();
    case 'd': delete shape; break;
    case 'o': return ops->area(5);
    case 'f': return function(6);
    }
    return 0;
}
#endif
