import type { GuestMemory } from "../../memory/mod.ts";
import {
  DEVICE_FLAG_ACTIVATED,
  DEVICE_FLAG_STANDALONE,
  DEVICE_OFLAG_MASK,
  DEVICE_OFLAG_OPEN,
  RT_EBUSY,
  RT_ENOSYS,
  RT_EOK,
  RT_ERROR,
} from "../abi/constants.ts";
import { kernelCommand, kernelError } from "../abi/five.ts";
import { DEVICE, DEVICE_OPS } from "../abi/layout.ts";
import { callGuest, type CallResult, type Task } from "../call.ts";
import type { Kernel } from "../kernel.ts";
import { lend } from "../lent.ts";
import { listInit } from "../list.ts";
import { ObjectClass } from "../types.ts";
import type { HostDriver } from "./host-driver.ts";
import { deviceOnDemand } from "./on-demand.ts";

type Op = "init" | "open" | "close" | "read" | "write" | "control";

/** The device registry: src/device.c of RT-Thread 4.0.4. Drivers are the guest's rt_device_ops or TypeScript. */
export class Devices {
  private readonly drivers = new Map<number, HostDriver>();
  private readonly memory: GuestMemory;

  constructor(private readonly k: Kernel) {
    this.memory = k.memory;
  }

  find(name: string): number {
    return this.k.objects.find(name, ObjectClass.Device) || deviceOnDemand(this.k, name);
  }

  /** Makes a TypeScript driver the one of a registered device. */
  attach(device: number, driver: HostDriver): void {
    this.drivers.set(device, driver);
  }

  /** @param system the device is the kernel's, whoever asks for it */
  register(device: number, name: string, flag: number, system = false): number {
    const m = this.memory;
    const { objects } = this.k;
    if (device === 0 || objects.find(name, ObjectClass.Device) !== 0) return -RT_ERROR;
    objects.init(device, ObjectClass.Device, name, system);
    DEVICE.device_flag.set(m, device, flag);
    DEVICE.ref_count.set(m, device, 0);
    DEVICE.open_flag.set(m, device, 0);
    DEVICE.fops.set(m, device, 0);
    const queue = DEVICE.wait_queue.at(device);
    m.st32(queue, 0);
    listInit(m, queue + 4);
    return RT_EOK;
  }

  unregister(device: number): number {
    this.drivers.delete(device);
    this.k.objects.detach(device);
    return RT_EOK;
  }

  create(type: number, attach: number): number {
    const size = this.k.objects.sizeOf(ObjectClass.Device) + attach;
    const device = lend(this.k, size);
    if (device === 0) return 0;
    this.memory.fill(device, size, 0);
    DEVICE.device_type.set(this.memory, device, type);
    return device;
  }

  *init(device: number): Task<number> {
    const m = this.memory;
    if (!this.has(device, "init")) return RT_EOK;
    const flag = DEVICE.device_flag.get(m, device);
    if (flag & DEVICE_FLAG_ACTIVATED) return RT_EOK;
    const result = yield* this.call(device, "init", device);
    if (result !== RT_EOK)
      this.k.console.printf(
        "To initialize device:%s failed. The error code is %d\n",
        this.k.objects.name(device),
        result,
      );
    else DEVICE.device_flag.set(m, device, flag | DEVICE_FLAG_ACTIVATED);
    return result;
  }

  *open(device: number, oflag: number): Task<number> {
    const m = this.memory;
    if (!(DEVICE.device_flag.get(m, device) & DEVICE_FLAG_ACTIVATED)) {
      const result = yield* this.init(device);
      if (result !== RT_EOK) return result;
      DEVICE.device_flag.set(m, device, DEVICE.device_flag.get(m, device) | DEVICE_FLAG_ACTIVATED);
    }
    const openFlag = DEVICE.open_flag.get(m, device);
    if (DEVICE.device_flag.get(m, device) & DEVICE_FLAG_STANDALONE && openFlag & DEVICE_OFLAG_OPEN)
      return -RT_EBUSY;
    let result = RT_EOK;
    if (this.has(device, "open")) result = yield* this.call(device, "open", device, oflag);
    else DEVICE.open_flag.set(m, device, oflag & DEVICE_OFLAG_MASK);
    if (result === RT_EOK || result === -RT_ENOSYS) {
      DEVICE.open_flag.set(m, device, DEVICE.open_flag.get(m, device) | DEVICE_OFLAG_OPEN);
      const references = (DEVICE.ref_count.get(m, device) + 1) & 0xff;
      DEVICE.ref_count.set(m, device, references);
      this.k.assert(references !== 0, "dev->ref_count != 0", "rt_device_open", 268);
    }
    return result;
  }

  *close(device: number): Task<number> {
    const m = this.memory;
    const references = DEVICE.ref_count.get(m, device);
    if (references === 0) return -RT_ERROR;
    DEVICE.ref_count.set(m, device, references - 1);
    if (references > 1) return RT_EOK;
    const result = this.has(device, "close") ? yield* this.call(device, "close", device) : RT_EOK;
    if (result === RT_EOK || result === -RT_ENOSYS) DEVICE.open_flag.set(m, device, 0);
    return result;
  }

  transfer(
    device: number,
    op: "read" | "write",
    position: number,
    buffer: number,
    size: number,
  ): CallResult {
    if (DEVICE.ref_count.get(this.memory, device) === 0) {
      this.k.setErrno(-RT_ERROR);
      return 0;
    }
    const driver = this.drivers.get(device);
    if (driver?.[op] !== undefined) return driver[op](position, buffer, size);
    if (driver === undefined && this.has(device, op))
      return this.call(device, op, device, position, buffer, size);
    this.k.setErrno(-RT_ENOSYS);
    return 0;
  }

  control(device: number, command: number, argument: number): CallResult {
    const driver = this.drivers.get(device);
    if (driver?.control !== undefined)
      return driver.control(this.k.five ? kernelCommand(command) : command, argument);
    if (driver === undefined && this.has(device, "control"))
      return this.call(device, "control", device, command, argument);
    return -RT_ENOSYS;
  }

  private op(device: number, op: Op): number {
    const ops = DEVICE.ops.get(this.memory, device);
    return ops === 0 ? 0 : DEVICE_OPS[op].get(this.memory, ops);
  }

  private has(device: number, op: Op): boolean {
    const driver = this.drivers.get(device);
    return driver === undefined ? this.op(device, op) !== 0 : driver[op] !== undefined;
  }

  private *call(device: number, op: Op, ...args: number[]): Task<number> {
    const driver = this.drivers.get(device);
    if (driver === undefined) {
      const result = yield* callGuest(this.op(device, op), ...args);
      return this.k.five && op !== "read" && op !== "write" ? kernelError(result) : result;
    }
    switch (op) {
      case "init":
        return driver.init?.() ?? RT_EOK;
      case "open":
        return driver.open?.(args[1]) ?? RT_EOK;
      case "close":
        return driver.close?.() ?? RT_EOK;
      default:
        return -RT_ENOSYS;
    }
  }
}
