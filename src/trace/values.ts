import type { KernelApi } from "../kernel/types.ts";
import { type FormatArgument, formatArguments } from "./format.ts";
import type { Parameter, Prototype, Shape } from "./prototype.ts";

/** Names of kernel errors (rtdef.h of RT-Thread 4.0.4), results are negative. */
const ERRORS = [
  "RT_EOK",
  "RT_ERROR",
  "RT_ETIMEOUT",
  "RT_EFULL",
  "RT_EEMPTY",
  "RT_ENOMEM",
  "RT_ENOSYS",
  "RT_EBUSY",
  "RT_EIO",
  "RT_EINTR",
  "RT_EINVAL",
];
const STRING_MAX = 48;
/** Format strings are read so far. */
const FORMAT_MAX = 1024;
const NAME_MAX = 8;
/** Offset of the type in struct rt_object; classes of static objects have bit 7. */
const OBJECT_TYPE = 8;
const CLASS_MAX = 11;

/** Guest values as text, read while a call is under way. */
export class Values {
  constructor(
    private readonly kernel: KernelApi,
    /** Function and offset of a code address. */
    private readonly symbolOf: (address: number) => string | undefined,
  ) {}

  /** The arguments of the call being served: r0-r3, then words on the stack. */
  arguments({ parameters }: Prototype): string[] {
    const { cpu } = this.kernel;
    const shown: string[] = [];
    let word = 0;
    const next = (): number => {
      const n = word++;
      return n < 4 ? cpu.r[n] : this.word(cpu.r[13] + 4 * (n - 4));
    };
    // AAPCS 5.5, rule C.3: an even register or a stack address that is a multiple of 8.
    const pair = (): [low: number, high: number] => {
      word += word & 1;
      return [next(), next()];
    };
    let format: string | undefined;
    for (const [index, { name, shape }] of parameters.entries()) {
      if (shape.kind === "more") {
        if (format === undefined) shown.push("...");
        else for (const one of formatArguments(format)) shown.push(this.formatted(one, next, pair));
        break;
      }
      if (shape.kind === "long") {
        const [low, high] = pair();
        shown.push(this.long(low, high, shape.signed));
        continue;
      }
      const value = next();
      if (shape.kind === "input" && parameters[index + 1]?.shape.kind === "unsigned") {
        // What is given away, with its length behind it.
        const length = next();
        word--;
        shown.push(this.bytes(value >>> 0, length >>> 0));
        continue;
      }
      shown.push(this.argument({ name, shape }, value));
      if (/^(fmt|format)$/.test(name)) format = this.text(value >>> 0, FORMAT_MAX);
    }
    return shown;
  }

  /** An argument behind a format string. Variadic functions take floating point in core registers (AAPCS 6.4.1). */
  private formatted(
    kind: FormatArgument,
    next: () => number,
    pair: () => [low: number, high: number],
  ): string {
    switch (kind) {
      case "signed":
        return String(next());
      case "unsigned":
        return String(next() >>> 0);
      case "hex":
        return hex(next());
      case "character":
        return `'${escape(next() & 255)}'`;
      case "string":
        return this.value({ kind: "string" }, next());
      case "pointer":
        return this.value({ kind: "pointer" }, next());
      case "long":
        return this.long(...pair(), true);
      case "unsigned long":
        return this.long(...pair(), false);
      case "hex long":
        return `0x${BigInt(this.long(...pair(), false)).toString(16)}`;
      case "double": {
        const [value] = new Float64Array(new Int32Array(pair()).buffer);
        return String(value);
      }
    }
  }

  /** The bytes of a string as characters, as far as it is in memory. */
  private text(address: number, most: number): string {
    const { memory } = this.kernel;
    let text = "";
    for (let at = address; text.length < most && memory.contains(at); at++) {
      const byte = memory.ld8(at);
      if (byte === 0) break;
      text += String.fromCharCode(byte);
    }
    return text;
  }

  result({ result }: Prototype, value: number, high: number): string | undefined {
    if (result.kind === "void") return undefined;
    if (result.kind === "long") return this.long(value, high, result.signed);
    return this.value(result, value);
  }

  private argument({ name, shape }: Parameter, value: number): string {
    if (/^(time|timeout|tick)$/.test(name) && value === -1) return "RT_WAITING_FOREVER";
    return this.value(shape, value);
  }

  private value(shape: Shape, value: number): string {
    switch (shape.kind) {
      case "string":
        return value === 0 ? "NULL" : this.string(value >>> 0);
      case "object":
        return value === 0 ? "NULL" : `${hex(value)}${this.objectName(value >>> 0)}`;
      case "function":
        return value === 0 ? "NULL" : (this.symbolOf(value >>> 0) ?? hex(value));
      case "pointer":
      case "input":
        return value === 0 ? "NULL" : hex(value);
      case "unsigned":
        return String(value >>> 0);
      case "error":
        return value <= 0 && ERRORS[-value]
          ? value < 0
            ? `-${ERRORS[-value]}`
            : "RT_EOK"
          : String(value);
      default:
        return String(value);
    }
  }

  private long(low: number, high: number, signed: boolean): string {
    const bits = (BigInt(high >>> 0) << 32n) | BigInt(low >>> 0);
    return String(signed ? BigInt.asIntN(64, bits) : bits);
  }

  private string(address: number): string {
    const { memory } = this.kernel;
    let text = "";
    for (let at = address; ; at++) {
      if (!memory.contains(at)) return hex(address);
      const byte = memory.ld8(at);
      if (byte === 0) return `"${text}"`;
      if (text.length >= STRING_MAX) return `"${text}"...`;
      text += escape(byte);
    }
  }

  /** So many bytes as a string, the first of them. */
  private bytes(address: number, length: number): string {
    const { memory } = this.kernel;
    const shown = Math.min(length, STRING_MAX);
    if (address === 0) return "NULL";
    if (!memory.contains(address, Math.max(1, shown))) return hex(address);
    let text = "";
    for (let at = address; at < address + shown; at++) text += escape(memory.ld8(at));
    return `"${text}"${length > shown ? "..." : ""}`;
  }

  /** ` "name"`, when the address looks like an object's. */
  private objectName(address: number): string {
    const { memory } = this.kernel;
    if (!memory.contains(address, 32)) return "";
    if ((memory.ld8(address + OBJECT_TYPE) & 0x7f) > CLASS_MAX) return "";
    let name = "";
    for (let i = 0; i < NAME_MAX; i++) {
      const byte = memory.ld8(address + i);
      if (byte === 0) break;
      if (byte < 0x20 || byte > 0x7e) return "";
      name += String.fromCharCode(byte);
    }
    return name === "" ? "" : ` "${name}"`;
  }

  private word(address: number): number {
    const { memory } = this.kernel;
    return memory.contains(address, 4) ? memory.ld32(address) : 0;
  }
}

const hex = (value: number): string => `0x${(value >>> 0).toString(16)}`;

function escape(byte: number): string {
  const known: Record<number, string> = { 10: "\\n", 13: "\\r", 9: "\\t", 34: '\\"', 92: "\\\\" };
  if (known[byte]) return known[byte];
  return byte >= 0x20 && byte < 0x7f
    ? String.fromCharCode(byte)
    : `\\x${byte.toString(16).padStart(2, "0")}`;
}
