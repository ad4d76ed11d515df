export { printBlock, printInst } from "./print.ts";
export { verify } from "./verify.ts";
export { dropDeadFlags, fuseCompareBranch } from "./passes.ts";
export { type Inst, type IrBlock, Op, opNames, opRows, type OpRow } from "./ops.ts";
