"""Builds a program or a library against a board (BSP_ROOT) and a kernel (RTT_ROOT)."""

import os
import shutil
import sys

from SCons.Script import *


def _build(name, script, bsp_root, rtt_root, entry, suffix):
    if not bsp_root or not os.path.isfile(os.path.join(bsp_root, 'rtconfig.py')):
        print('BSP_ROOT is not the folder of a board: it has to have rtconfig.py (for rtt-sim: SDK/bsp)')
        Exit(2)
    sys.path.insert(0, bsp_root)
    import rtconfig

    rtt_root = rtt_root or getattr(rtconfig, 'RTT_ROOT', None)
    if not rtt_root:
        print('RTT_ROOT is not set')
        Exit(2)
    if not os.path.isfile(script):
        print('there is no ' + script + ': NAME is a folder of this tree')
        Exit(2)
    sys.path.insert(0, os.path.join(rtt_root, 'tools'))
    from building import PrepareModuleBuilding
    from rtua import GetCPPDEFINES, GetCPPPATH

    env = Environment(
        tools=['mingw'],
        AS=rtconfig.AS, ASFLAGS=rtconfig.AFLAGS,
        CC=rtconfig.CC, CCFLAGS=rtconfig.M_CFLAGS,
        CXX=rtconfig.CXX, CXXFLAGS='',
        AR=rtconfig.AR, ARFLAGS='-rc',
        LINK=rtconfig.LINK, LINKFLAGS=rtconfig.M_LFLAGS + entry,
        CPPPATH=GetCPPPATH(bsp_root, rtt_root), CPPDEFINES=GetCPPDEFINES(),
        PROGSUFFIX='', OBJSUFFIX='.o', LIBPREFIX='lib', LIBSUFFIX='.a',
    )
    env.PrependENVPath('PATH', rtconfig.EXEC_PATH)
    PrepareModuleBuilding(env, rtt_root, bsp_root)

    objects = SConscript(script, exports={'env': env})
    output = os.path.join(name, name + suffix)
    module = env.Program(output, objects)
    if hasattr(rtconfig, 'M_POST_ACTION'):
        env.AddPostAction(module, rtconfig.M_POST_ACTION)
    if hasattr(rtconfig, 'M_BIN_PATH'):
        def copy(target, source, env):
            shutil.copy(str(target[0]), rtconfig.M_BIN_PATH)

        env.AddPostAction(module, copy)


def BuildApplication(name, script, bsp_root=None, rtt_root=None):
    _build(name, script, bsp_root, rtt_root, ' -e main', '.mo')


def BuildLibrary(name, script, bsp_root=None, rtt_root=None):
    _build(name, script, bsp_root, rtt_root, ' -e 0', '.so')
