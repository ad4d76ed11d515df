import { type BlockDevice, BlockError } from "../../block/mod.ts";
import { Errno } from "../../vfs/mod.ts";
import { DEVICE_FLAG_RDWR, RT_EIO, RT_ENOSYS, RT_EOK } from "../abi/constants.ts";
import type { CallResult, Task } from "../call.ts";
import type { HostDriver } from "../device/host-driver.ts";
import type { Kernel } from "../kernel.ts";
import type { DeviceIo } from "./context.ts";

/** Descriptors in /dev on the device registry: dfs_device_fs_* of devfs. A device that is gone transfers nothing. */
export function deviceIo(kernel: Kernel): DeviceIo {
  const { devices } = kernel;
  const on = (name: string, call: (device: number) => CallResult, absent = 0) => {
    const device = devices.find(name);
    return device === 0 ? absent : value(call(device));
  };
  return {
    *open(name) {
      const device = devices.find(name);
      if (device === 0) return -Errno.ENODEV;
      const result = yield* devices.open(device, DEVICE_FLAG_RDWR);
      return result === RT_EOK || result === -RT_ENOSYS ? 0 : -Errno.EIO;
    },
    close: (name) => on(name, (device) => devices.close(device)),
    read: (name, position, address, size) =>
      on(name, (device) => devices.transfer(device, "read", position, address, size)),
    write: (name, position, address, size) =>
      on(name, (device) => devices.transfer(device, "write", position, address, size)),
    control: (name, command, argument) =>
      on(name, (device) => devices.control(device, command, argument), -Errno.ENODEV),
  };
}

/** Nothing counts as 0. */
function value(result: CallResult): number | Task<number> {
  if (typeof result !== "object") return result ?? 0;
  return (function* (): Task<number> {
    return (yield* result) ?? 0;
  })();
}

/** RT_DEVICE_CTRL_BLK_GETGEOME and _SYNC. */
const GET_GEOMETRY = 0x10;
const SYNC = 0x11;

/**
 * The SD card as a device: positions and sizes in sectors.
 *
 * @param beforeWrite called before sectors are changed: a mounted file system must not go on from memory
 */
export function cardDriver(
  kernel: Kernel,
  card: BlockDevice,
  beforeWrite: () => void = () => {},
): HostDriver {
  const { memory } = kernel;
  const room = (position: number, size: number) =>
    Math.max(0, Math.min(size >>> 0, card.sectors - (position >>> 0)));
  /** Sectors that were transferred: none, and -RT_EIO, behind the end and where the disk fails. */
  const transferred = (count: number, transfer: () => void): number => {
    try {
      if (count > 0) transfer();
    } catch (error) {
      if (!(error instanceof BlockError)) throw error;
      count = 0;
    }
    if (count === 0) kernel.setErrno(-RT_EIO);
    return count;
  };
  return {
    read(position, buffer, size) {
      const count = room(position, size);
      memory.checkStore(buffer, count * card.sectorSize);
      const bytes = new Uint8Array(count * card.sectorSize);
      return transferred(count, () => {
        card.read(position >>> 0, bytes);
        memory.write(buffer, bytes);
      });
    },
    write(position, buffer, size) {
      const count = room(position, size);
      const bytes = memory.read(buffer, count * card.sectorSize);
      return transferred(card.readOnly ? 0 : count, () => {
        beforeWrite();
        card.write(position >>> 0, bytes);
      });
    },
    control(command, argument) {
      if (command === GET_GEOMETRY && argument !== 0) {
        memory.st32(argument, card.sectors);
        memory.st32(argument + 4, card.sectorSize);
        memory.st32(argument + 8, card.sectorSize);
      } else if (command === SYNC) card.flush();
      return 0;
    },
  };
}
