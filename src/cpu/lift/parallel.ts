import type { Builder } from "../ir/builder.ts";
import { Op } from "../ir/ops.ts";
import { laneNumber, operations, prefixes } from "../ir/parallel.ts";

// Parallel addition and subtraction (ARM ARM A4.4.5): <prefix><op><c> <Rd>, <Rn>, <Rm>.

type Name = `${(typeof prefixes)[number]}${(typeof operations)[number]}`;
type Handler = (ir: Builder, f: { d: number; n: number; m: number }) => void;

/** The 36 instructions, the same in Thumb and A32. */
export const parallel = Object.fromEntries(
  prefixes.flatMap((prefix) =>
    operations.map((operation): [string, Handler] => [
      prefix + operation,
      (ir, { d, n, m }) => {
        ir.wide(Op.parallel, { d, a: n, b: m }).i = laneNumber(prefix, operation);
      },
    ]),
  ),
) as Record<Name, Handler>;
