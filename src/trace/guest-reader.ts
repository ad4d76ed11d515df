import type { KernelApi } from "../kernel/types.ts";
import { type Names, named, POLL } from "./constants.ts";
import { nameText, quote } from "./quote.ts";
import type { Structure } from "./shapes.ts";

/** Bytes of a string that are shown. */
const STRING_MAX = 48;
/** Members of a list that are shown. */
const LIST_MAX = 8;
const FD_SETSIZE = 64;
const CLASS_MAX = 11;
const OBJECT_BYTES = 32;

/** Types in st_mode (POSIX). */
const FILE_TYPES: Names = {
  one: new Map([
    [0o010000, "S_IFIFO"],
    [0o020000, "S_IFCHR"],
    [0o040000, "S_IFDIR"],
    [0o060000, "S_IFBLK"],
    [0o100000, "S_IFREG"],
  ]),
  field: -1,
  bits: [],
};

/** Bytes of one of those that come in lists. */
const SIZE = { pollfd: 8, iovec: 8 } as const;

export const hex = (value: number): string => `0x${(value >>> 0).toString(16)}`;

/** What is at an address of the guest, as text. Nothing is believed: what is not in memory is an address. */
export class GuestReader {
  constructor(private readonly kernel: KernelApi) {}

  word(address: number): number | undefined {
    const { memory } = this.kernel;
    return memory.contains(address, 4) ? memory.ld32(address) : undefined;
  }

  /** Characters up to the end of a string, `most` of them, one for each byte. */
  text(address: number, most: number): string {
    return String.fromCharCode(...this.stringBytes(address, most).bytes);
  }

  string(address: number): string {
    if (address === 0) return "NULL";
    const { bytes, ended } = this.stringBytes(address, STRING_MAX + 1);
    if (ended) return `"${quote(bytes)}"`;
    // It leaves the memory.
    if (bytes.length <= STRING_MAX) return hex(address);
    return `"${quote(bytes.subarray(0, STRING_MAX))}"...`;
  }

  /** So many bytes as a string, the first of them. */
  bytes(address: number, length: number): string {
    const { memory } = this.kernel;
    const shown = Math.min(length, STRING_MAX);
    if (address === 0) return "NULL";
    if (!memory.contains(address, Math.max(1, shown))) return hex(address);
    return `"${quote(memory.read(address, shown))}"${length > shown ? "..." : ""}`;
  }

  /** ` "name"` of an object of that class (0: any); empty when there is none. */
  objectName(address: number, cls: number): string {
    const { memory, objects } = this.kernel;
    if (!memory.contains(address, OBJECT_BYTES)) return "";
    const found = objects.classOf(address);
    if (cls !== 0 ? found !== cls : found === 0 || found > CLASS_MAX) return "";
    const name = objects.name(address);
    return name === "" ? "" : ` "${nameText(name).replace(/["\\](?!x)/g, "\\$&")}"`;
  }

  /** A structure, or a list of `count`; undefined when it is not in memory. */
  structure(of: Structure, address: number, count: number, out: boolean): string | undefined {
    if (of === "fd_set") return this.descriptors(address, count);
    if (of !== "pollfd" && of !== "iovec") return this.one(of, address, out);
    const shown: string[] = [];
    for (let n = 0; n < count; n++) {
      if (n === LIST_MAX) {
        shown.push("...");
        break;
      }
      const text = this.one(of, address + n * SIZE[of], out);
      if (text === undefined) return undefined;
      shown.push(text);
    }
    return `[${shown.join(", ")}]`;
  }

  private one(of: Structure, address: number, out: boolean): string | undefined {
    const word = (offset: number) => this.word(address + offset) ?? 0;
    const { memory } = this.kernel;
    const inside = (bytes: number) => memory.contains(address, bytes);
    switch (of) {
      // newlib for ARM: time_t of 64 bits, the fraction at 8, 16 bytes.
      case "timespec":
      case "timeval":
        if (!inside(16)) return undefined;
        return `{tv_sec=${seconds(word(0), word(4))}, tv_${of === "timespec" ? "nsec" : "usec"}=${word(8)}}`;
      case "itimerspec":
        return inside(32)
          ? `{it_interval=${this.one("timespec", address, out)}, it_value=${this.one("timespec", address + 16, out)}}`
          : undefined;
      case "stat": {
        if (!inside(88)) return undefined;
        const mode = word(4);
        const type = named(FILE_TYPES, mode & 0o170000) ?? `0${(mode & 0o170000).toString(8)}`;
        return `{st_mode=${type}|0${(mode & 0o7777).toString(8)}, st_size=${word(16)}, ...}`;
      }
      case "dirent": {
        if (!inside(4)) return undefined;
        const directory = memory.ld8(address) === 2;
        return `{d_name=${this.string(address + 4)}, d_type=${directory ? "DT_DIR" : "DT_REG"}}`;
      }
      case "pollfd": {
        if (!inside(8)) return undefined;
        const events = (offset: number) => named(POLL, memory.ld16(address + offset)) ?? "0";
        return `{fd=${word(0)}, events=${events(4)}${out ? `, revents=${events(6)}` : ""}}`;
      }
      case "mq_attr":
        return inside(16)
          ? `{mq_flags=${word(0)}, mq_maxmsg=${word(4)}, mq_msgsize=${word(8)}, mq_curmsgs=${word(12)}}`
          : undefined;
      case "iovec":
        return inside(8)
          ? `{iov_base=${this.bytes(word(0) >>> 0, word(4) >>> 0)}, iov_len=${word(4) >>> 0}}`
          : undefined;
      default:
        return undefined;
    }
  }

  /** The members of a fd_set. */
  private descriptors(address: number, count: number): string | undefined {
    const shown: number[] = [];
    for (let fd = 0; fd < Math.min(Math.max(count, 0), FD_SETSIZE); fd++) {
      const word = this.word(address + 4 * (fd >>> 5));
      if (word === undefined) return undefined;
      if ((word >>> (fd & 31)) & 1) shown.push(fd);
    }
    return `[${shown.join(" ")}]`;
  }

  private stringBytes(address: number, most: number): { bytes: Uint8Array; ended: boolean } {
    const { memory } = this.kernel;
    const bytes: number[] = [];
    for (let at = address; bytes.length < most && memory.contains(at); at++) {
      const byte = memory.ld8(at);
      if (byte === 0) return { bytes: Uint8Array.from(bytes), ended: true };
      bytes.push(byte);
    }
    return { bytes: Uint8Array.from(bytes), ended: false };
  }
}

function seconds(low: number, high: number): string {
  return String(BigInt.asIntN(64, (BigInt(high >>> 0) << 32n) | BigInt(low >>> 0)));
}
