import type { ExportRow, Task } from "../kernel/call.ts";
import { RT_EBUSY, RT_ERROR, STAT } from "./layout.ts";
import type { Loader } from "./loader.ts";
import { ModuleStruct } from "./module.ts";
import { ObjectClass } from "../kernel/types.ts";

const PATH_MAX = 256;
const LINE_MAX = 4096;

function* load(loader: Loader, path: number): Task<number> {
  return (yield* loader.load(loader.parts.kernel.memory.cstring(path, PATH_MAX)))?.address ?? 0;
}

function* destroy(loader: Loader, address: number): Task<number> {
  const module = loader.find(address);
  if (!module) return -RT_ERROR;
  const struct = new ModuleStruct(loader.parts.kernel.memory);
  if (struct.stat(address) === STAT.RUNNING) return -RT_EBUSY;
  yield* loader.unload(module);
  return 0;
}

/** libdl for modules, and what the firmware's C library asks the loader. Names with `_rtt_` are not exported to modules. */
export const dlmoduleRows: readonly ExportRow<Loader>[] = [
  {
    name: "dlopen",
    proto: "void *dlopen(const char *filename, int flags);",
    header: "dlfcn.h",
    call: (loader, name) => loader.libdl.open(name),
  },
  {
    name: "dlsym",
    proto: "void *dlsym(void *handle, const char *symbol);",
    header: "dlfcn.h",
    call: (loader, handle, name) => loader.libdl.symbol(handle, name),
  },
  {
    name: "dlclose",
    proto: "int dlclose(void *handle);",
    header: "dlfcn.h",
    call: (loader, handle) => loader.libdl.close(handle),
  },
  {
    name: "dlerror",
    proto: "const char *dlerror(void);",
    header: "dlfcn.h",
    call: (loader) => loader.libdl.error(),
  },
  {
    name: "dlmodule_find",
    proto: "struct rt_dlmodule *dlmodule_find(const char *name);",
    header: "dlmodule.h",
    call: ({ parts: { kernel } }, name) =>
      kernel.objects.find(kernel.memory.cstring(name, 8), ObjectClass.Module),
  },
  {
    name: "dlmodule_self",
    proto: "struct rt_dlmodule *dlmodule_self(void);",
    header: "dlmodule.h",
    call: (loader) => loader.parts.kernel.currentModule,
  },
  {
    name: "rt_module_self",
    proto: "struct rt_dlmodule *rt_module_self(void);",
    header: "dlmodule.h",
    call: (loader) => loader.parts.kernel.currentModule,
  },
  {
    name: "dlmodule_load",
    proto: "struct rt_dlmodule *dlmodule_load(const char *pgname);",
    header: "dlmodule.h",
    call: load,
  },
  {
    name: "dlmodule_exec",
    proto: "struct rt_dlmodule *dlmodule_exec(const char *pgname, const char *cmd, int cmd_size);",
    header: "dlmodule.h",
    call: (loader, path, line) => {
      const { memory } = loader.parts.kernel;
      return loader.exec(memory.cstring(path, PATH_MAX), memory.cstring(line, LINE_MAX));
    },
  },
  {
    name: "dlmodule_destroy",
    proto: "rt_err_t dlmodule_destroy(struct rt_dlmodule *module);",
    header: "dlmodule.h",
    call: destroy,
  },
  {
    name: "dlmodule_exit",
    proto: "void dlmodule_exit(int ret_code);",
    header: "dlmodule.h",
    call: (loader, code) => loader.exitModule(code),
  },
  {
    name: "dlmodule_symbol_find",
    proto: "rt_uint32_t dlmodule_symbol_find(const char *sym_str);",
    header: "dlmodule.h",
    call: ({ parts: { kernel, symbols } }, name) =>
      symbols.lookup(kernel.memory.cstring(name, PATH_MAX)),
  },
  {
    name: "_rtt_exit",
    proto: "void _rtt_exit(int status);",
    header: "",
    call: (loader, status) => loader.exit("exit", status),
  },
  {
    name: "_rtt_abort",
    proto: "void _rtt_abort(void);",
    header: "",
    call: (loader) => loader.exit("abort", 1),
  },
  {
    name: "_rtt_module_of",
    proto: "struct rt_dlmodule *_rtt_module_of(const void *address);",
    header: "",
    call: (loader, address) => loader.moduleOf(address),
  },
  {
    name: "_rtt_find_exidx",
    proto: "const void *_rtt_find_exidx(const void *pc, int *count);",
    header: "",
    call: (loader, pc, count) => {
      const table = loader.exidx(pc);
      if (!table) return 0;
      loader.parts.kernel.memory.st32(count, table.entries);
      return table.address;
    },
  },
];
