import { Errno } from "../../vfs/mod.ts";
import { struct } from "../abi/field.ts";
import type { ExportRow } from "../call.ts";
import { findFile, isConsole, type PosixContext } from "./context.ts";

/**
 * termios on the console. The serial line has no line discipline in RT-Thread 4.0.4: bytes come as they were typed, whatever the flags
 * say. What is set is remembered, so that programs can set it back.
 */

const HEADER = "termios.h";
const NCCS = 32;
const TERMIOS = struct(60, {
  iflag: [0, "u32"],
  oflag: [4, "u32"],
  cflag: [8, "u32"],
  lflag: [12, "u32"],
  cc: [17, "part"],
  ispeed: [52, "u32"],
  ospeed: [56, "u32"],
});
const VTIME = 5;
const VMIN = 6;
const B115200 = 0o010002;
const CS8 = 0o60;
const CREAD = 0o200;
const CLOCAL = 0o4000;
const PARENB = 0o400;
const TCSAFLUSH = 2;
const TCIFLUSH = 0;
const TCIOFLUSH = 2;
/** IGNBRK to IXON but INPCK and IGNPAR; OPOST; ECHO, ECHONL, ICANON, ISIG, IEXTEN. */
const NOT_RAW = { iflag: 0o2753, oflag: 0o1, lflag: 0o100113 } as const;

/** The settings of the console of each system, as bytes of a struct termios. */
const settings = new WeakMap<object, Uint8Array>();

function initial(): Uint8Array {
  const bytes = new Uint8Array(TERMIOS.size);
  const view = new DataView(bytes.buffer);
  view.setUint32(TERMIOS.cflag.offset, B115200 | CS8 | CREAD | CLOCAL, true);
  view.setUint32(TERMIOS.ispeed.offset, B115200, true);
  view.setUint32(TERMIOS.ospeed.offset, B115200, true);
  bytes[TERMIOS.cc.offset + VMIN] = 1;
  bytes[TERMIOS.cc.offset + VTIME] = 0;
  return bytes;
}

/** 0 when the descriptor is the console's, else -1 with errno. */
function terminal(c: PosixContext, fd: number): number {
  const file = findFile(c, fd);
  if (!file) return c.kernel.fail(Errno.EBADF);
  return isConsole(c, file) ? 0 : c.kernel.fail(Errno.ENOTTY);
}

function flush({ kernel: { console } }: PosixContext): void {
  console.take?.(console.available ?? 0);
}

const onTerminal = (
  proto: string,
  call: (c: PosixContext, a1: number, a2: number) => void,
): ExportRow<PosixContext> => ({
  name: /(\w+)\(/.exec(proto)?.[1] ?? "",
  proto,
  header: HEADER,
  call: (c, fd, a1, a2) => {
    const error = terminal(c, fd);
    if (error === 0) call(c, a1, a2);
    return error;
  },
});

const speed = (
  name: string,
  proto: string,
  call: (c: PosixContext, termios: number, value: number) => number,
): ExportRow<PosixContext> => ({ name, proto, header: HEADER, call });

export const terminalRows: readonly ExportRow<PosixContext>[] = [
  onTerminal("int tcgetattr(int fd, struct termios *tio);", (c, termios) => {
    const { memory } = c.kernel;
    memory.checkStore(termios, TERMIOS.size);
    memory.write(termios, settings.get(c.vfs) ?? initial());
  }),
  onTerminal("int tcsetattr(int fd, int act, const struct termios *tio);", (c, action, termios) => {
    settings.set(c.vfs, c.kernel.memory.read(termios, TERMIOS.size).slice());
    if (action === TCSAFLUSH) flush(c);
  }),
  onTerminal("int tcflush(int fd, int queue);", (c, queue) => {
    if (queue === TCIFLUSH || queue === TCIOFLUSH) flush(c);
  }),
  onTerminal("int tcdrain(int fd);", () => {}),
  onTerminal("int tcflow(int fd, int action);", () => {}),
  onTerminal("int tcsendbreak(int fd, int duration);", () => {}),
  speed("cfgetispeed", "speed_t cfgetispeed(const struct termios *tio);", ({ kernel }, termios) =>
    TERMIOS.ispeed.get(kernel.memory, termios),
  ),
  speed("cfgetospeed", "speed_t cfgetospeed(const struct termios *tio);", ({ kernel }, termios) =>
    TERMIOS.ospeed.get(kernel.memory, termios),
  ),
  speed(
    "cfsetispeed",
    "int cfsetispeed(struct termios *tio, speed_t speed);",
    ({ kernel }, termios, value) => {
      TERMIOS.ispeed.set(kernel.memory, termios, value);
      return 0;
    },
  ),
  speed(
    "cfsetospeed",
    "int cfsetospeed(struct termios *tio, speed_t speed);",
    ({ kernel }, termios, value) => {
      TERMIOS.ospeed.set(kernel.memory, termios, value);
      return 0;
    },
  ),
  {
    name: "cfmakeraw",
    proto: "void cfmakeraw(struct termios *tio);",
    header: HEADER,
    call: ({ kernel: { memory } }, termios) => {
      for (const field of ["iflag", "oflag", "lflag"] as const)
        TERMIOS[field].set(memory, termios, TERMIOS[field].get(memory, termios) & ~NOT_RAW[field]);
      TERMIOS.cflag.set(memory, termios, (TERMIOS.cflag.get(memory, termios) & ~PARENB) | CS8);
      memory.fill(TERMIOS.cc.at(termios), NCCS, 0);
      memory.st8(TERMIOS.cc.at(termios) + VMIN, 1);
    },
  },
];
