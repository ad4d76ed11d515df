/* The simulated board has no registers for modules. */
#ifndef BOARD_H__
#define BOARD_H__

#include <rtthread.h>

#endif
