/* The command shell has nothing for modules but what finsh.h says. */
#ifndef SHELL_H__
#define SHELL_H__

#include <finsh.h>
#include <rtthread.h>

#endif
