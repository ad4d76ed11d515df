#!/bin/sh
# Rebuilds the programs of this folder with arm-none-eabi-gcc; run it here.
set -e
for name in static room; do
    arm-none-eabi-gcc -march=armv7-a -marm -msoft-float -O1 -w -fno-builtin -fPIC -mlong-calls -I../../../src/sdk/include \
        -shared -nostartfiles -nostdlib -Wl,-z,max-page-size=4 -e main $name.c -lgcc -o $name.mo
    arm-none-eabi-strip -R .comment -R .hash $name.mo
done
