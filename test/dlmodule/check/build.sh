#!/bin/sh
# Rebuilds the modules of this folder and the compiler's stack figures with arm-none-eabi-gcc; run it here.
set -e
build() { # NAME, flags
    arm-none-eabi-gcc -march=armv7-a -O1 -fPIC -mlong-calls -fstack-usage $2 -c stack.c -o "$1.o"
    arm-none-eabi-gcc -shared -nostartfiles -nostdlib -Wl,-z,max-page-size=4 -e main $2 "$1.o" -o "$1.mo"
    arm-none-eabi-strip -R .comment -R .hash "$1.mo"
    rm "$1.o"
}
build stack.arm "-marm -msoft-float"
build stack.thumb "-mthumb -msoft-float"
build stack.hard "-marm -mfpu=vfpv3-d16 -mfloat-abi=hard"
depth() { # NAME, flags
    arm-none-eabi-gcc -O2 -fPIC -msoft-float -fstack-usage $2 -c depth.c -o "$1.o"
    arm-none-eabi-gcc -shared -nostartfiles -nostdlib -Wl,-z,max-page-size=4 -e main $2 "$1.o" -o "$1.mo"
    arm-none-eabi-strip -R .comment -R .hash --strip-debug "$1.mo"
}
depth depth.long "-march=armv7-a -marm -mlong-calls"
depth depth.plt "-march=armv7-a -marm"
depth depth.t2 "-march=armv7-a -mthumb -mlong-calls"
depth depth.t2plt "-march=armv7-a -mthumb"
depth depth.t1 "-mcpu=cortex-m0 -mthumb -mlong-calls"
rm depth.*.o
arm-none-eabi-gcc -O2 -march=armv7-a -marm -msoft-float -fstack-usage -c depth.c -o depth.object.mo
