import { callGuest, type CallResult, type ExportRow, type Task } from "../../kernel/call.ts";
import type { Kernel } from "../../kernel/mod.ts";
import { waiting } from "../../kernel/posix/mod.ts";
import { PortReader, type SerialPort } from "../port.ts";
import { Code, HEAD, LARGE, LARGEST, SMALL } from "./packet.ts";
import { type Outcome, Receiver, Stage } from "./receive.ts";
import { Sender } from "./send.ts";

/** What the functions work on. */
export interface YmodemContext {
  readonly kernel: Kernel;
  /** The line behind a device that the simulator itself drives. */
  readonly port: (device: number) => SerialPort | undefined;
}

/** struct rym_ctx of RT-Thread 4.0.4; enum rym_stage is a byte or a word, by the compiler's choice. */
const CTX = { onData: 0, onBegin: 4, onEnd: 8, stage: 12, buf: 16, sem: 20 } as const;
/** Behind the semaphore, by the layout of guest memory. */
const DEV = [56, 64] as const;
const RX_INDICATE = 32;
/** "rymsem" */
const SEM_NAME = Uint8Array.from([0x72, 0x79, 0x6d, 0x73, 0x65, 0x6d, 0]);

const RT_ENOMEM = 5;
const RYM_ERR = {
  "time-out": 0x70,
  protocol: 0x71,
  number: 0x72,
  crc: 0x73,
  short: 0x74,
  cancelled: 0x75,
  refused: 0x75,
} as const;

const errorOf = (outcome: Outcome): number => {
  if (outcome === "done") return 0;
  return outcome === "memory" ? -RT_ENOMEM : -RYM_ERR[outcome];
};

/** A device with a driver of the guest's is looked at every tick: it tells nobody here when bytes arrive. */
function guestPort(kernel: Kernel, device: number, buffer: number): SerialPort & PolledPort {
  const bytes: number[] = [];
  const { devices, memory } = kernel;
  const transfer = function* (op: "read" | "write", size: number): Task<number> {
    const result = devices.transfer(device, op, 0, buffer, size);
    return (typeof result === "object" ? yield* result : result) ?? 0;
  };
  const outgoing: Uint8Array[] = [];
  return {
    get available() {
      return bytes.length;
    },
    atEnd: false,
    take: (count) => Uint8Array.from(bytes.splice(0, count)),
    write: (data) => outgoing.push(data),
    watch: () => () => {},
    *poll() {
      for (let data = outgoing.shift(); data; data = outgoing.shift()) {
        for (let at = 0; at < data.length;) {
          const piece = data.subarray(at, at + LARGE);
          memory.write(buffer, piece);
          const written = yield* transfer("write", piece.length);
          if (written <= 0) yield* waiting(kernel).pause(1);
          at += Math.max(0, written);
        }
      }
      const length = yield* transfer("read", LARGE);
      if (length > 0) bytes.push(...memory.read(buffer, length));
    },
  };
}

interface PolledPort {
  poll(): Task<void>;
}

/** A reader that looks at the device itself before it waits, a tick at a time. */
class PollingReader extends PortReader {
  constructor(
    private readonly k: Kernel,
    private readonly polled: SerialPort & PolledPort,
  ) {
    super(k, polled);
  }

  override *byte(ticks: number): Task<number> {
    for (let left = ticks; ; left--) {
      yield* this.polled.poll();
      if (this.polled.available > 0) return this.polled.take(1)[0];
      if (left <= 0) return -1;
      yield* waiting(this.k).pause(1);
    }
  }

  override *fill(into: Uint8Array, ticks: number): Task<boolean> {
    for (let i = 0; i < into.length; i++) {
      const byte = this.polled.available > 0 ? this.polled.take(1)[0] : yield* this.byte(ticks);
      if (byte < 0) return false;
      into[i] = byte;
    }
    return true;
  }

  override *purge(ticks: number): Task<void> {
    while ((yield* this.byte(ticks)) >= 0) this.polled.take(this.polled.available);
  }
}

/** A session of the guest's: opens the device, keeps rx_indicate, and gives the struct its fields. */
function* session(
  { kernel, port }: YmodemContext,
  args: readonly number[],
  run: (line: PortReader, guest: GuestSession) => Task<Outcome>,
): Task<number> {
  const { memory, devices, heap } = kernel;
  const [ctx, device, oflag, onBegin] = args;
  const [onData, onEnd] = [kernel.stackArg(0), kernel.stackArg(1)];
  const opened = yield* devices.open(device, oflag & 0xffff);
  if (opened !== 0) return opened;
  const buffer = heap.alloc(2 * LARGEST);
  if (buffer === 0) {
    yield* devices.close(device);
    return -RT_ENOMEM;
  }
  memory.st32(ctx + CTX.onData, onData);
  memory.st32(ctx + CTX.onBegin, onBegin);
  memory.st32(ctx + CTX.onEnd, onEnd);
  memory.st32(ctx + CTX.stage, Stage.None);
  memory.st32(ctx + CTX.buf, buffer);
  memory.st32(ctx + DEV[memory.layout], device);
  memory.write(buffer, SEM_NAME);
  yield* called(kernel.call("rt_sem_init", ctx + CTX.sem, buffer, 0, 0));
  const indicate = memory.ldu32(device + RX_INDICATE);
  memory.st32(device + RX_INDICATE, 0);
  const own = port(device);
  const polled = own ? undefined : guestPort(kernel, device, buffer + LARGEST);
  const line = own ? new PortReader(kernel, own) : new PollingReader(kernel, polled!);
  const release = own?.claim?.(kernel.threads.current);
  try {
    const outcome = yield* run(line, new GuestSession(kernel, ctx, buffer));
    // What was written last is still on its way.
    if (polled) yield* polled.poll();
    return errorOf(outcome);
  } finally {
    release?.();
    memory.st32(device + RX_INDICATE, indicate);
    heap.free(buffer);
    yield* called(kernel.call("rt_sem_detach", ctx + CTX.sem));
    yield* devices.close(device);
  }
}

function* called(result: CallResult): Task<void> {
  if (typeof result === "object") yield* result;
}

/** The callbacks of one struct rym_ctx; their data lies behind the three bytes that begin a block. */
class GuestSession {
  constructor(
    private readonly kernel: Kernel,
    private readonly ctx: number,
    private readonly buffer: number,
  ) {}

  /** What the callback answers; `nothing` without one. */
  *call(field: "onBegin" | "onData" | "onEnd", size: number, nothing: number): Task<number> {
    const entry = this.kernel.memory.ldu32(this.ctx + CTX[field]);
    if (entry === 0) return nothing;
    return (yield* callGuest(entry, this.ctx, this.buffer + HEAD, size)) & 0xff;
  }

  put(data: Uint8Array): void {
    this.kernel.memory.write(this.buffer + HEAD, data);
  }

  get(size: number): Uint8Array {
    return Uint8Array.from(this.kernel.memory.read(this.buffer + HEAD, size));
  }

  clear(size: number): void {
    this.kernel.memory.fill(this.buffer + HEAD, size, 0);
  }

  readonly setStage = (stage: Stage): void => {
    this.kernel.memory.st8(this.ctx + CTX.stage, stage);
  };

  get stage(): number {
    return this.kernel.memory.ld8(this.ctx + CTX.stage);
  }
}

function* receive(context: YmodemContext, ...args: number[]): Task<number> {
  const seconds = context.kernel.stackArg(2);
  return yield* session(context, args, (line, guest) => {
    const accepts = function* (field: "onBegin" | "onData", data: Uint8Array): Task<boolean> {
      guest.put(data);
      return (yield* guest.call(field, data.length, Code.ACK)) === Code.ACK;
    };
    const receiver = new Receiver(line, {
      begin: (data) => accepts("onBegin", data),
      data: (data) => accepts("onData", data),
      *end() {
        guest.clear(SMALL);
        yield* guest.call("onEnd", SMALL, Code.ACK);
      },
      stage: guest.setStage,
    });
    return receiver.run(seconds);
  });
}

function* send(context: YmodemContext, ...args: number[]): Task<number> {
  const seconds = context.kernel.stackArg(2);
  return yield* session(context, args, (line, guest) => {
    /** A callback fills the buffer and says by SOH or STX how much of it counts. */
    const filled = function* (
      field: "onBegin" | "onData" | "onEnd",
      size: number,
    ): Task<Uint8Array | undefined> {
      const code = yield* guest.call(field, size, field === "onData" ? Code.CAN : Code.SOH);
      if (code === Code.SOH) return guest.get(SMALL);
      return code === Code.STX && size >= LARGE ? guest.get(LARGE) : undefined;
    };
    let begun = false;
    let finished = false;
    const sender = new Sender(line, {
      *begin() {
        if (begun) return "end";
        begun = true;
        guest.clear(SMALL);
        return yield* filled("onBegin", SMALL);
      },
      *data() {
        if (finished) return "end";
        const data = yield* filled("onData", LARGE);
        // on_data sets the stage with its last block.
        finished = guest.stage === Stage.Finishing;
        return data;
      },
      *end() {},
      *last() {
        guest.clear(SMALL);
        return yield* filled("onEnd", SMALL);
      },
      stage: guest.setStage,
    });
    return sender.run(seconds);
  });
}

const PROTO =
  "(struct rym_ctx *ctx, rt_device_t dev, rt_uint16_t oflag, rym_callback on_begin, rym_callback on_data, rym_callback on_end, int handshake_timeout);";

/** components/utilities/ymodem of RT-Thread 4.0.4. */
export const YMODEM_ROWS: readonly ExportRow<YmodemContext>[] = [
  {
    name: "rym_recv_on_device",
    proto: `rt_err_t rym_recv_on_device${PROTO}`,
    header: "ymodem.h",
    call: receive,
  },
  {
    name: "rym_send_on_device",
    proto: `rt_err_t rym_send_on_device${PROTO}`,
    header: "ymodem.h",
    call: send,
  },
];
