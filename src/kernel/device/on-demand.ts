import { DEVICE_FLAG_RDONLY, DEVICE_FLAG_RDWR, DeviceClass } from "../abi/constants.ts";
import { DEVICE } from "../abi/layout.ts";
import type { Kernel } from "../kernel.ts";
import { ObjectClass } from "../types.ts";
import type { HostDriver } from "./host-driver.ts";
import { pinDriver } from "./gpio.ts";

/**
 * Devices that the reference board has not, but other boards and POSIX have. They are registered when they are first looked for, so that
 * lists show the devices of the board; a program's own device of the name comes first. `--compat 4.0.4` has none of them.
 */

interface Row {
  readonly type: number;
  readonly flag: number;
  readonly driver: (k: Kernel) => HostDriver;
}

const random: Row = {
  type: DeviceClass.Char,
  flag: DEVICE_FLAG_RDONLY,
  driver: (k) => ({
    read(_position, buffer, size) {
      for (let n = 0; n < size; n++) k.memory.st8(buffer + n, k.random() & 0xff);
      return size;
    },
  }),
};

const ROWS: Readonly<Record<string, Row>> = {
  null: {
    type: DeviceClass.Char,
    flag: DEVICE_FLAG_RDWR,
    driver: () => ({ read: () => 0, write: (_position, _buffer, size) => size }),
  },
  zero: {
    type: DeviceClass.Char,
    flag: DEVICE_FLAG_RDWR,
    driver: (k) => ({
      read(_position, buffer, size) {
        k.memory.fill(buffer, size, 0);
        return size;
      },
      write: (_position, _buffer, size) => size,
    }),
  },
  random,
  urandom: random,
  pin: { type: DeviceClass.Miscellaneous, flag: DEVICE_FLAG_RDWR, driver: pinDriver },
};

/** Registers the device of that name; 0 when there is none. */
export function deviceOnDemand(k: Kernel, name: string): number {
  const row = k.options.compat404 || !Object.hasOwn(ROWS, name) ? undefined : ROWS[name];
  if (row === undefined) return 0;
  const size = k.objects.sizeOf(ObjectClass.Device);
  const device = k.systemAlloc(size);
  k.memory.fill(device, size, 0);
  DEVICE.device_type.set(k.memory, device, row.type);
  k.devices.register(device, name, row.flag, true);
  k.devices.attach(device, row.driver(k));
  return device;
}
