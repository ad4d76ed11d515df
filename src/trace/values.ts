import type { Kernel } from "../kernel/mod.ts";
import { ERRNO, ERROR, ERROR_FIVE, named } from "./constants.ts";
import { type FormatArgument, formatArguments } from "./format.ts";
import { GuestReader, hex } from "./guest-reader.ts";
import type { Prototype } from "./prototype.ts";
import { quote } from "./quote.ts";
import type { Shape } from "./shapes.ts";

/** Format strings are read so far. */
const FORMAT_MAX = 1024;

/** How a call ended. */
export interface Ending {
  readonly result: Shape;
  readonly value: number;
}

/** An argument: its text, or what will be its text when the call has ended. */
export type Shown = string | ((ending: Ending) => string);

/** Guest values as text, read while a call is under way. */
export class Values {
  private readonly guest: GuestReader;

  constructor(
    private readonly kernel: Kernel,
    /** Function and offset of a code address. */
    private readonly symbolOf: (address: number) => string | undefined,
  ) {
    this.guest = new GuestReader(kernel);
  }

  /** The arguments of the call being served: r0-r3, then words on the stack. */
  arguments({ parameters }: Prototype): Shown[] {
    const { cpu } = this.kernel;
    const shown: Shown[] = [];
    const given: number[] = [];
    let word = 0;
    const next = (): number => {
      const n = word++;
      return n < 4 ? cpu.r[n] : (this.guest.word(cpu.r[13] + 4 * (n - 4)) ?? 0);
    };
    // AAPCS 5.5, rule C.3: an even register or a stack address that is a multiple of 8.
    const pair = (): [low: number, high: number] => {
      word += word & 1;
      return [next(), next()];
    };
    let format: string | undefined;
    for (const { name, shape } of parameters) {
      if (shape.kind === "more") {
        if (format === undefined) shown.push("...");
        else for (const one of formatArguments(format)) shown.push(this.formatted(one, next, pair));
        break;
      }
      if (shape.kind === "more when") {
        const before = given.at(-1) ?? 0;
        const one = shape.cases ? shape.cases.get(before) : shape.shape;
        if (one && (shape.some === undefined || (before & shape.some) !== 0))
          shown.push(this.value(one, next()));
        break;
      }
      if (shape.kind === "long") {
        given.push(0);
        shown.push(this.long(...pair(), shape.signed));
        continue;
      }
      const value = next();
      given.push(value);
      shown.push(this.argument(shape, value, () => this.numbers(parameters.length)));
      if (/^(fmt|format)$/.test(name)) format = this.guest.text(value >>> 0, FORMAT_MAX);
      const follower = parameters[given.length]?.shape.kind;
      if (shape.kind === "input" && follower === "unsigned") {
        // What is given away, with its length behind it.
        const length = next();
        word--;
        shown[shown.length - 1] = this.guest.bytes(value >>> 0, length >>> 0);
      }
    }
    return shown;
  }

  /** How the call ended, in the terms of its prototype; undefined for `void`. */
  result({ result }: Prototype, value: number, high: number): string | undefined {
    switch (result.kind) {
      case "void":
        return undefined;
      case "long":
        return this.long(value, high, result.signed);
      case "posix":
        return value === -1 ? `-1${this.errno()}` : String(value);
      case "posix pointer":
        return value === 0 ? `NULL${this.errno()}` : hex(value);
      case "structure":
        return value === 0 ? "NULL" : (this.structure(result, value, [], true) ?? hex(value));
      default:
        return this.value(result, value);
    }
  }

  /** The words of the arguments, for lengths and counts among them. */
  private numbers(count: number): number[] {
    const { cpu } = this.kernel;
    return Array.from({ length: count }, (_, n) =>
      n < 4 ? cpu.r[n] : (this.guest.word(cpu.r[13] + 4 * (n - 4)) ?? 0),
    );
  }

  private argument(shape: Shape, value: number, numbers: () => readonly number[]): Shown {
    const address = value >>> 0;
    switch (shape.kind) {
      case "received": {
        const size = numbers()[shape.length] >>> 0;
        return (ending) => {
          if (value === 0 || failed(ending)) return pointer(value);
          const most = shape.whole && ending.value === 0 ? size : ending.value >>> 0;
          return this.guest.bytes(address, Math.min(size, most));
        };
      }
      case "words out":
        return (ending) =>
          value === 0 || failed(ending) ? pointer(value) : this.words(shape, address);
      case "text out":
        return (ending) =>
          value === 0 || failed(ending) ? pointer(value) : this.guest.string(address);
      case "structure": {
        if (value === 0) return "NULL";
        const given = numbers();
        if (!shape.out) return this.structure(shape, value, given, false) ?? hex(value);
        return (ending) =>
          (failed(ending) ? undefined : this.structure(shape, value, given, true)) ?? hex(value);
      }
      default:
        return this.value(shape, value);
    }
  }

  private structure(
    { of, count }: Shape & { kind: "structure" },
    address: number,
    given: readonly number[],
    out: boolean,
  ): string | undefined {
    const members = count === undefined ? 1 : (given[count] ?? 0);
    return this.guest.structure(of, address >>> 0, members, out);
  }

  private words({ count, shape }: Shape & { kind: "words out" }, address: number): string {
    const shown: string[] = [];
    for (let n = 0; n < count; n++) {
      const word = this.guest.word(address + 4 * n);
      if (word === undefined) return hex(address);
      shown.push(this.value(shape, word));
    }
    return `[${shown.join(", ")}]`;
  }

  private value(shape: Shape, value: number): string {
    switch (shape.kind) {
      case "string":
        return this.guest.string(value >>> 0);
      case "object":
        return value === 0
          ? "NULL"
          : `${hex(value)}${this.guest.objectName(value >>> 0, shape.cls)}`;
      case "function":
        return value === 0 ? "NULL" : (this.symbolOf(value >>> 0) ?? hex(value));
      case "pointer":
      case "input":
        return pointer(value);
      case "unsigned":
        return String(value >>> 0);
      case "hex":
        return hex(value);
      case "octal":
        return value === 0 ? "0" : `0${(value >>> 0).toString(8)}`;
      case "named":
        return named(shape.names, value) ?? (value < 0 || value > 9 ? hex(value) : String(value));
      case "time":
        return value === -1 ? "RT_WAITING_FOREVER" : String(value);
      case "error": {
        const name = value <= 0 && named(this.kernel.five ? ERROR_FIVE : ERROR, -value);
        return name ? `${value < 0 ? "-" : ""}${name}` : String(value);
      }
      case "errno": {
        const name = value > 0 && named(ERRNO, value);
        return name ? `${value} ${name}` : String(value);
      }
      default:
        return String(value);
    }
  }

  /** ` ENOENT`: errno of the running thread. */
  private errno(): string {
    const reent = this.kernel.runner.running?.reent ?? 0;
    const number = reent === 0 ? 0 : (this.guest.word(reent) ?? 0);
    return number > 0 ? ` ${named(ERRNO, number) ?? `errno ${number}`}` : "";
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
        return `'${quote(Uint8Array.of(next() & 255))}'`;
      case "string":
        return this.guest.string(next() >>> 0);
      case "pointer":
        return pointer(next());
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

  private long(low: number, high: number, signed: boolean): string {
    const bits = (BigInt(high >>> 0) << 32n) | BigInt(low >>> 0);
    return String(signed ? BigInt.asIntN(64, bits) : bits);
  }
}

const pointer = (value: number): string => (value === 0 ? "NULL" : hex(value));

/** Nothing was written for the caller. */
function failed({ result, value }: Ending): boolean {
  if (result.kind === "errno") return value !== 0;
  if (result.kind === "posix pointer") return value === 0;
  return (
    (result.kind === "error" || result.kind === "posix" || result.kind === "signed") && value < 0
  );
}
