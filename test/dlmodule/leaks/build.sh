#!/bin/sh
# Rebuilds the programs of this folder with arm-none-eabi-gcc; run it here.
set -e
build() { # OUTPUT, entry, source, option
    arm-none-eabi-gcc $4 -march=armv7-a -marm -msoft-float -O1 -fno-builtin -fPIC -mlong-calls -I../../../src/sdk/include \
        -shared -nostartfiles -nostdlib -Wl,-z,max-page-size=4 -e "$2" "$3" -lgcc -o "$1"
    arm-none-eabi-strip -R .comment -R .hash "$1"
}
build leaks.mo main leaks.c
build libinit.so 0 init.c
build stale.mo main stale.c
build held.mo main held.c
build borrow.mo main borrow.c
build faulty.so 0 faulty.c
build closer.mo main closer.c
build system.mo main system.c
build descriptors.mo main descriptors.c
build driver.mo main driver.c
build user.mo main driver.c -DUSER
build five-ends.mo main five-ends.c
build start.so 0 start.c
build lender.so 0 lender.c
build borrower.mo main borrower.c
build many.mo main many.c
