/* As a WebAssembly module: the kernels are its exports. */
#include "kernels.h"
__attribute__((import_module("env"), import_name("host"))) u32 host(u32 x);
u32 host_call(u32 x) { return host(x); }
