import { printInst } from "./print.ts";
import { type Inst, type IrBlock, NONE, Op, opRows, TEMP, TEMPS } from "./ops.ts";

const writes = ["d", "e"] as const;
const reads = ["a", "b", "c", "s", "t"] as const;

const fused = new Set([Op.brcmp, Op.brtst, Op.skipcmp, Op.skiptst]);

/** Registers that an op may name: r0-r14 and the temporaries. */
function isRegister(n: number): boolean {
  return (n >= 0 && n < 15) || (n >= TEMP && n < TEMP + TEMPS);
}

/** Optional operands: the second register of an exclusive pair, a result nobody wants. */
function mayBeNone(x: Inst, kind: string): boolean {
  if (kind === "d") return opRows[x.op].sets !== 0;
  return (x.op === Op.ldrex || x.op === Op.strex) && (kind === "e" || kind === "t");
}

/**
 * Checks what engines rely on. Returns what is wrong, one line each: registers exist and are not the pc, temporaries are
 * written before they are read and do not live across instructions, flags are among those the op can write, labels go
 * forward to the start of an instruction, instructions are in order.
 */
export function verify(block: IrBlock): string[] {
  const errors: string[] = [];
  const written = new Set<number>();
  let at = 0;
  block.insts.forEach((x, k) => {
    const wrong = (what: string): void => {
      errors.push(`@${k} ${printInst(x)}: ${what}`);
    };
    const row = opRows[x.op];
    const kinds = row.operands.split(" ");
    if (x.at < at) wrong("instructions out of order");
    // A fused compare and branch has the operands of the instruction before.
    if (x.at !== at && !fused.has(x.op)) written.clear();
    at = x.at;
    if (x.set & ~row.sets) wrong("writes flags which it cannot write");
    for (const kind of reads) {
      if (!kinds.includes(kind)) continue;
      if ((kind === "a" && x.ka) || (kind === "b" && x.kb)) continue;
      const n = x[kind];
      if (n === NONE && mayBeNone(x, kind)) continue;
      if (!isRegister(n)) wrong(`${kind} is no register`);
      else if (n >= TEMP && !written.has(n)) wrong(`t${n - TEMP} is read before it is written`);
    }
    for (const kind of writes) {
      if (!kinds.includes(kind)) continue;
      const n = x[kind];
      if (n === NONE && mayBeNone(x, kind)) continue;
      if (!isRegister(n)) wrong(`${kind} is no register`);
      else written.add(n);
    }
    // The pc of a load multiple goes to t0.
    if (x.op === Op.ldm && x.i & 0x8000) written.add(TEMP);
    if (kinds.includes("label")) {
      if (x.label <= k || x.label > block.insts.length) wrong("the label does not go forward");
      else if (x.label < block.insts.length) {
        const target = block.insts[x.label];
        const same = target.at === block.insts[x.label - 1].at && target.at === x.at;
        if (same && target.op !== Op.cross) wrong("the label is inside the instruction");
      }
    }
  });
  if (block.its.length !== block.pcs.length) errors.push("its and pcs differ in length");
  if (block.pcs.length < 2 || at > block.pcs.length - 2) errors.push("pcs do not cover the block");
  return errors;
}
