import { callGuest, type Task } from "../kernel/call.ts";
import { ByteQueue, type Kernel } from "../kernel/mod.ts";
import type { SerialPort } from "./port.ts";

/** struct rt_device of RT-Thread 4.0.4. */
const OPEN_FLAG = 28;
const RX_INDICATE = 32;
/** RT_DEVICE_FLAG_STREAM: `\r` goes before every `\n`. */
const STREAM = 0x40;
const NEWLINE = 0x0a;
const CR = 0x0d;

/** The serial line behind a device that is not the console. */
export class Uart implements SerialPort {
  private readonly fifo = new ByteQueue();
  private readonly waiting: number[] = [];

  constructor(
    private readonly kernel: Kernel,
    /** Address of struct rt_device. */
    readonly device: number,
    private readonly output: (bytes: Uint8Array) => void,
    /** Nobody can type at it. */
    private readonly mute = false,
  ) {
    const { memory, devices } = kernel;
    devices.attach(device, {
      open(oflag) {
        memory.st16(device + OPEN_FLAG, oflag & 0xff);
        return 0;
      },
      close: () => 0,
      read: (_position, buffer, size) => {
        const bytes = this.take(size >>> 0);
        memory.write(buffer, bytes);
        return bytes.length;
      },
      write: (_position, buffer, size) => {
        const stream = (memory.ld16(device + OPEN_FLAG) & STREAM) !== 0;
        const bytes = memory.read(buffer, size);
        this.write(stream ? withReturns(bytes) : bytes);
        return size;
      },
      control: () => 0,
    });
  }

  get atEnd(): boolean {
    return this.mute && this.fifo.length === 0;
  }

  get available(): number {
    return this.fifo.length;
  }

  get first(): number {
    return this.fifo.first;
  }

  take(count: number): Uint8Array {
    return this.fifo.take(count);
  }

  write(bytes: Uint8Array): void {
    if (bytes.length > 0) this.output(Uint8Array.from(bytes));
  }

  watch(thread: number): () => void {
    this.waiting.push(thread);
    return () => {
      const at = this.waiting.indexOf(thread);
      if (at >= 0) this.waiting.splice(at, 1);
    };
  }

  /** Bytes that arrived on the line. */
  feed(bytes: Uint8Array): void {
    this.fifo.push(bytes);
    this.kernel.runner.interrupt(() => this.arrived());
  }

  /** rt_hw_serial_isr. */
  private *arrived(): Task<void> {
    const { kernel, device } = this;
    for (const thread of this.waiting.splice(0)) kernel.threads.resume(thread);
    kernel.scheduler.schedule();
    const indicate = kernel.memory.ldu32(device + RX_INDICATE);
    if (indicate !== 0) yield* callGuest(indicate, device, this.available);
  }
}

function withReturns(bytes: Uint8Array): Uint8Array {
  const out: number[] = [];
  for (const byte of bytes) {
    if (byte === NEWLINE) out.push(CR);
    out.push(byte);
  }
  return Uint8Array.from(out);
}
