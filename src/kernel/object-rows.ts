import type { ExportRow } from "./call.ts";
import type { Kernel } from "./kernel.ts";
import type { ObjectClass } from "./types.ts";

const HEADER = "rtthread.h";

export const objectRows: readonly ExportRow<Kernel>[] = [
  {
    name: "rt_object_get_information",
    proto:
      "struct rt_object_information *rt_object_get_information(enum rt_object_class_type type);",
    header: HEADER,
    call: (k, cls) => k.objects.information(cls & 0xff),
  },
  {
    name: "rt_object_get_length",
    proto: "int rt_object_get_length(enum rt_object_class_type type);",
    header: HEADER,
    call: (k, cls) =>
      k.objects.information(cls & 0xff) === 0
        ? 0
        : k.objects.list((cls & 0xff) as ObjectClass).length,
  },
  {
    name: "rt_object_get_pointers",
    proto:
      "int rt_object_get_pointers(enum rt_object_class_type type, rt_object_t *pointers, int maxlen);",
    header: HEADER,
    call: (k, cls, pointers, max) => {
      if (max <= 0 || k.objects.information(cls & 0xff) === 0) return 0;
      const found = k.objects.list((cls & 0xff) as ObjectClass).slice(0, max);
      found.forEach((object, n) => k.memory.st32(pointers + 4 * n, object));
      return found.length;
    },
  },
  {
    name: "rt_object_find",
    proto: "rt_object_t rt_object_find(const char *name, rt_uint8_t type);",
    header: HEADER,
    call: (k, name, cls) => {
      k.notInInterrupt("rt_object_find", 571);
      if (name === 0 || k.objects.information(cls & 0xff) === 0) return 0;
      return k.objects.find(k.name(name), (cls & 0xff) as ObjectClass);
    },
  },
  {
    name: "rt_object_init",
    proto:
      "void rt_object_init(struct rt_object *object, enum rt_object_class_type type, const char *name);",
    header: HEADER,
    call: (k, object, cls, name) =>
      k.objects.init(object, (cls & 0xff) as ObjectClass, k.name(name)),
  },
  {
    name: "rt_object_detach",
    proto: "void rt_object_detach(rt_object_t object);",
    header: HEADER,
    call: (k, object) => k.objects.detach(object),
  },
  {
    name: "rt_object_allocate",
    proto: "rt_object_t rt_object_allocate(enum rt_object_class_type type, const char *name);",
    header: HEADER,
    call: (k, cls, name) =>
      k.objects.information(cls & 0xff) === 0
        ? 0
        : k.objects.allocate((cls & 0xff) as ObjectClass, k.name(name)),
  },
  {
    name: "rt_object_get_type",
    proto: "rt_uint8_t rt_object_get_type(rt_object_t object);",
    header: HEADER,
    call: (k, object) => {
      k.assert(object !== 0, "object != RT_NULL", "rt_object_get_type", 525);
      return k.objects.classOf(object);
    },
  },
  {
    name: "rt_object_is_systemobject",
    proto: "rt_bool_t rt_object_is_systemobject(rt_object_t object);",
    header: HEADER,
    call: (k, object) => {
      k.assert(object !== 0, "object != RT_NULL", "rt_object_is_systemobject", 505);
      return Number(k.objects.isStatic(object));
    },
  },
  {
    name: "rt_object_delete",
    proto: "void rt_object_delete(rt_object_t object);",
    header: HEADER,
    call: (k, object) => k.objects.delete(object),
  },
];
