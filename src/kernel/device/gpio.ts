import { RT_EINVAL, RT_EOK } from "../abi/constants.ts";
import { struct } from "../abi/field.ts";
import { callGuest, type ExportRow, type Task } from "../call.ts";
import type { Kernel } from "../kernel.ts";
import type { HostDriver } from "./host-driver.ts";

/**
 * Pins with nothing on them but what the host drives: components/drivers/misc/pin.c of RT-Thread 4.0.4 with a driver of 256 pins. The
 * reference board has none; the device `pin` appears when somebody looks for it.
 */

const PINS = 256;
const MODE = { Output: 0, Input: 1, InputPullUp: 2, InputPullDown: 3, OutputOpenDrain: 4 } as const;
const IRQ = { Rising: 0, Falling: 1, Both: 2, High: 3, Low: 4 } as const;
/** struct rt_device_pin_mode and rt_device_pin_status: a pin and what about it, 16 bits each. */
const PIN_WORDS = struct(4, { pin: [0, "u16"], value: [2, "u16"] });

interface Handler {
  readonly mode: number;
  readonly func: number;
  readonly argument: number;
  enabled: boolean;
}

interface Pin {
  mode: number;
  /** What the program wrote. */
  latch: number;
  /** What the host drives the pin to; undefined: nothing is connected. */
  driven: number | undefined;
  handler: Handler | undefined;
}

/** The virtual pins of one system. */
export class Gpio {
  private readonly pins = new Map<number, Pin>();

  constructor(private readonly k: Kernel) {}

  private pin(number: number): Pin | undefined {
    if (number < 0 || number >= PINS) return undefined;
    let pin = this.pins.get(number);
    if (pin === undefined) {
      pin = { mode: MODE.Input, latch: 0, driven: undefined, handler: undefined };
      this.pins.set(number, pin);
    }
    return pin;
  }

  setMode(number: number, mode: number): void {
    this.change(number, (pin) => (pin.mode = mode));
  }

  write(number: number, level: number): void {
    this.change(number, (pin) => (pin.latch = level === 0 ? 0 : 1));
  }

  /** Connects a pin to a level from outside, or to nothing. */
  drive(number: number, level: 0 | 1 | undefined): void {
    this.change(number, (pin) => (pin.driven = level));
  }

  read(number: number): number {
    const pin = this.pin(number);
    return pin === undefined ? 0 : levelOf(pin);
  }

  /** RT_EOK, or -RT_EINVAL for a pin that is none. */
  attach(number: number, mode: number, func: number, argument: number): number {
    const pin = this.pin(number);
    if (pin === undefined || mode < IRQ.Rising || mode > IRQ.Low) return -RT_EINVAL;
    pin.handler = { mode, func, argument, enabled: false };
    return RT_EOK;
  }

  detach(number: number): number {
    const pin = this.pin(number);
    if (pin === undefined) return -RT_EINVAL;
    pin.handler = undefined;
    return RT_EOK;
  }

  enable(number: number, enabled: boolean): number {
    const handler = this.pin(number)?.handler;
    if (handler === undefined) return -RT_EINVAL;
    handler.enabled = enabled;
    return RT_EOK;
  }

  /** The pin whose interrupts that function handles. */
  pinWith(func: number): number | undefined {
    for (const [number, { handler }] of this.pins) if (handler?.func === func) return number;
    return undefined;
  }

  /** A module is gone: handlers in its memory are not called any more. Gives pin and handler of each. */
  forget(contains: (address: number) => boolean): { pin: number; handler: number }[] {
    const gone: { pin: number; handler: number }[] = [];
    for (const [number, pin] of this.pins) {
      if (pin.handler === undefined || !contains(pin.handler.func)) continue;
      gone.push({ pin: number, handler: pin.handler.func });
      pin.handler = undefined;
    }
    return gone;
  }

  private change(number: number, how: (pin: Pin) => void): void {
    const pin = this.pin(number);
    if (pin === undefined) return;
    const before = levelOf(pin);
    how(pin);
    const after = levelOf(pin);
    const { handler } = pin;
    if (before === after || handler === undefined || !handler.enabled) return;
    if (!wants(handler.mode, after)) return;
    this.k.runner.interrupt(function* (): Task<void> {
      // It may have been taken away before the interrupt was served.
      if (pin.handler === handler) yield* callGuest(handler.func, handler.argument);
    });
  }
}

function levelOf({ mode, latch, driven }: Pin): number {
  if (mode === MODE.Output) return latch;
  if (mode === MODE.OutputOpenDrain) return latch === 0 ? 0 : (driven ?? 1);
  return driven ?? (mode === MODE.InputPullUp ? 1 : 0);
}

function wants(mode: number, level: number): boolean {
  if (mode === IRQ.Both) return true;
  return level === 1
    ? mode === IRQ.Rising || mode === IRQ.High
    : mode === IRQ.Falling || mode === IRQ.Low;
}

/** The device `pin`. */
export function pinDriver(k: Kernel): HostDriver {
  const { memory, gpio } = k;
  return {
    read(_position, buffer, size) {
      if (buffer === 0 || size !== PIN_WORDS.size) return 0;
      PIN_WORDS.value.set(memory, buffer, gpio.read(PIN_WORDS.pin.get(memory, buffer)));
      return size;
    },
    write(_position, buffer, size) {
      if (buffer === 0 || size !== PIN_WORDS.size) return 0;
      gpio.write(PIN_WORDS.pin.get(memory, buffer), PIN_WORDS.value.get(memory, buffer));
      return size;
    },
    control(_command, argument) {
      if (argument === 0) return -RT_EINVAL;
      gpio.setMode(PIN_WORDS.pin.get(memory, argument), PIN_WORDS.value.get(memory, argument));
      return RT_EOK;
    },
  };
}

const HEADER = "drivers/pin.h";

export const pinRows: readonly ExportRow<Kernel>[] = [
  {
    name: "rt_pin_mode",
    proto: "void rt_pin_mode(rt_base_t pin, rt_base_t mode);",
    header: HEADER,
    call: (k, pin, mode) => k.gpio.setMode(pin, mode),
  },
  {
    name: "rt_pin_write",
    proto: "void rt_pin_write(rt_base_t pin, rt_base_t value);",
    header: HEADER,
    call: (k, pin, value) => k.gpio.write(pin, value),
  },
  {
    name: "rt_pin_read",
    proto: "int rt_pin_read(rt_base_t pin);",
    header: HEADER,
    call: (k, pin) => k.gpio.read(pin),
  },
  {
    name: "rt_pin_attach_irq",
    proto:
      "rt_err_t rt_pin_attach_irq(rt_int32_t pin, rt_uint32_t mode, void (*hdr)(void *args), void *args);",
    header: HEADER,
    call(k, pin, mode, func, argument) {
      const result = k.gpio.attach(pin, mode, func, argument);
      if (result === RT_EOK) k.hooks.callbackSet?.(`pin ${pin}`, func);
      return result;
    },
  },
  {
    name: "rt_pin_detach_irq",
    proto: "rt_err_t rt_pin_detach_irq(rt_int32_t pin);",
    header: HEADER,
    call: (k, pin) => k.gpio.detach(pin),
  },
  {
    name: "rt_pin_irq_enable",
    proto: "rt_err_t rt_pin_irq_enable(rt_base_t pin, rt_uint32_t enabled);",
    header: HEADER,
    call: (k, pin, enabled) => k.gpio.enable(pin, enabled !== 0),
  },
];
