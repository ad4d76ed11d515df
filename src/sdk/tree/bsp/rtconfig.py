"""Tools and flags of the board, read by application builds (BSP_ROOT is the folder of this file)."""

import os
import shutil

ARCH = 'arm'
CPU = 'cortex-a'
CROSS_TOOL = 'gcc'
PLATFORM = 'gcc'

BSP_ROOT = os.path.dirname(os.path.abspath(__file__))
RTT_ROOT = os.path.dirname(BSP_ROOT)

PREFIX = os.environ.get('RTT_CC_PREFIX', 'arm-none-eabi-')


def _folder_of_compiler():
    """The folder of the compiler on PATH, which scons itself does not look at."""
    found = shutil.which(PREFIX + 'gcc')
    return os.path.dirname(found) if found else '/usr/bin'


EXEC_PATH = os.environ.get('RTT_EXEC_PATH') or _folder_of_compiler()

CC = PREFIX + 'gcc'
CXX = PREFIX + 'g++'
AS = PREFIX + 'gcc'
AR = PREFIX + 'ar'
LINK = PREFIX + 'gcc'
SIZE = PREFIX + 'size'
OBJDUMP = PREFIX + 'objdump'
OBJCPY = PREFIX + 'objcopy'
STRIP = PREFIX + 'strip'
TARGET_EXT = 'elf'
BUILD = os.environ.get('RTT_BUILD', 'debug')

# The processor of the modules: a9 (A32, the board's own code), thumb (Thumb-2), m0 (Thumb-1).
_DEVICES = {
    'a9': ' -march=armv7-a -marm -msoft-float',
    'thumb': ' -mcpu=cortex-m4 -mthumb -msoft-float',
    'm0': ' -mcpu=cortex-m0 -mthumb -msoft-float',
}
DEVICE = _DEVICES[os.environ.get('RTT_DEVICE', 'a9')]

CFLAGS = DEVICE + ' -Wall'
AFLAGS = ' -c' + DEVICE + ' -x assembler-with-cpp -D__ASSEMBLY__'
CXXFLAGS = CFLAGS + ' -Woverloaded-virtual -fno-exceptions -fno-rtti'
if BUILD == 'debug':
    CFLAGS += ' -g -gdwarf-2 -O0'
    CXXFLAGS += ' -g -gdwarf-2 -O0'
    AFLAGS += ' -gdwarf-2'
else:
    CFLAGS += ' -O2'
    CXXFLAGS += ' -O2'

M_CFLAGS = CFLAGS + ' -mlong-calls -fPIC'
M_CXXFLAGS = CXXFLAGS + ' -mlong-calls -fPIC'
M_LFLAGS = DEVICE + ' -Wl,--gc-sections,-z,max-page-size=0x4 -shared -fPIC -nostartfiles -nostdlib -static-libgcc'
M_POST_ACTION = STRIP + ' -R .hash $TARGET\n' + SIZE + ' $TARGET \n'

# Where a built module is copied to, when the build tree does that.
if os.environ.get('RTT_BIN_PATH'):
    M_BIN_PATH = os.environ['RTT_BIN_PATH']
