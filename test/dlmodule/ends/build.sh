#!/bin/sh
# Rebuilds the programs of this folder with arm-none-eabi-gcc; run it here.
set -e
build() { # OUTPUT, entry, source
    arm-none-eabi-gcc -march=armv7-a -marm -msoft-float -O1 -w -fno-builtin -fPIC -mlong-calls -I../../../src/sdk/include \
        -shared -nostartfiles -nostdlib -Wl,-z,max-page-size=4 -e "$2" "$3" -lgcc -o "$1"
    arm-none-eabi-strip -R .comment -R .hash "$1"
}
build ends.mo main ends.c
build ends.so 0 library.c
build early.mo main early.c
