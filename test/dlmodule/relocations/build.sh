#!/bin/sh
# Rebuilds more.o and what GNU ld makes of it; run it here.
set -e
arm-none-eabi-as more.s -o more.o
arm-none-eabi-as -march=armv7-a more-targets.s -o targets.o
arm-none-eabi-ld -N -T more.ld more.o targets.o --defsym tiny=0x24 -o more.elf
rm targets.o
