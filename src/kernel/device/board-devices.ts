import {
  DEVICE_FLAG_INT_RX,
  DEVICE_FLAG_RDWR,
  DEVICE_FLAG_STREAM,
  DEVICE_OFLAG_OPEN,
  DeviceClass,
  RT_EOK,
} from "../abi/constants.ts";
import { DEVICE } from "../abi/layout.ts";
import { callNamed, type Task } from "../call.ts";
import type { Kernel } from "../kernel.ts";
import { ObjectClass } from "../types.ts";
import type { HostDriver } from "./host-driver.ts";

const RTC_GET_TIME = 0x10;
const RTC_SET_TIME = 0x11;

interface Row {
  readonly name: string;
  readonly type: number;
  readonly flag: number;
  readonly openFlag: number;
  readonly references: number;
  readonly driver: (k: Kernel, device: number) => HostDriver;
}

/** open_flag of uart0 when console and shell have opened it. */
const CONSOLE_OPEN = DEVICE_FLAG_INT_RX | DEVICE_FLAG_STREAM | DEVICE_OFLAG_OPEN | DEVICE_FLAG_RDWR;

/** The devices of the reference board in the order they register; lists show the newest first. */
const ROWS: readonly Row[] = [
  {
    name: "uart0",
    type: DeviceClass.Char,
    flag: DEVICE_FLAG_RDWR | DEVICE_FLAG_INT_RX,
    openFlag: CONSOLE_OPEN,
    references: 2,
    driver: serial,
  },
  {
    name: "uart1",
    type: DeviceClass.Char,
    flag: DEVICE_FLAG_RDWR | DEVICE_FLAG_INT_RX,
    openFlag: 0,
    references: 0,
    // Nothing is connected to the second line.
    driver: () => ({
      read: () => 0,
      write: (_position, _buffer, size) => size,
      control: () => RT_EOK,
    }),
  },
  {
    name: "rtc",
    type: DeviceClass.RTC,
    flag: DEVICE_FLAG_RDWR,
    openFlag: 0,
    references: 0,
    driver: rtc,
  },
  {
    name: "sd0",
    type: DeviceClass.Block,
    flag: DEVICE_FLAG_RDWR,
    openFlag: DEVICE_OFLAG_OPEN | DEVICE_FLAG_RDWR,
    references: 1,
    // The machine attaches the card.
    driver: () => ({ read: () => 0, write: () => 0, control: () => RT_EOK }),
  },
];

/** Registers the board's devices; uart0 becomes the console. */
export function createDevices(k: Kernel): void {
  const m = k.memory;
  for (const row of ROWS) {
    const size = k.objects.sizeOf(ObjectClass.Device);
    const device = k.systemAlloc(size);
    m.fill(device, size, 0);
    DEVICE.device_type.set(m, device, row.type);
    k.devices.register(device, row.name, row.flag);
    DEVICE.open_flag.set(m, device, row.openFlag);
    DEVICE.ref_count.set(m, device, row.references);
    k.devices.attach(device, row.driver(k, device));
  }
  k.consoleDevice = k.devices.find("uart0");
  k.console.onReceive = () => receive(k, k.consoleDevice);
}

/** rt_hw_serial_isr: tells who asked for it that bytes arrived. */
function* receive(k: Kernel, device: number): Task<void> {
  const indicate = DEVICE.rx_indicate.get(k.memory, device);
  if (indicate !== 0)
    yield* callNamed("the rx_indicate of a device", indicate, device, k.console.available);
}

/** components/drivers/serial: STREAM stays set, and an open without INT_RX turns reception off for everybody. */
function serial(k: Kernel, device: number): HostDriver {
  const m = k.memory;
  return {
    open(oflag) {
      const stream = (oflag | DEVICE.open_flag.get(m, device)) & DEVICE_FLAG_STREAM;
      DEVICE.open_flag.set(m, device, (oflag & 0xff) | stream | (oflag & DEVICE_FLAG_INT_RX));
      return RT_EOK;
    },
    close: () => RT_EOK,
    read(_position, buffer, size) {
      const bytes = k.console.take(size);
      m.write(buffer, bytes);
      return bytes.length;
    },
    write(_position, buffer, size) {
      const stream = (DEVICE.open_flag.get(m, device) & DEVICE_FLAG_STREAM) !== 0;
      k.console.write(m.read(buffer, size), stream);
      return size;
    },
    control: () => RT_EOK,
  };
}

/** components/drivers/rtc/soft_rtc.c; time_t has 8 bytes. */
function rtc(k: Kernel): HostDriver {
  return {
    // Reading gives nothing, and is no error.
    read: () => 0,
    control(command, argument) {
      if (command === RTC_GET_TIME) {
        k.memory.st32(argument, k.rtc);
        k.memory.st32(argument + 4, Math.floor(k.rtc / 2 ** 32));
      } else if (command === RTC_SET_TIME) {
        k.rtc = k.memory.ldu32(argument) + k.memory.ld32(argument + 4) * 2 ** 32;
      }
      return RT_EOK;
    },
  };
}
