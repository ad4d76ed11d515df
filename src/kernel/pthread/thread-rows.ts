import { callNamed, type ExportRow, type Task } from "../call.ts";
import { E } from "./errno.ts";
import type { Pthreads } from "./threads.ts";
import { finish } from "./wait.ts";

const HEADER = "pthread.h";
const ONCE_DONE = 1;
const ONCE_RUNS = 2;

/** A second thread waits until the routine is over; in 4.0.4 it goes on at once. */
function* once({ k }: Pthreads, control: number, routine: number): Task<number> {
  while (k.memory.ld32(control) === ONCE_RUNS) {
    if ((yield* finish(k.futex.wait(control >>> 0, ONCE_RUNS))) !== 0) return 0;
  }
  if (k.memory.ld32(control) !== 0) return 0;
  k.memory.st32(control, k.options.compat404 ? ONCE_DONE : ONCE_RUNS);
  yield* callNamed("the routine of pthread_once", routine);
  k.memory.st32(control, ONCE_DONE);
  k.futex.wake(control >>> 0);
  return 0;
}

export const threadRows: readonly ExportRow<Pthreads>[] = [
  {
    name: "pthread_create",
    proto:
      "int pthread_create(pthread_t *tid, const pthread_attr_t *attr, void *(*start)(void *), void *arg);",
    header: HEADER,
    call: (c, result, attr, start, argument) => c.create(result, attr, start, argument),
  },
  {
    name: "pthread_join",
    proto: "int pthread_join(pthread_t thread, void **value_ptr);",
    header: HEADER,
    call: (c, id, result) => c.join(id, result),
  },
  {
    name: "pthread_detach",
    proto: "int pthread_detach(pthread_t thread);",
    header: HEADER,
    call: (c, id) => c.detach(id),
  },
  {
    name: "pthread_self",
    proto: "pthread_t pthread_self(void);",
    header: HEADER,
    call: (c) => c.id(c.self("pthread_self")),
  },
  {
    name: "pthread_equal",
    proto: "int pthread_equal(pthread_t t1, pthread_t t2);",
    header: HEADER,
    call: (_, one, other) => Number(one === other),
  },
  {
    name: "pthread_exit",
    proto: "void pthread_exit(void *value_ptr);",
    header: HEADER,
    call: (c, value) => c.exit(value),
  },
  {
    name: "pthread_once",
    proto: "int pthread_once(pthread_once_t *once_control, void (*init_routine)(void));",
    header: HEADER,
    call: (c, control, routine) => {
      c.k.assert(control !== 0, "once_control != RT_NULL", "pthread_once", 0);
      c.k.assert(routine !== 0, "init_routine != RT_NULL", "pthread_once", 0);
      return c.k.memory.ld32(control) === ONCE_DONE ? 0 : once(c, control, routine);
    },
  },
  {
    name: "pthread_atfork",
    proto: "int pthread_atfork(void (*prepare)(void), void (*parent)(void), void (*child)(void));",
    header: HEADER,
    call: () => E.EOPNOTSUPP,
  },
  {
    name: "pthread_cleanup_push",
    proto: "void pthread_cleanup_push(void (*routine)(void *), void *arg);",
    header: HEADER,
    call: (c, routine, argument) =>
      void c.self("pthread_cleanup_push").cleanup.push({ routine, argument }),
  },
  {
    name: "pthread_cleanup_pop",
    proto: "void pthread_cleanup_pop(int execute);",
    header: HEADER,
    call: (c, execute) => c.cleanupPop(execute !== 0),
  },
  {
    name: "pthread_cancel",
    proto: "int pthread_cancel(pthread_t thread);",
    header: HEADER,
    call: (c, id) => c.cancel(id),
  },
  {
    name: "pthread_testcancel",
    proto: "void pthread_testcancel(void);",
    header: HEADER,
    call: (c) => c.testCancel(),
  },
  {
    name: "pthread_setcancelstate",
    proto: "int pthread_setcancelstate(int state, int *oldstate);",
    header: HEADER,
    call: (c, state, old) => c.setCancelState(state, old),
  },
  {
    name: "pthread_setcanceltype",
    proto: "int pthread_setcanceltype(int type, int *oldtype);",
    header: HEADER,
    call: (c, type, old) => c.setCancelType(type, old),
  },
];
