/* The configuration of the simulated kernel, under the name that a board's folder has for it. */
#include "../include/rtconfig.h"
