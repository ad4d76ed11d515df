"""The functions that SConscript files of RT-Thread applications call. For SCons with Python 3."""

import os
import re

from SCons.Script import *

Env = None
Rtt_Root = ''
BuildOptions = {}
Projects = []

_VALUE = re.compile(r'^\s*#\s*define\s+(\w+)(?:\s+(.*?))?\s*(?:/\*.*)?$', re.MULTILINE)


def _value(text):
    """What a macro of rtconfig.h is worth: a number, a string, or True for one without a text."""
    if text is None or text == '':
        return True
    try:
        return int(text, 0)
    except ValueError:
        return text.strip('"')


def _read_options(folders):
    for folder in folders:
        path = os.path.join(folder, 'rtconfig.h')
        if os.path.isfile(path):
            with open(path, encoding='utf-8') as config:
                found = {name: _value(text) for name, text in _VALUE.findall(config.read())}
            # A file that only includes another one says nothing itself.
            if found:
                return found
    return {}


def PrepareModuleBuilding(env, root_directory, bsp_directory):
    """Makes `env` the environment that the other functions here work on."""
    global Env, Rtt_Root, BuildOptions

    Env = env
    Rtt_Root = os.path.abspath(root_directory)
    BuildOptions = _read_options([bsp_directory, os.path.join(Rtt_Root, 'include')])
    defines = [name.split('=')[0] for name in map(str, Flatten(env.get('CPPDEFINES', [])))]
    if '__RTTHREAD__' not in defines:
        from rtua import GetCPPDEFINES

        env.AppendUnique(CPPDEFINES=[tuple(d.split('=')) if '=' in d else d for d in GetCPPDEFINES()])
    return env


def GetConfigValue(name):
    """The value of a macro of rtconfig.h, '' for one that is not defined."""
    return BuildOptions.get(name, '')


def GetDepend(depend):
    """Whether all of the macros are defined, and not as 0."""
    if not depend:
        return True
    names = [depend] if isinstance(depend, str) else depend
    return all(BuildOptions.get(name) not in (None, 0, '') for name in names if name != '')


def GetCurrentDir():
    """The folder of the SConscript that is being read."""
    return os.path.dirname(File('SConscript').rfile().abspath)


def GetRootDirectory():
    return Rtt_Root


def SrcRemove(src, remove):
    """Takes files off a list by their names."""
    if not src:
        return
    names = [remove] if isinstance(remove, str) else remove
    for item in list(src):
        name = os.path.basename(str(item))
        if name in names or str(item) in names:
            src.remove(item)


_LISTS = (
    'CCFLAGS',
    'CFLAGS',
    'CXXFLAGS',
    'ASFLAGS',
    'CPPPATH',
    'CPPDEFINES',
    'LINKFLAGS',
    'LIBS',
    'LIBPATH',
)


def _append(env, key, value):
    """Adds to a variable of an environment what is not in it; flags may be strings with several of them."""
    if not key.endswith('FLAGS'):
        env.AppendUnique(**{key: value})
        return
    flags = Split(env.get(key, ''))
    env[key] = flags + [flag for flag in Split(value) if flag not in flags]


def DefineGroup(name, src, depend, **parameters):
    """
    Files that belong together, with what they need. CPPPATH, CPPDEFINES, CCFLAGS and so on go to the environment of the whole build,
    those with LOCAL_ in front only to these files. Returns the objects; none when `depend` names a macro that is not set.
    """
    if not GetDepend(depend):
        return []
    Projects.append({'name': name, 'src': src, **parameters})
    for key in _LISTS:
        if key in parameters:
            _append(Env, key, parameters[key])
    local = {key[6:]: value for key, value in parameters.items() if key.startswith('LOCAL_')}
    env = Env
    if local:
        env = Env.Clone()
        for key, value in local.items():
            _append(env, key, value)
    objects = []
    for item in Flatten([src]):
        text = str(item)
        # Objects and libraries are linked as they are.
        if os.path.splitext(text)[1] in ('.o', '.a'):
            objects.append(File(text))
        else:
            objects += env.Object(item)
    if 'LIBRARY' in parameters:
        return env.Library(name, objects)
    return objects


def BuildPackage(package):
    raise NotImplementedError('packages are for builds of a whole kernel, not of a module')
