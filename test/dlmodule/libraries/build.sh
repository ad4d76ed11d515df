#!/bin/sh
# Rebuilds the libraries and programs of this folder with arm-none-eabi-gcc; run it here.
set -e
build() { # OUTPUT, entry, sources and libraries
    output=$1 entry=$2
    shift 2
    arm-none-eabi-gcc -march=armv7-a -marm -msoft-float -O1 -fno-builtin -fPIC -mlong-calls -I../../../src/sdk/include \
        -shared -nostartfiles -nostdlib -Wl,-z,max-page-size=4 -e "$entry" "$@" -o "$output"
    arm-none-eabi-strip -R .comment -R .hash "$output"
}
build libbase.so 0 base.c -Wl,-soname=libbase.so
build libmiddle.so 0 middle.c libbase.so -Wl,-soname=libmiddle.so
build libuser.so 0 user.c
build linked.mo main linked.c libmiddle.so libbase.so
build opens.mo main opens.c
build custom.mo main custom.c
build lists.mo main lists.c
build api.mo main api.c -lgcc
build refused.mo main refused.c
