# What a program and a library are on this system.

set_property(GLOBAL PROPERTY TARGET_SUPPORTS_SHARED_LIBS TRUE)
set(CMAKE_EXECUTABLE_SUFFIX .mo)
set(CMAKE_SHARED_LIBRARY_PREFIX "")
set(CMAKE_SHARED_LIBRARY_SUFFIX .so)
set(CMAKE_STATIC_LIBRARY_PREFIX lib)
set(CMAKE_STATIC_LIBRARY_SUFFIX .a)
set(CMAKE_DL_LIBS "")

# __dso_handle is what GCC passes along with the destructor of a static object; the files for the start of a program would define it.
set(rtt_link "-shared -fPIC -nostartfiles -nostdlib -static-libgcc -Wl,--gc-sections,-z,max-page-size=0x4,--defsym=__dso_handle=_DYNAMIC")
foreach(rtt_lang C CXX ASM)
  set(rtt_compiler "<CMAKE_${rtt_lang}_COMPILER> ${rtt_device_${RTT_DEVICE}} ${rtt_link}")
  set(CMAKE_${rtt_lang}_LINK_EXECUTABLE
      "${rtt_compiler} <LINK_FLAGS> -e main <OBJECTS> -o <TARGET> <LINK_LIBRARIES>"
      "${RTT_STRIP} -R .hash <TARGET>")
  set(CMAKE_${rtt_lang}_CREATE_SHARED_LIBRARY
      "${rtt_compiler} <LINK_FLAGS> -e 0 <OBJECTS> -o <TARGET> <LINK_LIBRARIES>"
      "${RTT_STRIP} -R .hash <TARGET>")
endforeach()
