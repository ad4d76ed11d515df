/** The memory operands of the decode tables' syntax: `[<Rn>, #+/-<i*4>]!`, `<Rn>{!}, <registers>` and the like. */
import type { Encoding, FieldValues } from "./encodings.ts";

/** How an instruction finds its address. */
export interface MemoryOperand {
  /** Letter of the base register; "sp" for an implied stack pointer. */
  readonly base: string;
  readonly load: boolean;
  readonly store: boolean;
  /** Bytes of one access. */
  readonly size: number;
  /** The address must be a multiple of this, whatever SCTLR.A says. */
  readonly alignment: number;
  /** The offset is added after the access. */
  readonly post: boolean;
  readonly writeback: (f: FieldValues) => boolean;
  readonly offset:
    | { readonly kind: "none" }
    | {
        readonly kind: "immediate";
        readonly scale: number;
        readonly sign: "+" | "-" | "U";
        readonly fixed?: number;
      }
    | {
        readonly kind: "register";
        readonly sign: "+" | "U";
        readonly shift: "none" | "lsl" | number | "any";
      }
    | { readonly kind: "list"; readonly mode: "IA" | "IB" | "DA" | "DB" };
}

/** Registers of a list instruction, lowest first. */
export function registerList(f: FieldValues): number[] {
  const mask = (f.r ?? 0) | ((f.M ?? 0) << 14) | ((f.P ?? 0) << 15);
  return [...Array(16).keys()].filter((r) => (mask >>> r) & 1);
}

const cache = new Map<string, MemoryOperand | undefined>();

export function memoryOperand(e: Encoding): MemoryOperand | undefined {
  if (!cache.has(e.id)) cache.set(e.id, parse(e));
  return cache.get(e.id);
}

function parse({ syntax, mnemonic }: Encoding): MemoryOperand | undefined {
  if (/^PL[DI]|^TB[BH]|^VLD|^VST/.test(mnemonic)) return undefined;
  const load = /^(LDR|LDM|POP|LDA)/.test(mnemonic);
  if (/^SWP/.test(mnemonic)) {
    const size = mnemonic === "SWPB" ? 1 : 4;
    const never = () => false;
    return {
      base: "n",
      load: true,
      store: true,
      size,
      alignment: size,
      post: false,
      writeback: never,
      offset: { kind: "none" },
    };
  }
  if (/^(PUSH|POP)/.test(mnemonic) && syntax.includes("{<Rt>}")) {
    return {
      base: "sp",
      load,
      store: !load,
      size: 4,
      alignment: 1,
      post: load,
      writeback: () => true,
      offset: { kind: "immediate", scale: 1, sign: load ? "+" : "-", fixed: 4 },
    };
  }
  if (syntax.includes("<registers>")) {
    if (/^V/.test(mnemonic)) return undefined;
    const implied = mnemonic === "PUSH" || mnemonic === "POP";
    const mode = (mnemonic.match(/(IA|IB|DA|DB)$/)?.[1] ??
      (mnemonic === "PUSH" ? "DB" : "IA")) as "IA";
    return {
      base: implied ? "sp" : "n",
      load,
      store: !load,
      size: 4,
      alignment: 4,
      post: false,
      writeback: (f) => implied || (syntax.includes("{!}") ? f.W !== 0 : syntax.includes("!")),
      offset: { kind: "list", mode },
    };
  }
  const found = syntax.match(/\[(<Rn>|SP)(?:, ([^\]]+))?\](!|\{!\})?(?:, (.+))?$/);
  if (!found || !/^(LDR|STR|LDA|STL)/.test(mnemonic)) return undefined;
  const [, base, before, bang, after] = found;
  const exclusive = /EX/.test(mnemonic);
  const size = /D$/.test(mnemonic)
    ? 8
    : /H$|HT$/.test(mnemonic)
      ? 2
      : /B$|BT$/.test(mnemonic)
        ? 1
        : 4;
  return {
    base: base === "SP" ? "sp" : "n",
    load,
    store: !load,
    size,
    alignment: exclusive ? size : size === 8 ? 4 : 1,
    post: after !== undefined,
    writeback: (f) => after !== undefined || bang === "!" || (bang === "{!}" && f.W === 1),
    offset: parseOffset(before ?? after),
  };
}

function parseOffset(text: string | undefined): MemoryOperand["offset"] {
  if (text === undefined) return { kind: "none" };
  const immediate = text.match(/^#(\+\/-|-)?<\w(?:\*(\d))?>$/);
  if (immediate) {
    const sign = immediate[1] === "+/-" ? "U" : immediate[1] === "-" ? "-" : "+";
    return { kind: "immediate", scale: Number(immediate[2] ?? 1), sign };
  }
  const register = text.match(/^(\+\/-)?<Rm>(.*)$/);
  if (!register) throw new Error(`memory operand not understood: ${text}`);
  const tail = register[2];
  const fixed = tail.match(/^, LSL #(\d)$/);
  const shift =
    tail === "" ? "none" : fixed ? Number(fixed[1]) : tail.includes("LSL") ? "lsl" : "any";
  return { kind: "register", sign: register[1] ? "U" : "+", shift };
}

/** The shifted index, or undefined when it depends on the carry flag. */
export function shiftedIndex(
  operand: MemoryOperand,
  f: FieldValues,
  index: number,
): number | undefined {
  if (operand.offset.kind !== "register") return undefined;
  const { shift } = operand.offset;
  if (shift === "none") return index;
  if (typeof shift === "number") return index << shift;
  if (shift === "lsl") return index << f.i;
  switch (f.y) {
    case 0:
      return index << f.i;
    case 1:
      return f.i ? index >>> f.i : 0;
    case 2:
      return index >> (f.i || 31);
    default:
      return f.i ? (index >>> f.i) | (index << (32 - f.i)) : undefined;
  }
}

/** Lowest and one-past-highest byte that a list instruction touches, and the base afterwards, relative to the base. */
export function listExtent(mode: "IA" | "IB" | "DA" | "DB", count: number) {
  const bytes = 4 * count;
  const up = mode[0] === "I";
  const low = up ? (mode === "IA" ? 0 : 4) : mode === "DA" ? 4 - bytes : -bytes;
  return { low, high: low + bytes, after: up ? bytes : -bytes };
}
