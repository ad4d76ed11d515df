#!/bin/sh
# Rebuilds the objects of this folder with arm-none-eabi-gcc; run it here.
set -e
object() { # NAME, flags of parts.c, flags of elsewhere.c
    arm-none-eabi-gcc -march=armv7-a -msoft-float -O1 -fno-builtin -ffunction-sections -fdata-sections $2 -c parts.c -o a.o
    arm-none-eabi-gcc -march=armv7-a -msoft-float -O1 $3 -fcommon -c elsewhere.c -o b.o
    arm-none-eabi-ld -r a.o b.o -o "$1"
    arm-none-eabi-strip -g -R .comment "$1"
    rm a.o b.o
}
object a32.mo "-marm -fcommon" -marm
object thumb.mo "-mthumb -fcommon" -mthumb
object mixed.mo "-marm -fPIC -fcommon" "-mthumb -fPIC"
shared() { # NAME, further flags
    arm-none-eabi-gcc -march=armv7-a -msoft-float -marm -O1 -fPIC -mlong-calls -shared -nostartfiles -nostdlib \
        -Wl,-z,max-page-size=4 -e main $2 tls.c -o "$1"
    arm-none-eabi-strip -R .comment -R .hash "$1"
}
shared tls.mo
shared tls-native.mo -DNATIVE

arm-none-eabi-gcc -march=armv7-a -marm -msoft-float -O1 -c one.c -o one.mo
arm-none-eabi-strip -g -R .comment one.mo
