import { RT_ENOSYS, RT_EOK } from "../abi/constants.ts";
import { DEVICE } from "../abi/layout.ts";
import type { ExportRow, Task } from "../call.ts";
import { objectCheck } from "../ipc/check.ts";
import type { Kernel } from "../kernel.ts";
import { takeBack } from "../lent.ts";
import { ObjectClass } from "../types.ts";

const HEADER = "rtthread.h";

const check = objectCheck("Device", "dev", "&dev->parent");

/** RDWR | STREAM | INT_RX of rt_console_set_device; the shell adds INT_RX. */
const CONSOLE_OFLAG = 0x43;

function* setConsole(k: Kernel, name: string): Task<number> {
  const old = k.consoleDevice;
  const device = k.devices.find(name);
  if (device !== 0) {
    if (old !== 0) yield* k.devices.close(old);
    yield* k.devices.open(device, CONSOLE_OFLAG);
    k.consoleDevice = device;
  }
  return old;
}

/** Tells the hook of an open that succeeded. */
function* opened(k: Kernel, device: number, open: Task<number>): Task<number> {
  const result = yield* open;
  if (result === RT_EOK || result === -RT_ENOSYS) k.hooks.deviceOpened?.(device);
  return result;
}

export const deviceRows: readonly ExportRow<Kernel>[] = [
  {
    name: "rt_device_find",
    proto: "rt_device_t rt_device_find(const char *name);",
    header: HEADER,
    call: (k, name) => k.devices.find(k.name(name)),
  },
  {
    name: "rt_device_register",
    proto: "rt_err_t rt_device_register(rt_device_t dev, const char *name, rt_uint16_t flags);",
    header: HEADER,
    call: (k, device, name, flag) => k.devices.register(device, k.name(name), flag & 0xffff),
  },
  {
    name: "rt_device_unregister",
    proto: "rt_err_t rt_device_unregister(rt_device_t dev);",
    header: HEADER,
    call: (k, device) => {
      check(k, device, "rt_device_unregister", 111);
      k.assert(
        k.objects.isStatic(device),
        "rt_object_is_systemobject(&dev->parent)",
        "rt_device_unregister",
        113,
      );
      return k.devices.unregister(device);
    },
  },
  {
    name: "rt_device_create",
    proto: "rt_device_t rt_device_create(int type, int attach_size);",
    header: HEADER,
    call: (k, type, attach) => k.devices.create(type & 0xff, (attach + 3) & ~3),
  },
  {
    name: "rt_device_destroy",
    proto: "void rt_device_destroy(rt_device_t dev);",
    header: HEADER,
    call: (k, device) => {
      // rt_device_create leaves the type 0, so that in 4.0.4 this asserts; later versions accept a device that is not registered.
      if (k.options.compat404 || device === 0 || k.objects.classOf(device) !== ObjectClass.Null)
        check(k, device, "rt_device_destroy", 169);
      else return takeBack(k, device);
      k.assert(
        !k.objects.isStatic(device),
        "rt_object_is_systemobject(&dev->parent) == RT_FALSE",
        "rt_device_destroy",
        171,
      );
      k.objects.detach(device);
      takeBack(k, device);
    },
  },
  {
    name: "rt_device_init",
    proto: "rt_err_t rt_device_init(rt_device_t dev);",
    header: HEADER,
    call: (k, device) => {
      k.assert(device !== 0, "dev != RT_NULL", "rt_device_init", 193);
      return k.devices.init(device);
    },
  },
  {
    name: "rt_device_open",
    proto: "rt_err_t rt_device_open(rt_device_t dev, rt_uint16_t oflag);",
    header: HEADER,
    call: (k, device, oflag) => {
      check(k, device, "rt_device_open", 224);
      return opened(k, device, k.devices.open(device, oflag & 0xffff));
    },
  },
  {
    name: "rt_device_close",
    proto: "rt_err_t rt_device_close(rt_device_t dev);",
    header: HEADER,
    call: (k, device) => {
      check(k, device, "rt_device_close", 290);
      k.hooks.deviceClosed?.(device);
      return k.devices.close(device);
    },
  },
  {
    name: "rt_device_read",
    proto: "rt_size_t rt_device_read(rt_device_t dev, rt_off_t pos, void *buffer, rt_size_t size);",
    header: HEADER,
    call: (k, device, position, buffer, size) => {
      check(k, device, "rt_device_read", 334);
      return k.devices.transfer(device, "read", position, buffer, size >>> 0);
    },
  },
  {
    name: "rt_device_write",
    proto:
      "rt_size_t rt_device_write(rt_device_t dev, rt_off_t pos, const void *buffer, rt_size_t size);",
    header: HEADER,
    call: (k, device, position, buffer, size) => {
      check(k, device, "rt_device_write", 374);
      return k.devices.transfer(device, "write", position, buffer, size >>> 0);
    },
  },
  {
    name: "rt_device_control",
    proto: "rt_err_t rt_device_control(rt_device_t dev, int cmd, void *arg);",
    header: HEADER,
    call: (k, device, command, argument) => {
      check(k, device, "rt_device_control", 408);
      return k.devices.control(device, command, argument);
    },
  },
  {
    name: "rt_device_set_rx_indicate",
    proto:
      "rt_err_t rt_device_set_rx_indicate(rt_device_t dev, rt_err_t (*rx_ind)(rt_device_t dev, rt_size_t size));",
    header: HEADER,
    call: (k, device, func) => {
      check(k, device, "rt_device_set_rx_indicate", 437);
      DEVICE.rx_indicate.set(k.memory, device, func);
      k.hooks.callbackSet?.(`rx_indicate of ${device}`, func);
      return RT_EOK;
    },
  },
  {
    name: "rt_device_set_tx_complete",
    proto:
      "rt_err_t rt_device_set_tx_complete(rt_device_t dev, rt_err_t (*tx_done)(rt_device_t dev, void *buffer));",
    header: HEADER,
    call: (k, device, func) => {
      check(k, device, "rt_device_set_tx_complete", 461);
      DEVICE.tx_complete.set(k.memory, device, func);
      k.hooks.callbackSet?.(`tx_complete of ${device}`, func);
      return RT_EOK;
    },
  },
  {
    name: "rt_console_get_device",
    proto: "rt_device_t rt_console_get_device(void);",
    header: HEADER,
    call: (k) => k.consoleDevice,
  },
  {
    name: "rt_console_set_device",
    proto: "rt_device_t rt_console_set_device(const char *name);",
    header: HEADER,
    call: (k, name) => setConsole(k, k.name(name)),
  },
  {
    name: "rt_hw_console_output",
    proto: "void rt_hw_console_output(const char *str);",
    header: HEADER,
    // Weak and empty on the board, whose console is a device.
    call: () => {},
  },
];
