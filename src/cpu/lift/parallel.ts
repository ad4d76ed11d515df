import type { Builder } from "../ir/builder.ts";
import { Op } from "../ir/ops.ts";
import { laneNumber, operations, prefixes } from "../ir/parallel.ts";

// Parallel addition and subtraction (ARM ARM A4.4.5): <prefix><op><c> <Rd>, <Rn>, <Rm>.

type Name = `${(typeof prefixes)[number]}${(typeof operations)[number]}`;
type Handler = (ir: Builder, f: { d: number; n: number; m: number }) => void;

/** The 36 instructions, the same in Thumb and A32. */
export function parallel(): Record<Name, Handler> {
  const handlers: Partial<Record<Name, Handler>> = {};
  for (const prefix of prefixes)
    for (const operation of operations)
      handlers[`${prefix}${operation}`] = (ir, { d, n, m }) => {
        ir.wide(Op.parallel, { d, a: n, b: m }).i = laneNumber(prefix, operation);
      };
  return handlers as Record<Name, Handler>;
}
