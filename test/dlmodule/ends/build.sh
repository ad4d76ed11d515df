#!/bin/sh
# Rebuilds the programs of this folder with arm-none-eabi-gcc; run it here.
set -e
build() { # OUTPUT, entry, source
    arm-none-eabi-gcc -march=armv7-a -marm -msoft-float -O1 -w -fno-builtin -fPIC -mlong-calls -I../../../src/sdk/include \
        -shared -nostartfiles -nostdlib -Wl,-z,max-page-size=4 -e "$2" $3 -lgcc -o "$1"
    arm-none-eabi-strip -R .comment -R .hash "$1"
}
build ends.mo main ends.c
build ends.so 0 library.c
build early.mo main early.c
build threads.mo main threads.c
build slow.so 0 slow.c
build open.mo main open.c
build opens.mo main opens.c
build waits.mo main "-DWAIT opens.c"
build loads.mo main "-DLOAD opens.c"
build circle.mo main circle.c
build pair.mo main pair.c
build hold.mo main hold.c
build queued.mo main queued.c
build nest.mo main nest.c
build lacks.so 0 lacks.c
# Two libraries that need each other: the first is linked twice.
build() { # OUTPUT, source, library
    arm-none-eabi-gcc -march=armv7-a -marm -msoft-float -O1 -w -fno-builtin -fPIC -shared -nostartfiles -nostdlib \
        -Wl,-z,max-page-size=4,-soname,"$1" -e 0 $2 $3 -o "$1"
    arm-none-eabi-strip -R .comment -R .hash "$1"
}
build round.so round.c
build about.so about.c round.so
build round.so round.c about.so
build back.so back.c
build turn.so "-mlong-calls -I../../../src/sdk/include turn.c" back.so
build back.so back.c turn.so
# A program that is linked with one of them, and a library that needs itself.
arm-none-eabi-gcc -march=armv7-a -marm -msoft-float -O1 -w -fno-builtin -fPIC -shared -nostartfiles -nostdlib \
    -Wl,-z,max-page-size=4 -e main around.c round.so -o around.mo
arm-none-eabi-strip -R .comment -R .hash around.mo
build self.so self.c
mv self.so first.so
build self.so self.c first.so
rm first.so
# A library that needs another one; tests write other names over the last two digits of what it needs.
build link99.so self.c round.so
build link.so self.c link99.so
rm link99.so
