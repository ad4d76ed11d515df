import type { GuestMemory } from "../../memory/mod.ts";
import type { NumberField } from "../abi/field.ts";
import type { ExportRow } from "../call.ts";
import type { Kernel } from "../kernel.ts";
import { E } from "./errno.ts";
import { ATTR } from "./layout.ts";
import type { Pthreads } from "./threads.ts";

/** Thread attributes. Most setters store what they are given: pthread_create finds out whether it is of use. */

const HEADER = "pthread.h";
export const JOINABLE = 0;
export const DETACHED = 1;
const INHERIT_SCHED = 1;
const SCOPE_PROCESS = 0;
const SCOPE_SYSTEM = 1;
const SCHED_FIFO = 1;

export interface Attributes {
  readonly stackaddr: number;
  readonly stacksize: number;
  readonly priority: number;
  readonly detached: boolean;
}

/** RT_THREAD_PRIORITY_MAX / 2 + RT_THREAD_PRIORITY_MAX / 4 is 24. */
export const DEFAULT: Attributes = { stackaddr: 0, stacksize: 2048, priority: 24, detached: false };

export function readAttributes(m: GuestMemory, attr: number): Attributes {
  return {
    stackaddr: ATTR.stackaddr.get(m, attr),
    stacksize: ATTR.stacksize.get(m, attr),
    priority: ATTR.priority.get(m, attr),
    detached: ATTR.detachstate.get(m, attr) === DETACHED,
  };
}

function checkAttr(k: Kernel, attr: number, fn: string): void {
  k.assert(attr !== 0, "attr != RT_NULL", fn, 0);
}

/** A getter that stores a field at its second argument, and its setter. */
function pair(
  name: string,
  type: string,
  argument: string,
  field: NumberField,
  invalid: (value: number) => boolean = () => false,
): ExportRow<Pthreads>[] {
  const [get, set] = [`pthread_attr_get${name}`, `pthread_attr_set${name}`];
  return [
    {
      name: get,
      proto: `int ${get}(pthread_attr_t const *attr, ${type} *${argument});`,
      header: HEADER,
      call: ({ k }, attr, result) => {
        checkAttr(k, attr, get);
        k.memory.st32(result, field.get(k.memory, attr));
        return 0;
      },
    },
    {
      name: set,
      proto: `int ${set}(pthread_attr_t *attr, ${type} ${argument});`,
      header: HEADER,
      call: ({ k }, attr, value) => {
        checkAttr(k, attr, set);
        if (invalid(value)) return E.EINVAL;
        field.set(k.memory, attr, value);
        return 0;
      },
    },
  ];
}

const refused = (proto: string): ExportRow<Pthreads> => ({
  name: /(\w+)\(/.exec(proto)?.[1] ?? "",
  proto,
  header: HEADER,
  call: () => E.EOPNOTSUPP,
});

export const attrRows: readonly ExportRow<Pthreads>[] = [
  {
    name: "pthread_attr_init",
    proto: "int pthread_attr_init(pthread_attr_t *attr);",
    header: HEADER,
    call: ({ k }, attr) => {
      const m = k.memory;
      checkAttr(k, attr, "pthread_attr_init");
      m.fill(attr, ATTR.size, 0);
      ATTR.stacksize.set(m, attr, DEFAULT.stacksize);
      ATTR.inheritsched.set(m, attr, INHERIT_SCHED);
      ATTR.schedpolicy.set(m, attr, SCHED_FIFO);
      ATTR.priority.set(m, attr, DEFAULT.priority);
      return 0;
    },
  },
  {
    name: "pthread_attr_destroy",
    proto: "int pthread_attr_destroy(pthread_attr_t *attr);",
    header: HEADER,
    call: ({ k }, attr) => {
      checkAttr(k, attr, "pthread_attr_destroy");
      k.memory.fill(attr, ATTR.size, 0);
      return 0;
    },
  },
  ...pair(
    "detachstate",
    "int",
    "state",
    ATTR.detachstate,
    (state) => state !== JOINABLE && state !== DETACHED,
  ),
  ...pair("schedpolicy", "int", "policy", ATTR.schedpolicy),
  ...pair("stacksize", "size_t", "stack_size", ATTR.stacksize),
  ...pair("inheritsched", "int", "inherit", ATTR.inheritsched),
  {
    name: "pthread_attr_setschedparam",
    proto: "int pthread_attr_setschedparam(pthread_attr_t *attr, struct sched_param const *param);",
    header: HEADER,
    call: ({ k }, attr, param) => {
      checkAttr(k, attr, "pthread_attr_setschedparam");
      ATTR.priority.set(k.memory, attr, k.memory.ld32(param));
      return 0;
    },
  },
  {
    name: "pthread_attr_getschedparam",
    proto: "int pthread_attr_getschedparam(pthread_attr_t const *attr, struct sched_param *param);",
    header: HEADER,
    call: ({ k }, attr, param) => {
      checkAttr(k, attr, "pthread_attr_getschedparam");
      k.memory.st32(param, ATTR.priority.get(k.memory, attr));
      return 0;
    },
  },
  {
    name: "pthread_attr_setstack",
    proto: "int pthread_attr_setstack(pthread_attr_t *attr, void *stack_base, size_t stack_size);",
    header: HEADER,
    call: ({ k }, attr, base, size) => {
      checkAttr(k, attr, "pthread_attr_setstack");
      ATTR.stackaddr.set(k.memory, attr, base);
      ATTR.stacksize.set(k.memory, attr, size & ~3);
      return 0;
    },
  },
  {
    name: "pthread_attr_getstack",
    proto:
      "int pthread_attr_getstack(pthread_attr_t const *attr, void **stack_base, size_t *stack_size);",
    header: HEADER,
    call: ({ k }, attr, base, size) => {
      checkAttr(k, attr, "pthread_attr_getstack");
      k.memory.st32(base, ATTR.stackaddr.get(k.memory, attr));
      k.memory.st32(size, ATTR.stacksize.get(k.memory, attr));
      return 0;
    },
  },
  refused("int pthread_attr_setstackaddr(pthread_attr_t *attr, void *stack_addr);"),
  refused("int pthread_attr_getstackaddr(pthread_attr_t const *attr, void **stack_addr);"),
  refused("int pthread_attr_setguardsize(pthread_attr_t *attr, size_t guard_size);"),
  refused("int pthread_attr_getguardsize(pthread_attr_t const *attr, size_t *guard_size);"),
  {
    name: "pthread_attr_setscope",
    proto: "int pthread_attr_setscope(pthread_attr_t *attr, int scope);",
    header: HEADER,
    call: (_, _attr, scope) => {
      if (scope === SCOPE_SYSTEM) return 0;
      return scope === SCOPE_PROCESS ? E.EOPNOTSUPP : E.EINVAL;
    },
  },
  {
    name: "pthread_attr_getscope",
    proto: "int pthread_attr_getscope(pthread_attr_t const *attr);",
    header: HEADER,
    call: () => SCOPE_SYSTEM,
  },
];
