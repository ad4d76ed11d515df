#ifndef LIB_H__
#define LIB_H__

int lib_func(void);
int add_func(int a, int b);

#endif
