"""Include folders and macros of modules, in the form that `scons --target=ua` gives for a board."""

import os


def GetCPPPATH(BSP_ROOT, RTT_ROOT):
    include = os.path.join(RTT_ROOT, 'include')
    return [BSP_ROOT, include, os.path.join(include, 'cplusplus')]


def GetCPPDEFINES():
    defines = ['_POSIX_C_SOURCE=199309L', '__RTTHREAD__', 'RT_USING_NEWLIB', 'HAVE_CCONFIG_H']
    # RTT_ABI=5: for RT-Thread 5.x, rtt-sim --abi 5.x
    if os.environ.get('RTT_ABI', '4') != '4':
        defines.append('RTT_SIM_ABI=' + os.environ['RTT_ABI'])
    return defines
