/** Bugs in what translated code knows of floating-point numbers, as `seeded.ts` has others. */
import type { SeededBug } from "./seeded-bug.ts";

const JIT = "src/cpu/jit/";
const FLOAT_ROWS = ["test/cpu/jit/float-rows.test.ts"];
const OPERANDS = ["test/cpu/jit/float-operands.test.ts"];
const LIMITS = ["test/cpu/jit/float-limits.test.ts"];

export const FLOATS: readonly SeededBug[] = [
  {
    name: "float: NaN is less or greater",
    file: `${JIT}float.ts`,
    from: "      w.op(W.and, W.eqz);\n      this.orFlushes();\n      w.openUnlikely();",
    to: "      w.op(W.drop, W.drop);\n      w.const(0);\n      this.orFlushes();\n      w.openUnlikely();",
  },
  {
    name: "float: the flag for inexact is not set",
    file: `${JIT}float-arithmetic.ts`,
    from: "    w.op(W.eqz);\n    w.openUnlikely();\n    this.setInexact();\n    w.end();",
    to: "    w.op(W.drop);",
  },
  {
    name: "float: modes are not looked at",
    file: `${JIT}float-arithmetic.ts`,
    from: "    w.const(MODES);\n    w.op(W.and);\n    w.openUnlikely();\n    refused(3);\n    w.end();\n    exact",
    to: "    w.op(W.drop);\n    exact",
    tests: ["test/cpu/jit/float-modes.test.ts"],
  },
  {
    name: "float: VNMUL is VMUL",
    file: `${JIT}float.ts`,
    from: "return this.put(size, x.vd, x.op === Op.vnmul);",
    to: "return this.put(size, x.vd, false);",
  },
  {
    name: "float: denormals are normal numbers",
    file: `${JIT}float-arithmetic.ts`,
    from: "normal(0x02000000, 0xff000000), normal(0x00400000, 0xffe00000)",
    to: "normal(0x00000000, 0xff000000), normal(0x00000000, 0xffe00000)",
  },
  {
    name: "float: VMLA of singles rounds once",
    file: `${JIT}float.ts`,
    from: "if (accumulate?.fused) return",
    to: "if (accumulate && !size) return",
  },
  {
    name: "float: operands that are not tested are taken for tested",
    file: `${JIT}float-facts.ts`,
    from: "    return unknown;\n",
    to: "    return [];\n",
    tests: FLOAT_ROWS,
  },
  {
    name: "float: a row that fails has changed registers in the file",
    file: `${JIT}float-rows.ts`,
    from: "    if (first === undefined) return undefined;\n",
    to: "    if (first === undefined) continue;\n",
    tests: FLOAT_ROWS,
  },
  {
    name: "float plan: a result is taken for tested",
    file: `${JIT}float-facts.ts`,
    from: "    return { tests, sure, sureSum: true };",
    to: "    return { tests, sure: true, sureSum: true };",
    tests: OPERANDS,
  },
  {
    name: "float plan: what a register held is not compared",
    file: `${JIT}float-arithmetic.ts`,
    from: "    else w.single(value);\n    w.op(size ? F.ne64 : F.ne32);\n",
    to: "    else w.single(value);\n    w.op(size ? F.ne64 : F.ne32, W.drop);\n    w.const(0);\n",
    tests: OPERANDS,
  },
  {
    name: "float plan: a sum is a number",
    file: `${JIT}float-arithmetic.ts`,
    from: "if (this.step.isNumber && !isProduct) this.checkNumber(size, refused);",
    to: "if (this.step.isNumber && !isProduct) return;",
    tests: OPERANDS,
  },
  {
    name: "float plan: registers are not tested at the entry",
    file: `${JIT}emit.ts`,
    from: "    for (const { size, v } of plan.atEntry) this.float.checkRegister(size, v, leave);\n",
    to: "",
    tests: FLOAT_ROWS,
  },
  {
    name: "float plan: what was found with other tests holds",
    file: `${JIT}float-flow.ts`,
    from: "        return { entry, begin, tested };",
    to: "        return { entry, begin, tested: grows };",
    tests: LIMITS,
  },
  {
    name: "float plan: of two branches to one place the first counts",
    file: `${JIT}float-flow.ts`,
    from: "before ? before.meet(facts) : facts.copy()",
    to: "before ?? facts.copy()",
    tests: LIMITS,
  },
  {
    name: "float plan: a conditional instruction at the end of a row is done",
    file: `${JIT}float-flow.ts`,
    from: "    for (const skip of skips) facts = facts.meet(skip.facts);\n",
    to: "",
    tests: LIMITS,
  },
  {
    name: "float plan: what is not compared is taken for compared",
    file: `${JIT}float-choice.ts`,
    from: ", (best = other), (constants = fewer))",
    to: ", (constants = fewer))",
    tests: LIMITS,
  },
  {
    name: "float plan: what is compared is taken for tested",
    file: `${JIT}float-choice.ts`,
    from: ", (best = other), (constants = fewer))",
    to: ", (best = other))",
    tests: LIMITS,
  },
  {
    name: "float rows: what a row hands on is taken for tested",
    file: `${JIT}loops.ts`,
    from: "    for (const { size, v } of ends) float.collect(size, v);\n",
    to: "",
    tests: FLOAT_ROWS,
  },
  {
    name: "float rows: registers are not what they were",
    file: `${JIT}loops.ts`,
    from: "      groups.restore();\n",
    to: "",
    tests: FLOAT_ROWS,
  },
];
