import type { ExportRow, Task } from "../kernel/call.ts";
import { customImage } from "./custom.ts";
import { MODULE, RT_EBUSY, RT_ERROR, STAT } from "./layout.ts";
import type { Loader } from "./loader.ts";
import { ModuleStruct } from "./module.ts";
import { moduleTable } from "./module-list.ts";
import { ObjectClass } from "../kernel/types.ts";

const PATH_MAX = 256;
const LINE_MAX = 4096;

function* load(loader: Loader, path: number, ops = 0): Task<number> {
  const name = loader.parts.kernel.memory.cstring(path, PATH_MAX);
  const file = ops === 0 ? undefined : yield* customImage(loader, path, ops);
  const loading = loader.load(name, { as: "library", file });
  return (yield* loader.libdl.noting(name, loading))?.address ?? 0;
}

function* exec(loader: Loader, path: number, line: number, ops = 0): Task<number> {
  const { memory } = loader.parts.kernel;
  const name = memory.cstring(path, PATH_MAX);
  const file = ops === 0 ? undefined : yield* customImage(loader, path, ops);
  const words = line === 0 ? name : memory.cstring(line, LINE_MAX);
  return yield* loader.libdl.noting(name, loader.exec(name, words, file));
}

/** dlmodule_destroy, of whatever address: an rt_err_t. */
export function* destroy(loader: Loader, address: number): Task<number> {
  const { memory, objects } = loader.parts.kernel;
  const module = loader.find(address);
  if (!module) {
    // What dlmodule_create made, with nothing loaded.
    const inRam = address >>> 0 >= memory.base && (address >>> 0) + MODULE.SIZE <= memory.end;
    if (!inRam || objects.classOf(address) !== ObjectClass.Module) return -RT_ERROR;
    objects.delete(address);
    return 0;
  }
  const struct = new ModuleStruct(loader.parts.kernel.memory);
  const compat = loader.parts.kernel.options.compat404;
  if (struct.stat(address) === STAT.RUNNING) return -RT_EBUSY;
  // Its own constructors or module_init run, or its destructors, or its main thread waits for its first turn: it would be freed under them.
  const busy = !module.ready || module.destroyer !== 0 || struct.get(address, MODULE.MAIN_THREAD);
  if (!compat && busy) return -RT_EBUSY;
  yield* loader.unload(module);
  return 0;
}

/** libdl for modules, and what the firmware's C library asks the loader. Names with `_rtt_` are not exported to modules. */
export const dlmoduleRows: readonly ExportRow<Loader>[] = [
  {
    name: "dlopen",
    proto: "void *dlopen(const char *filename, int flags);",
    header: "dlfcn.h",
    call: (loader, name, flags) => loader.libdl.open(name, flags),
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
    name: "dladdr",
    proto: "int dladdr(const void *address, Dl_info *info);",
    header: "dlfcn.h",
    call: (loader, address, info) => loader.libdl.address(address, info),
  },
  {
    name: "dlmodule_create",
    proto: "struct rt_dlmodule *dlmodule_create(void);",
    header: "dlmodule.h",
    call: (loader) => loader.create(),
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
    call: (loader, path) => load(loader, path),
  },
  {
    name: "dlmodule_exec",
    proto: "struct rt_dlmodule *dlmodule_exec(const char *pgname, const char *cmd, int cmd_size);",
    header: "dlmodule.h",
    call: (loader, path, line) => exec(loader, path, line),
  },
  {
    name: "dlmodule_load_custom",
    proto:
      "struct rt_dlmodule *dlmodule_load_custom(const char *pgname, struct rt_dlmodule_ops *ops);",
    header: "dlmodule.h",
    call: load,
  },
  {
    name: "dlmodule_exec_custom",
    proto:
      "struct rt_dlmodule *dlmodule_exec_custom(const char *pgname, const char *cmd, int cmd_size, struct rt_dlmodule_ops *ops);",
    header: "dlmodule.h",
    call: (loader, path, line, _size, ops) => exec(loader, path, line, ops),
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
    call: (loader, name) => loader.libdl.kernelSymbol(name),
  },
  {
    name: "list_module",
    proto: "int list_module(void);",
    header: "dlmodule.h",
    call: (loader) => {
      const { kernel } = loader.parts;
      kernel.console.print(moduleTable(kernel, loader));
      return 0;
    },
  },
  {
    name: "list_symbols",
    proto: "int list_symbols(void);",
    header: "dlmodule.h",
    call: ({ parts: { kernel, symbols } }) => {
      for (const { name, address } of symbols.entries())
        kernel.console.print(`${name} => 0x${(address >>> 0).toString(16).padStart(8, "0")}\n`);
      return 0;
    },
  },
  {
    name: "__emutls_get_address",
    proto: "void *__emutls_get_address(struct __emutls_object *variable);",
    header: "",
    call: (loader, control) => loader.threadVariables.address(control >>> 0),
  },
  {
    name: "_rtt_exit",
    proto: "void _rtt_exit(int status, int handlers);",
    header: "",
    call: (loader, status, handlers) => loader.exit("exit", status, handlers !== 0),
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
