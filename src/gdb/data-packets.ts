import { bytesOf, fromHex, number, PACKET_MAX, toHex } from "./packet.ts";
import type { BreakKind, Target } from "./types.ts";

/** Largest piece of memory in one answer: two digits a byte. */
const MEMORY_MAX = PACKET_MAX / 2 - 16;

const BREAK_KINDS: Readonly<Record<string, BreakKind>> = {
  "0": "code",
  "1": "hardware",
  "2": "watch",
  "3": "rwatch",
  "4": "awatch",
};

/** A packet is malformed; there is no such thread or register. */
const REFUSED = "E01";
/** EFAULT. */
const NO_MEMORY = "E14";
/** A breakpoint cannot be there. */
const NO_BREAKPOINT = "E0e";

/**
 * Packets that look at and change registers, memory and breakpoints (GDB manual, appendix E.2), by their letters; `rest` is what follows.
 * Each gives the answer.
 */
export const DATA_PACKETS: Readonly<
  Record<string, (target: Target, rest: string, thread: number) => string>
> = {
  g: (target, _, thread) => {
    const bytes = target.readRegisters(thread);
    return bytes ? toHex(bytes) : REFUSED;
  },
  G: (target, digits, thread) => {
    const bytes = fromHex(digits);
    const size = target.readRegisters(thread)?.length;
    if (!bytes || bytes.length !== size) return REFUSED;
    return target.writeRegisters(thread, bytes) ? "OK" : REFUSED;
  },
  p: (target, rest, thread) => {
    const at = target.register(number(rest) ?? -1);
    const bytes = at && target.readRegisters(thread);
    return bytes ? toHex(bytes.subarray(at.offset, at.offset + at.size)) : REFUSED;
  },
  P: (target, rest, thread) => {
    const [which, digits = ""] = rest.split("=");
    const at = target.register(number(which) ?? -1);
    const bytes = target.readRegisters(thread)?.slice();
    const value = fromHex(digits);
    if (!at || !bytes || value?.length !== at.size) return REFUSED;
    bytes.set(value, at.offset);
    return target.writeRegisters(thread, bytes) ? "OK" : REFUSED;
  },
  m: (target, rest) => {
    const [address, length] = rest.split(",").map(number);
    if (address === undefined || length === undefined) return REFUSED;
    const bytes = target.readMemory(address, Math.min(length, MEMORY_MAX));
    return bytes ? toHex(bytes) : NO_MEMORY;
  },
  M: (target, rest) => store(target, rest, fromHex),
  X: (target, rest) => store(target, rest, bytesOf),
  Z: (target, rest) => breakpoint(rest, (...point) => target.insert(...point)),
  z: (target, rest) => breakpoint(rest, (...point) => target.remove(...point)),
};

function store(
  target: Target,
  rest: string,
  decode: (data: string) => Uint8Array | undefined,
): string {
  const colon = rest.indexOf(":");
  const [address, length] = rest.slice(0, Math.max(colon, 0)).split(",").map(number);
  const bytes = decode(rest.slice(colon + 1));
  if (address === undefined || length === undefined || bytes?.length !== length) return REFUSED;
  return target.writeMemory(address, bytes) ? "OK" : NO_MEMORY;
}

function breakpoint(rest: string, change: Target["insert"]): string {
  const [type, at, size] = rest.split(/[,;]/);
  const kind = BREAK_KINDS[type];
  const address = number(at);
  const length = number(size);
  if (!kind) return "";
  if (address === undefined || length === undefined) return REFUSED;
  const done = change(kind, address, length);
  return done === undefined ? "" : done ? "OK" : NO_BREAKPOINT;
}
