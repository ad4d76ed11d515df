# CMake toolchain file: cmake -B build -DCMAKE_TOOLCHAIN_FILE=SDK/cmake/rt-thread.cmake
#
# add_executable(hello hello.c) makes hello.mo, add_library(name SHARED ...) a library name.so for dlopen.
# -DRTT_DEVICE=a9|thumb|m0 chooses the instruction set, -DRTT_PREFIX=... another compiler.

set(CMAKE_SYSTEM_NAME RT-Thread)
set(CMAKE_SYSTEM_PROCESSOR arm)
set(RTT_SDK "${CMAKE_CURRENT_LIST_DIR}/.." CACHE PATH "SDK of rtt-sim")
set(RTT_PREFIX arm-none-eabi- CACHE STRING "what the names of the compiler and its tools begin with")
set(RTT_DEVICE a9 CACHE STRING "a9, thumb or m0")
set(RTT_ABI 4 CACHE STRING "4, or 5 for RT-Thread 5.x (rtt-sim --abi 5.x)")
list(APPEND CMAKE_MODULE_PATH "${CMAKE_CURRENT_LIST_DIR}")
list(APPEND CMAKE_TRY_COMPILE_PLATFORM_VARIABLES RTT_SDK RTT_PREFIX RTT_DEVICE RTT_ABI CMAKE_MODULE_PATH)

find_program(CMAKE_C_COMPILER ${RTT_PREFIX}gcc REQUIRED)
find_program(CMAKE_CXX_COMPILER ${RTT_PREFIX}g++)
find_program(RTT_STRIP ${RTT_PREFIX}strip REQUIRED)
set(CMAKE_ASM_COMPILER ${CMAKE_C_COMPILER})
# A program cannot be linked without a board: compiling is what the checks can do.
set(CMAKE_TRY_COMPILE_TARGET_TYPE STATIC_LIBRARY)

set(rtt_device_a9 "-march=armv7-a -marm -msoft-float")
set(rtt_device_thumb "-mcpu=cortex-m4 -mthumb -msoft-float")
set(rtt_device_m0 "-mcpu=cortex-m0 -mthumb -msoft-float")
if(NOT DEFINED rtt_device_${RTT_DEVICE})
  message(FATAL_ERROR "RTT_DEVICE is '${RTT_DEVICE}': a9, thumb or m0")
endif()
set(rtt_flags "${rtt_device_${RTT_DEVICE}} -mlong-calls -fPIC -D_POSIX_C_SOURCE=199309L -D__RTTHREAD__ -DRT_USING_NEWLIB -DHAVE_CCONFIG_H -DRTT_SIM_ABI=${RTT_ABI} -I\"${RTT_SDK}/include\" -I\"${RTT_SDK}/include/cplusplus\"")
set(CMAKE_C_FLAGS_INIT "${rtt_flags}")
set(CMAKE_CXX_FLAGS_INIT "${rtt_flags} -fno-exceptions -fno-rtti")
set(CMAKE_ASM_FLAGS_INIT "${rtt_flags}")

set(CMAKE_FIND_ROOT_PATH_MODE_PROGRAM NEVER)
set(CMAKE_FIND_ROOT_PATH_MODE_LIBRARY ONLY)
set(CMAKE_FIND_ROOT_PATH_MODE_INCLUDE ONLY)
