/** Bugs in loops of several blocks and in conditional instructions, as `seeded.ts` has others. */
import type { SeededBug } from "./seeded-bug.ts";

const JIT = "src/cpu/jit/";
const RIGHTS = ["test/cpu/jit/loop-rights.test.ts"];
const COUNTED = ["test/cpu/jit/counted.test.ts"];
const NESTS = ["test/cpu/jit/nests.test.ts"];
const DECISIONS = ["test/cpu/jit/decisions.test.ts"];
const EITHER_OR = ["test/cpu/jit/either-or.test.ts"];

export const CHOICES_AND_NESTS: readonly SeededBug[] = [
  {
    name: "choices: what is behind the opposite condition is chosen the other way round",
    file: `${JIT}conditionals.ts`,
    from: "else this.chosen(at, Local.Before, at);",
    to: "else this.chosen(at, at, Local.Before);",
    tests: EITHER_OR,
  },
  {
    name: "choices: loads through a base that is written on the same condition",
    file: `${JIT}choices.ts`,
    from: "  for (let at = k + 1; at < j; at++) if (isWritten(at)) return false;\n",
    to: "",
    tests: EITHER_OR,
  },
  {
    name: "choices: flags that the instruction of the opposite condition writes",
    file: `${JIT}conditionals.ts`,
    from: "(!isCalculation(insts[j]) || insts[j].set & NZCV)",
    to: "!isCalculation(insts[j])",
    tests: EITHER_OR,
  },
  {
    name: "choices: a region whose loads are refused stays as it is",
    file: `${JIT}block.ts`,
    from: "      if (this.anyway) this.float.stray();\n",
    to: "",
    tests: EITHER_OR,
  },
  {
    name: "decisions: a register is compared again with the number of the other",
    file: `${JIT}decisions.ts`,
    from: " && x.kb === first.kb",
    to: "",
    tests: DECISIONS,
  },
  {
    name: "decisions: the second operand changes in between",
    file: `${JIT}decisions.ts`,
    from: " | (first.kb ? 0 : 1 << first.b)",
    to: "",
    tests: DECISIONS,
  },
  {
    name: "decisions: signed numbers are compared as unsigned ones",
    file: `${JIT}decisions.ts`,
    from: '13: "110"',
    to: '13: "100"',
    tests: DECISIONS,
  },
  {
    name: "nests: a unit less than an iteration uses up",
    file: `${JIT}nests.ts`,
    from: "units: units + 1,",
    to: "units,",
    tests: COUNTED,
  },
  {
    name: "nests: of a table only the first element is asked about",
    file: `${JIT}nests.ts`,
    from: "high: high + most * scale",
    to: "high",
    tests: COUNTED,
  },
  {
    name: "nests: registers that are written are taken for what they were",
    file: `${JIT}nests.ts`,
    from: "    if (written & (1 << r)) known.write(r, UNKNOWN);\n    else relatives",
    to: "    relatives",
    tests: COUNTED,
  },
  {
    name: "nests: all iterations are done beforehand, and one more by the loop as it is",
    file: `${JIT}counted-entry.ts`,
    from: "    if (units !== undefined) {\n      w.get(TIMES);\n      w.const(1);",
    to: "    if (units !== undefined) {\n      w.get(TIMES);\n      w.const(0);",
    tests: COUNTED,
  },
  {
    name: "nests: what was tested by the loop as it is holds behind iterations without tests",
    file: `${JIT}checks.ts`,
    from: "    forgetWritten(known, this.nestHeads.get(n) ?? 0);\n",
    to: "",
    tests: RIGHTS,
  },
  {
    name: "nests: conditional instructions are done",
    file: `${JIT}nests.ts`,
    from: " && k >= until",
    to: "",
    tests: NESTS,
  },
  {
    name: "nests: what is near a register stays so",
    file: `${JIT}nests.ts`,
    from: "      relatives.delete(r);\n",
    to: "",
    tests: NESTS,
  },
  {
    name: "nests: what is below a register is above it",
    file: `${JIT}nests.ts`,
    from: "op === Op.sub && kb ? -b",
    to: "op === Op.sub && kb ? b",
    tests: NESTS,
  },
  {
    name: "nests: sums of registers are aligned",
    file: `${JIT}nests.ts`,
    from: " || (words && sum.low !== sum.high)",
    to: "",
    tests: NESTS,
  },
  {
    name: "nests: an access ends where it begins",
    file: `${JIT}nests.ts`,
    from: "const to = sum.high + (offset ?? 0) + size",
    to: "const to = sum.high + (offset ?? 0)",
    tests: NESTS,
  },
  {
    name: "nests: stores need what loads do",
    file: `${JIT}nests.ts`,
    from: "of.allows(offset, offset + size, store, words, readable)",
    to: "of.allows(offset, offset + size, false, words, readable)",
    tests: NESTS,
  },
  {
    name: "nests: conditional instructions skip to where they did in their block",
    file: `${JIT}nests.ts`,
    from: "label: x.label + by",
    to: "label: x.label",
    tests: NESTS,
  },
  {
    name: "nests: branches of IT blocks are no choice",
    file: `${JIT}nests.ts`,
    from: "table || insts.some(({ op, label }, k) => op === Op.skip && k < to && label > to)",
    to: "table",
    tests: NESTS,
  },
  {
    name: "nests: branches backward cost no unit",
    file: `${JIT}nests.ts`,
    from: " || isBackward(x.to, pcs[x.at])",
    to: "",
    tests: NESTS,
  },
];
