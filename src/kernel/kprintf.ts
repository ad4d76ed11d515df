import type { GuestMemory } from "../memory/mod.ts";
import { CONSOLEBUF_SIZE } from "./abi/constants.ts";
import type { ExportRow } from "./call.ts";
import {
  format,
  type FormatArguments,
  type Formatted,
  type FormatString,
  wholeText,
} from "./format.ts";
import type { Kernel } from "./kernel.ts";

/** Variadic arguments of the call being served: r1-r3 behind `used` fixed ones, then the stack (AAPCS 6.5). */
class CallArguments implements FormatArguments {
  constructor(
    private readonly k: Kernel,
    private next: number,
  ) {}
  int(): number {
    const n = this.next++;
    return n < 4 ? this.k.cpu.r[n] : this.k.stackArg(n - 4);
  }
  string(): FormatString | undefined {
    const address = this.int();
    return address === 0 ? undefined : this.k.memory.stringAt(address);
  }
}

/** A va_list: the address of the next word. */
class ListArguments implements FormatArguments {
  constructor(
    private readonly memory: GuestMemory,
    private at: number,
  ) {}
  int(): number {
    const word = this.memory.ld32(this.at);
    this.at += 4;
    return word;
  }
  string(): FormatString | undefined {
    const address = this.int();
    return address === 0 ? undefined : this.memory.stringAt(address);
  }
}

/** Arguments of host code. */
export class HostArguments implements FormatArguments {
  private next = 0;
  constructor(private readonly args: readonly (number | string)[]) {}
  int(): number {
    return Number(this.args[this.next++] ?? 0) | 0;
  }
  string(): FormatString | undefined {
    const value = this.args[this.next++];
    return value === undefined ? undefined : wholeText(latin1(String(value)));
  }
}

/** Of longer texts the host's own function is worth its call. */
const LONG = 128;

export function latin1(text: string): Uint8Array {
  if (text.length > LONG) return Buffer.from(text, "latin1");
  const bytes = new Uint8Array(text.length);
  for (let n = 0; n < text.length; n++) bytes[n] = text.charCodeAt(n);
  return bytes;
}

/**
 * What one rt_kprintf sends: the buffer holds 254 characters, and the NUL behind a text that was cut goes out with it.
 */
export function kprintf(fmt: FormatString, args: FormatArguments, five = false): Formatted {
  const text = format(fmt, args, CONSOLEBUF_SIZE - 2, five);
  if (text.length < CONSOLEBUF_SIZE - 1) return text;
  const bytes = new Uint8Array(CONSOLEBUF_SIZE - 1);
  bytes.set(text.bytes.subarray(0, text.size));
  return { bytes, size: bytes.length, length: text.length };
}

/** Longest text the host builds at once for a buffer the guest says is larger. */
const STRING_LIMIT = 0x400000;

/** rt_vsnprintf into guest memory; returns the length the text would have. */
function print(k: Kernel, to: number, size: number, fmt: number, args: FormatArguments): number {
  const room = Math.min(Math.max(size - 1, 0), STRING_LIMIT);
  const text = format(k.memory.stringAt(fmt), args, room, k.five);
  if (size > 0) {
    k.memory.write(to, text.bytes.subarray(0, text.size));
    k.memory.st8(to + text.size, 0);
  }
  return text.length | 0;
}

const HEADER = "rtthread.h";

export const kprintfRows: readonly ExportRow<Kernel>[] = [
  {
    name: "rt_kprintf",
    proto: "void rt_kprintf(const char *fmt, ...);",
    header: HEADER,
    call: (k, fmt) => {
      const { bytes, size } = kprintf(k.memory.stringAt(fmt), new CallArguments(k, 1), k.five);
      k.console.kernelWrite(bytes, size);
      // An int since 5.0.
      return k.five ? size : undefined;
    },
  },
  {
    name: "rt_sprintf",
    proto: "rt_int32_t rt_sprintf(char *buf, const char *format, ...);",
    header: HEADER,
    call: (k, buf, fmt) => print(k, buf, STRING_LIMIT, fmt, new CallArguments(k, 2)),
  },
  {
    name: "rt_snprintf",
    proto: "rt_int32_t rt_snprintf(char *buf, rt_size_t size, const char *format, ...);",
    header: HEADER,
    call: (k, buf, size, fmt) => print(k, buf, size >>> 0, fmt, new CallArguments(k, 3)),
  },
  {
    name: "rt_vsprintf",
    proto: "rt_int32_t rt_vsprintf(char *dest, const char *format, va_list arg_ptr);",
    header: HEADER,
    call: (k, buf, fmt, list) =>
      print(k, buf, STRING_LIMIT, fmt, new ListArguments(k.memory, list)),
  },
  {
    name: "rt_vsnprintf",
    proto: "rt_int32_t rt_vsnprintf(char *buf, rt_size_t size, const char *fmt, va_list args);",
    header: HEADER,
    call: (k, buf, size, fmt, list) =>
      print(k, buf, size >>> 0, fmt, new ListArguments(k.memory, list)),
  },
];
