#include <stdio.h>
#include "shapes.h"

int main(int argc, char *argv[])
{
    Shape *shape = new Square(7);
    printf("area %d\n", shape->area());
    delete shape;

    return 0;
}
