# Building modules with make. In a Makefile of yours:
#
#     MODULES = hello.mo lib.so
#     hello.mo: hello.o more.o
#     include $(SDK)/module.mk
#
# A .mo is a program, a .so a library for dlopen. `make BUILD=debug` compiles without optimisation and keeps symbols and debug information.

SDK := $(patsubst %/,%,$(dir $(lastword $(MAKEFILE_LIST))))
PREFIX ?= arm-none-eabi-
BUILD ?= release
# a9 (A32, what the board itself is built for), thumb (Thumb-2), m0 (Thumb-1)
DEVICE ?= a9
# 5: for RT-Thread 5.x, rtt-sim --abi 5.x
ABI ?= 4

DEVICE_a9 = -march=armv7-a -marm -msoft-float
DEVICE_thumb = -mcpu=cortex-m4 -mthumb -msoft-float
DEVICE_m0 = -mcpu=cortex-m0 -mthumb -msoft-float
BUILD_debug = -O0 -g
BUILD_release = -O2

RTT_FLAGS = $(DEVICE_$(DEVICE)) $(BUILD_$(BUILD)) -Wall -mlong-calls -fPIC \
    -D_POSIX_C_SOURCE=199309L -D__RTTHREAD__ -DRT_USING_NEWLIB -DHAVE_CCONFIG_H -DRTT_SIM_ABI=$(ABI) -I$(SDK)/include -I$(SDK)/include/cplusplus
# What GCC passes along with the destructor of a static object, which the files for the start of a program would define.
RTT_LINK = $(DEVICE_$(DEVICE)) -shared -fPIC -nostartfiles -nostdlib -static-libgcc \
    -Wl,--gc-sections,-z,max-page-size=0x4,--defsym=__dso_handle=_DYNAMIC
RTT_CXXFLAGS = -fno-exceptions -fno-rtti

.DEFAULT_GOAL := modules
.PHONY: modules clean
modules: $(MODULES)

%.o: %.c
	$(PREFIX)gcc $(RTT_FLAGS) $(CFLAGS) -MMD -MP -c $< -o $@
%.o: %.cpp
	$(PREFIX)g++ $(RTT_FLAGS) $(RTT_CXXFLAGS) $(CXXFLAGS) -MMD -MP -c $< -o $@
%.o: %.S
	$(PREFIX)gcc $(RTT_FLAGS) $(CFLAGS) -c $< -o $@

# A module has the object of its own name when there is such a source, and what a Makefile adds.
rtt_own = $(wildcard $(basename $(1)).c $(basename $(1)).cpp $(basename $(1)).S)
$(foreach m,$(MODULES),$(if $(call rtt_own,$(m)),$(eval $(m): $(basename $(m)).o)))
rtt_objects = $(or $(filter %.o %.a,$^),$(error $@ has no object files: write "$@: a.o b.o" into the Makefile))
rtt_strip = $(if $(filter debug,$(BUILD)),$(PREFIX)objcopy -R .hash $@,$(PREFIX)strip -s -R .hash $@)

$(filter %.mo,$(MODULES)):
	$(PREFIX)gcc $(RTT_LINK) $(LDFLAGS) -e main $(rtt_objects) $(LDLIBS) -o $@
	$(rtt_strip)
$(filter %.so,$(MODULES)):
	$(PREFIX)gcc $(RTT_LINK) $(LDFLAGS) -e 0 $(rtt_objects) $(LDLIBS) -o $@
	$(rtt_strip)

clean:
	rm -f $(MODULES) $(wildcard *.o *.d)

-include $(wildcard *.d)
