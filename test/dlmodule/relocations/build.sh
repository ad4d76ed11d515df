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
rm targets.o dynamic.o dynamic-targets.o i.o
