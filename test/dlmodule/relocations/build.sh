#!/bin/sh
# Rebuilds the objects and what GNU ld makes of them; run it here.
set -e
ld=arm-none-eabi-ld
as="arm-none-eabi-as -march=armv7-a"
arm-none-eabi-as more.s -o more.o
$as more-targets.s -o targets.o
$ld -N -T more.ld more.o targets.o --defsym tiny=0x24 -o more.elf
$as dynamic.s -o dynamic.o
$as dynamic-targets.s -o dynamic-targets.o
$ld -shared -z max-page-size=4 -e main dynamic.o -o dynamic.so
$ld -N -T dynamic.ld dynamic.o dynamic-targets.o -e main -o dynamic.elf
$as ifunc.s -o i.o
$ld -shared -z max-page-size=4 -e main i.o -o ifunc.so
$as static-base.s -o static-base.o
# GNU ld refuses R_ARM_SBREL32, and makes no R_ARM_COPY where a module can have one; LLVM's linker (lld-14) does both.
lld="ld.lld-14 -z max-page-size=4"
cc="arm-none-eabi-gcc -march=armv7-a -marm -msoft-float -O1 -fno-builtin -fPIC -mlong-calls -I../../../src/sdk/include"
$lld -e main static-base.o -Ttext 0x60100000 -Tdata 0x60100100 -o static-base.elf
$cc -shared -nostdlib -Wl,-soname=libcopied.so,-z,max-page-size=4 -e 0 copied.c -o libcopied.so
$cc -c copy.c -o copy.o
$lld -pie --no-dynamic-linker --unresolved-symbols=ignore-all -e main copy.o libcopied.so -o copy.mo
arm-none-eabi-strip copy.mo libcopied.so
rm targets.o dynamic.o dynamic-targets.o i.o copy.o
