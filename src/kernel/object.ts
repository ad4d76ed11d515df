import type { GuestMemory } from "../memory/mod.ts";
import {
  DLMODULE,
  DEVICE,
  EVENT,
  MAILBOX,
  MEMHEAP,
  MEMPOOL,
  MESSAGEQUEUE,
  MUTEX,
  OBJECT,
  OBJECT_INFORMATION,
  SEMAPHORE,
  THREAD_SIZES,
  TIMER,
} from "./abi/layout.ts";
import { SIZE } from "./abi/five.ts";
import { NAME_MAX, OBJECT_STATIC } from "./abi/constants.ts";
import type { Kernel } from "./kernel.ts";
import { listEach, listInit, listInsertAfter, listRemove } from "./list.ts";
import { ObjectClass, type ObjectsApi } from "./types.ts";

/** Bytes of an object of each class: in 4.0.4, and in 5.x. */
const SIZES: Readonly<Record<number, readonly [number, number]>> = {
  [ObjectClass.Thread]: THREAD_SIZES,
  [ObjectClass.Semaphore]: [SEMAPHORE.size, SIZE.semaphore],
  [ObjectClass.Mutex]: [MUTEX.size, SIZE.mutex],
  [ObjectClass.Event]: [EVENT.size, SIZE.event],
  [ObjectClass.MailBox]: [MAILBOX.size, SIZE.mailbox],
  [ObjectClass.MessageQueue]: [MESSAGEQUEUE.size, SIZE.messageQueue],
  [ObjectClass.MemHeap]: [MEMHEAP.size, SIZE.memheap],
  [ObjectClass.MemPool]: [MEMPOOL.size, SIZE.mempool],
  [ObjectClass.Device]: [DEVICE.size, SIZE.device],
  [ObjectClass.Timer]: [TIMER.size, TIMER.size],
  [ObjectClass.Module]: [DLMODULE.size, DLMODULE.size],
  [ObjectClass.Memory]: [0, SIZE.memory],
};

/** rt_object_information there are: of 5.x one more, for heaps. */
export const objectClasses = (five: boolean): number =>
  (five ? ObjectClass.Memory : ObjectClass.Module) + 1;

/** The object container: src/object.c of RT-Thread 4.0.4. Every list head and link is in guest memory. */
export class Objects implements ObjectsApi {
  private readonly memory: GuestMemory;
  private readonly classes: number;

  constructor(
    private readonly k: Kernel,
    /** Address of the array of struct rt_object_information, indexed by class. */
    private readonly table: number,
  ) {
    this.memory = k.memory;
    this.classes = objectClasses(k.five);
    for (let cls = 0; cls < this.classes; cls++) {
      const info = this.information(cls);
      OBJECT_INFORMATION.type.set(this.memory, info, cls);
      OBJECT_INFORMATION.object_size.set(this.memory, info, this.sizeOf(cls));
      listInit(this.memory, OBJECT_INFORMATION.object_list.at(info));
    }
  }

  /** Bytes of an object of the class. */
  sizeOf(cls: number): number {
    return SIZES[cls]?.[this.memory.layout] ?? 0;
  }

  /** rt_object_get_information: 0 for an unknown class. */
  information(cls: number): number {
    return cls >= 0 && cls < this.classes ? this.table + cls * OBJECT_INFORMATION.size : 0;
  }

  private head(cls: number): number {
    return OBJECT_INFORMATION.object_list.at(this.information(cls));
  }

  /** None of a class that this profile does not have. */
  list(cls: ObjectClass): number[] {
    if (this.information(cls) === 0) return [];
    return [...listEach(this.memory, this.head(cls), OBJECT.list.offset)];
  }

  find(name: string, cls: ObjectClass): number {
    const wanted = name.slice(0, NAME_MAX);
    for (const object of listEach(this.memory, this.head(cls), OBJECT.list.offset)) {
      if (this.name(object) === wanted) return object;
    }
    return 0;
  }

  init(object: number, cls: ObjectClass, name: string, system = false): void {
    for (const other of listEach(this.memory, this.head(cls), OBJECT.list.offset))
      this.k.assert(other !== object, "obj != object", "rt_object_init", 329);
    OBJECT.type.set(this.memory, object, cls | OBJECT_STATIC);
    OBJECT.name.set(this.memory, object, name);
    this.link(object, cls, system ? 0 : this.k.currentModule);
  }

  allocate(cls: ObjectClass, name: string): number {
    this.k.notInInterrupt("rt_object_allocate", 389);
    const size = this.sizeOf(cls);
    const object = this.k.heap.alloc(size);
    if (object === 0) return 0;
    this.memory.fill(object, size, 0);
    OBJECT.type.set(this.memory, object, cls);
    OBJECT.name.set(this.memory, object, name);
    this.link(object, cls, this.k.currentModule);
    return object;
  }

  detach(object: number): void {
    this.k.assert(object !== 0, "object != RT_NULL", "rt_object_detach", 441);
    this.k.hooks.objectGone?.(object);
    OBJECT.type.set(this.memory, object, 0);
    listRemove(this.memory, OBJECT.list.at(object));
  }

  delete(object: number): void {
    this.k.assert(object !== 0, "object != RT_NULL", "rt_object_delete", 464);
    this.k.assert(
      !(OBJECT.type.get(this.memory, object) & OBJECT_STATIC),
      "!(object->type & RT_Object_Class_Static)",
      "rt_object_delete",
      465,
    );
    this.detach(object);
    this.k.heap.free(object);
  }

  name(object: number): string {
    return OBJECT.name.get(this.memory, object);
  }

  classOf(object: number): ObjectClass {
    return (OBJECT.type.get(this.memory, object) & ~OBJECT_STATIC) as ObjectClass;
  }

  isStatic(object: number): boolean {
    return (OBJECT.type.get(this.memory, object) & OBJECT_STATIC) !== 0;
  }

  /** An object created by a thread of a module belongs to that module, every other one to the container of its class. */
  private link(object: number, cls: ObjectClass, module: number): void {
    this.k.hooks.objectMade?.(object);
    if (module !== 0) {
      OBJECT.module_id.set(this.memory, object, module);
      listInsertAfter(this.memory, DLMODULE.object_list.at(module), OBJECT.list.at(object));
    } else {
      listInsertAfter(this.memory, this.head(cls), OBJECT.list.at(object));
    }
  }
}
