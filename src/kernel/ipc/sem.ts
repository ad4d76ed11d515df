import {
  IPC_CMD_GET_STATE,
  IPC_CMD_RESET,
  IPC_CMD_SET_VLIMIT,
  RT_EFULL,
  RT_EINVAL,
  RT_EOK,
  RT_ERROR,
  RT_ETIMEOUT,
} from "../abi/constants.ts";
import { IPC, OBJECT, SEMAPHORE, SEMAPHORE_MAX_5 } from "../abi/layout.ts";
import type { ExportRow, Task } from "../call.ts";
import type { Kernel } from "../kernel.ts";
import { listInit } from "../list.ts";
import { ObjectClass } from "../types.ts";
import { assertDynamic, assertStatic, objectCheck } from "./check.ts";

/** Semaphores: src/ipc.c of RT-Thread 4.0.4. */

const VALUE_MAX = 0xffff;

export const checkSem = objectCheck("Semaphore", "sem", "&sem->parent.parent");

function setup(k: Kernel, sem: number, value: number, flag: number): void {
  listInit(k.memory, IPC.suspend_thread.at(sem));
  SEMAPHORE.value.set(k.memory, sem, value);
  if (k.five) SEMAPHORE_MAX_5.set(k.memory, sem, VALUE_MAX);
  OBJECT.flag.set(k.memory, sem, flag);
}

export function semInit(k: Kernel, sem: number, name: string, value: number, flag: number): number {
  k.assert(sem !== 0, "sem != RT_NULL", "rt_sem_init", 219);
  k.assert(value >>> 0 <= VALUE_MAX, "value < 0x10000U", "rt_sem_init", 220);
  k.objects.init(sem, ObjectClass.Semaphore, name);
  setup(k, sem, value, flag);
  return RT_EOK;
}

export function semCreate(k: Kernel, name: string, value: number, flag: number): number {
  k.notInInterrupt("rt_sem_create", 287);
  k.assert(value >>> 0 <= VALUE_MAX, "value < 0x10000U", "rt_sem_create", 288);
  const sem = k.objects.allocate(ObjectClass.Semaphore, name);
  if (sem !== 0) setup(k, sem, value, flag);
  return sem;
}

function semDetach(k: Kernel, sem: number): number {
  k.waits.resumeAll(IPC.suspend_thread.at(sem));
  k.objects.detach(sem);
  return RT_EOK;
}

export function semDelete(k: Kernel, sem: number): number {
  k.waits.resumeAll(IPC.suspend_thread.at(sem));
  k.objects.delete(sem);
  return RT_EOK;
}

/** Takes it if that needs no waiting; undefined when the caller has to wait. */
function takeAtOnce(k: Kernel, sem: number, timeout: number): number | undefined {
  const value = SEMAPHORE.value.get(k.memory, sem);
  if (value > 0) {
    SEMAPHORE.value.set(k.memory, sem, value - 1);
    return RT_EOK;
  }
  if (timeout === 0) return -RT_ETIMEOUT;
  k.inThreadContext("rt_sem_take", 404);
  return undefined;
}

export function semTake(k: Kernel, sem: number, timeout: number): number | Task<number> {
  return (
    takeAtOnce(k, sem, timeout) ??
    k.waits.block(IPC.suspend_thread.at(sem), OBJECT.flag.get(k.memory, sem), timeout)
  );
}

export function semRelease(k: Kernel, sem: number): number {
  const first = k.waits.first(IPC.suspend_thread.at(sem));
  if (first !== 0) {
    k.waits.resume(first);
    k.scheduler.schedule();
    return RT_EOK;
  }
  const value = SEMAPHORE.value.get(k.memory, sem);
  if (value >= (k.five ? SEMAPHORE_MAX_5.get(k.memory, sem) : VALUE_MAX)) return -RT_EFULL;
  SEMAPHORE.value.set(k.memory, sem, value + 1);
  return RT_EOK;
}

function semControl(k: Kernel, sem: number, command: number, value: number): number {
  if (k.five && command === IPC_CMD_SET_VLIMIT) return setLimit(k, sem, value);
  if (k.five && command === IPC_CMD_GET_STATE) {
    k.memory.st32(value, SEMAPHORE.value.get(k.memory, sem));
    return RT_EOK;
  }
  if (command !== IPC_CMD_RESET) return -RT_ERROR;
  k.waits.resumeAll(IPC.suspend_thread.at(sem));
  SEMAPHORE.value.set(k.memory, sem, value);
  k.scheduler.schedule();
  return RT_EOK;
}

function setLimit(k: Kernel, sem: number, limit: number): number {
  if (limit < 1 || limit > VALUE_MAX) return -RT_EINVAL;
  SEMAPHORE_MAX_5.set(k.memory, sem, limit);
  return RT_EOK;
}

const HEADER = "rtthread.h";

export const semRows: readonly ExportRow<Kernel>[] = [
  {
    name: "rt_sem_init",
    proto:
      "rt_err_t rt_sem_init(rt_sem_t sem, const char *name, rt_uint32_t value, rt_uint8_t flag);",
    header: HEADER,
    call: (k, sem, name, value, flag) => semInit(k, sem, k.name(name), value, flag),
  },
  {
    name: "rt_sem_detach",
    proto: "rt_err_t rt_sem_detach(rt_sem_t sem);",
    header: HEADER,
    call: (k, sem) => {
      checkSem(k, sem, "rt_sem_detach", 249);
      assertStatic(k, sem, "sem->parent.parent", "rt_sem_detach", 251);
      return semDetach(k, sem);
    },
  },
  {
    name: "rt_sem_create",
    proto: "rt_sem_t rt_sem_create(const char *name, rt_uint32_t value, rt_uint8_t flag);",
    header: HEADER,
    call: (k, name, value, flag) => semCreate(k, k.name(name), value, flag),
  },
  {
    name: "rt_sem_delete",
    proto: "rt_err_t rt_sem_delete(rt_sem_t sem);",
    header: HEADER,
    call: (k, sem) => {
      k.notInInterrupt("rt_sem_delete", 325);
      checkSem(k, sem, "rt_sem_delete", 328);
      assertDynamic(k, sem, "sem->parent.parent", "rt_sem_delete", 330);
      return semDelete(k, sem);
    },
  },
  {
    name: "rt_sem_take",
    proto: "rt_err_t rt_sem_take(rt_sem_t sem, rt_int32_t time);",
    header: HEADER,
    call: (k, sem, timeout) => {
      checkSem(k, sem, "rt_sem_take", 359);
      return (
        takeAtOnce(k, sem, timeout) ??
        k.waits.blockCaller(IPC.suspend_thread.at(sem), OBJECT.flag.get(k.memory, sem), timeout)
      );
    },
  },
  {
    name: "rt_sem_trytake",
    proto: "rt_err_t rt_sem_trytake(rt_sem_t sem);",
    header: HEADER,
    call: (k, sem) => {
      checkSem(k, sem, "rt_sem_take", 359);
      return semTake(k, sem, 0);
    },
  },
  {
    name: "rt_sem_release",
    proto: "rt_err_t rt_sem_release(rt_sem_t sem);",
    header: HEADER,
    call: (k, sem) => {
      checkSem(k, sem, "rt_sem_release", 462);
      return semRelease(k, sem);
    },
  },
  {
    name: "rt_sem_control",
    proto: "rt_err_t rt_sem_control(rt_sem_t sem, int cmd, void *arg);",
    header: HEADER,
    call: (k, sem, command, value) => {
      checkSem(k, sem, "rt_sem_control", 524);
      return semControl(k, sem, command, value);
    },
  },
];
