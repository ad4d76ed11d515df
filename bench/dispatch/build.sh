#!/bin/sh
# Rebuilds the two images of workloads.c (needs gcc-arm-none-eabi). They are checked in, so that the bench runs everywhere.
set -e
cd "$(dirname "$0")"
for isa in thumb arm; do
  case $isa in
    thumb) flags="-mcpu=cortex-m3 -mthumb" ;;
    arm) flags="-march=armv7-a -marm" ;;
  esac
  arm-none-eabi-gcc $flags -O2 -ffreestanding -fno-tree-loop-distribute-patterns -nostdlib \
    -Wl,-Ttext=0x60010000 -Wl,-e,0 -Wl,--build-id=none -o workloads.$isa.elf workloads.c
  arm-none-eabi-nm workloads.$isa.elf | awk '$2 == "T" { print $3, $1 }' > workloads.$isa.sym
  arm-none-eabi-objcopy -O binary workloads.$isa.elf workloads.$isa.bin
  rm workloads.$isa.elf
done
