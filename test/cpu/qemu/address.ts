/** Where the loads and stores of a generated program go: into the window of the case, or on purpose nowhere. */
import { type Encoding, type FieldValues } from "./encodings.ts";
import { WINDOW } from "./image.ts";
import {
  type MemoryOperand,
  listExtent,
  memoryOperand,
  registerList,
  shiftedIndex,
} from "./memory-operand.ts";
import type { Sequence } from "./sequence.ts";

/** Somewhere no engine has memory. */
export const NOWHERE = [0x00000010, 0x00000ffc, 0x50000000];

export interface Aim {
  /** Address of the lowest byte touched. */
  readonly address: number;
  /** The access is meant to fault. */
  readonly faults: boolean;
}

/** The offset a load or store with these fields adds to its base; undefined when not known. */
export function offsetOf(
  s: Sequence,
  { offset, ...operand }: MemoryOperand,
  f: FieldValues,
): number | undefined {
  const sign = (amount: number) =>
    offset.kind !== "none" && offset.kind !== "list" && offset.sign === "U" && f.U === 0
      ? -amount
      : amount;
  switch (offset.kind) {
    case "none":
      return 0;
    case "immediate": {
      const amount = offset.fixed ?? f.i * offset.scale;
      return offset.sign === "-" ? -amount : sign(amount);
    }
    case "register": {
      const index = s.known[f.m];
      const amount =
        index === undefined ? undefined : shiftedIndex({ ...operand, offset }, f, index);
      return amount === undefined ? undefined : sign(amount);
    }
    case "list":
      return undefined;
  }
}

/**
 * Makes the address fall into the window, by choosing the initial value of a free base register or an immediate that
 * suits a known one (changing `f`). Undefined when that is not possible. With `mayFault`, now and then the address
 * falls out of all memory instead, or is misaligned.
 */
export function aim(s: Sequence, e: Encoding, f: FieldValues, mayFault: boolean): Aim | undefined {
  const operand = memoryOperand(e)!;
  const { random } = s;
  const { alignment } = operand;
  const base = operand.base === "sp" ? 13 : f.n;
  if (base === 15 || !(s.free(base) || s.known[base] !== undefined)) return undefined;

  const extent =
    operand.offset.kind === "list"
      ? listExtent(operand.offset.mode, registerList(f).length)
      : { low: 0, high: operand.size };
  const length = extent.high - extent.low;
  let offset = 0;
  if (operand.offset.kind !== "list") {
    if (operand.offset.kind === "register") {
      if (f.m === base) return undefined;
      if (s.free(f.m)) s.setInitial(f.m, random.once(2) ? random.below(64) : random.word());
    }
    const found = offsetOf(s, operand, f);
    if (found === undefined) return undefined;
    offset = operand.post ? 0 : found;
  }

  if (s.free(base)) {
    const faults = mayFault && random.once(150);
    const align = alignment > 1 ? alignment : random.once(4) ? 1 : operand.size;
    const places = Math.floor((WINDOW - length) / align) + 1;
    let target = s.windowAddress + random.below(places) * align;
    if (faults && alignment > 1 && random.once(2)) target += 1;
    else if (faults) target = random.pick(NOWHERE) & -alignment;
    else if (/^STREX/.test(e.mnemonic) && s.monitor && s.monitor !== "?")
      target = s.monitor.address;
    s.setInitial(base, target - offset - extent.low);
    return { address: target >>> 0, faults };
  }

  let address = s.known[base]! + offset + extent.low;
  if (!s.inWindow(address, length)) {
    if (operand.offset.kind !== "immediate" || operand.offset.fixed !== undefined) return undefined;
    const { scale, sign } = operand.offset;
    const wanted = s.windowAddress + random.below(WINDOW - length + 1) - s.known[base]!;
    const amount = Math.floor(Math.abs(wanted) / scale);
    if (amount > 2 ** e.fields.get("i")! - 1) return undefined;
    if ((wanted < 0 && sign === "+") || (wanted > 0 && sign === "-")) return undefined;
    f.i = amount;
    if (sign === "U") f.U = wanted < 0 ? 0 : 1;
    address = s.known[base]! + (operand.post ? 0 : offsetOf(s, operand, f)!);
  }
  if (!s.inWindow(address, length) || address % alignment) return undefined;
  return { address: address >>> 0, faults: false };
}
