/** Bugs as somebody might write them into the translator: what `bench/fuzz/seeded.ts` puts into a copy, to see what finds them. */
import { FLOATS } from "./seeded-floats.ts";
import { CHOICES_AND_NESTS } from "./seeded-nests.ts";

export interface SeededBug {
  readonly name: string;
  readonly file: string;
  /** Text of the file that becomes `to`; it is there once. */
  readonly from: string;
  readonly to: string;
  /** Test files that are run when random loops do not find it. */
  readonly tests?: readonly string[];
}

const JIT = "src/cpu/jit/";
const MEMORY = "src/memory/address-space.ts";
const BORDERS = ["test/cpu/jit/loop-borders.test.ts"];
const RECURSION = ["test/cpu/jit/recursion.test.ts"];
const BULK = ["test/cpu/jit/bulk.test.ts"];
const RELAYS = ["test/cpu/jit/relays.test.ts"];
const RIGHTS = ["test/cpu/jit/loop-rights.test.ts"];
const COPIES = ["test/cpu/jit/inline.test.ts"];
const COUNTED = ["test/cpu/jit/counted.test.ts"];
const CHECKS = ["test/cpu/jit/shared-checks.test.ts"];

export const SEEDED: readonly SeededBug[] = [
  {
    name: "bulk: a copy over itself",
    file: `${JIT}bulk.ts`,
    from: "w.op(W.sub, W.geU, W.and);\n    }",
    to: "w.op(W.sub, W.geU, W.or);\n    }",
    tests: BULK,
  },
  {
    name: "bulk: the last element is loaded from where the one before it is",
    file: `${JIT}bulk.ts`,
    from: "      w.const(size);\n      w.op(W.sub);\n    }\n    w.memory(loop.code, 0);",
    to: "      w.const(2 * size);\n      w.op(W.sub);\n    }\n    w.memory(loop.code, 0);",
    tests: BULK,
  },
  {
    name: "bounded: the last byte that can be read, and one more",
    file: `${JIT}bounded-entry.ts`,
    from: "w.const(readable.size - size + 1);",
    to: "w.const(readable.size - size + 2);",
    tests: BORDERS,
  },
  {
    name: "bounded: stores of five granules are asked about as of four",
    file: `${JIT}bounded.ts`,
    from: "export const MOST_STORED = 449;",
    to: "export const MOST_STORED = 540;",
  },
  {
    name: "counted: one iteration less is asked about than done",
    file: `${JIT}counted-places.ts`,
    from: "    w.get(TIMES);\n    w.const(1);\n    w.op(W.sub);\n    if (step === undefined) {",
    to: "    w.get(TIMES);\n    w.const(2);\n    w.op(W.sub);\n    if (step === undefined) {",
  },
  {
    name: "counted: ends may lie where numbers begin again",
    file: `${JIT}counted-entry.ts`,
    from: "if (end.r === NONE) return;\n  const { lowest",
    to: "return;\n  const { lowest",
  },
  {
    name: "counted: the last granules of an uneven number are not looked at",
    file: `${JIT}counted-places.ts`,
    from: "w.const(24);\n  w.get(Local.Address);",
    to: "w.const(32);\n  w.get(Local.Address);",
  },
  {
    name: "counted: what is remembered of rights is a granule too long",
    file: `${JIT}counted-places.ts`,
    from: "    load(window);\n    w.op(W.sub);\n    w.const(1);\n    w.op(W.add);",
    to: "    load(window);\n    w.op(W.sub);\n    w.const(2);\n    w.op(W.add);",
    tests: RIGHTS,
  },
  {
    name: "counted: a row of iterations goes over the end",
    file: `${JIT}counted-entry.ts`,
    from: "w.const(before + step * (row - 2));",
    to: "w.const(before + step * (row - 3));",
  },
  {
    name: "counted: rights are remembered over calls of the host",
    file: `${JIT}tiered.ts`,
    from: "      file[EPOCH >>> 2]++;\n      if (\n",
    to: "      if (\n",
    tests: RIGHTS,
  },
  {
    name: "counted: rights are remembered over calls that have functions of their own",
    file: `${JIT}host-calls.ts`,
    from: "    this.increment(layout.EPOCH);\n",
    to: "",
    tests: RIGHTS,
  },
  {
    name: "fixed: one iteration less is asked about than done",
    file: `${JIT}fixed.ts`,
    from: "const way = (times - 1) * step!;",
    to: "const way = (times - 2) * step!;",
    tests: RIGHTS,
  },
  {
    name: "fixed: one unit too few is enough",
    file: `${JIT}loops.ts`,
    from: "w.const64(times * 2 ** layout.WORK_SHIFT);",
    to: "w.const64((times - 2) * 2 ** layout.WORK_SHIFT);",
  },
  {
    name: "fixed: signed numbers are compared as unsigned ones",
    file: `${JIT}fixed.ts`,
    from: "(signed ? v | 0 : v >>> 0)",
    to: "v >>> 0",
  },
  {
    name: "fixed: upwards, also when equal, is forgotten",
    file: `${JIT}fixed.ts`,
    from: "equal ? number(v) <= to : number(v) < to",
    to: "number(v) < to",
  },
  {
    name: "streams: elements may lie across those that are compared side by side",
    file: `${JIT}streams.ts`,
    from: "if ((of.at - low) % unit !== 0 || step % unit !== 0) return undefined;",
    to: "",
    tests: BORDERS,
  },
  {
    name: "streams: a carried word is not loaded again",
    file: `${JIT}streams-skip.ts`,
    from: "    w.memory(LOADS[size], 0);\n    w.set(local(r));",
    to: "    w.memory(LOADS[size], 0);\n    w.op(W.drop);",
    tests: ["test/cpu/jit/streams.test.ts"],
  },
  {
    name: "tables: those that begin where rights went away stay",
    file: `${JIT}assumed.ts`,
    from: "ranges[k] >>> GRANULE_SHIFT <= last &&",
    to: "ranges[k] >>> GRANULE_SHIFT < last &&",
    tests: ["test/cpu/jit/assumed.test.ts"],
  },
  {
    name: "tables: nobody is told of guards",
    file: MEMORY,
    from: "    if (reads) this.onProtect();\n    this.onNarrow(start, end);\n  }",
    to: "    if (reads) this.onProtect();\n  }",
    tests: ["test/cpu/jit/assumed.test.ts"],
  },
  {
    name: "tables: nobody is told of code",
    file: MEMORY,
    from: "      this.refresh(g);\n    }\n    this.onNarrow(start, end);",
    to: "      this.refresh(g);\n    }",
    tests: ["test/cpu/jit/assumed.test.ts"],
  },
  {
    name: "accesses: the second granule of what is not aligned",
    file: `${JIT}access.ts`,
    from: "      this.pushRights(size - 1, 1);\n      w.op(W.and);",
    to: "      this.pushRights(size - 2, 1);\n      w.op(W.and);",
  },
  {
    name: "accesses: the last byte that can be read, and one more",
    file: `${JIT}access.ts`,
    from: "Math.max(readable.size - size + 1, 0)",
    to: "Math.max(readable.size - size + 2, 0)",
  },
  {
    name: "known: what lies between two tests is taken for tested",
    file: `${JIT}known.ts`,
    from: "low > to || high < from || from === to;",
    to: "from === to;",
    tests: CHECKS,
  },
  {
    name: "known: a base is aligned where its access is",
    file: `${JIT}known.ts`,
    from: "if (aligned) phase = -low & 3;",
    to: "if (aligned) phase = 0;",
    tests: CHECKS,
  },
  {
    name: "copies: the return address is not compared",
    file: `${JIT}calls.ts`,
    from: "    w.get(local(a));\n    w.const(back);\n    w.op(W.ne);\n    w.openUnlikely();",
    to: "    w.const(0);\n    w.openUnlikely();",
    tests: COPIES,
  },
  {
    name: "calls: what came back elsewhere goes on here",
    file: `${JIT}calls.ts`,
    from: "    w.tee(Local.Key);\n    w.const(back);\n    w.op(W.ne);\n    this.brIf(UNWIND);",
    to: "    w.set(Local.Key);",
  },
  {
    name: "calls: what is expected in a register is not compared",
    file: `${JIT}calls.ts`,
    from: "    w.get(local(n.ir.insts[k].a));\n    w.const(to);\n    w.op(W.eq);\n    this.open(W.if, undefined);\n    this.enterCopy",
    to: "    w.const(1);\n    this.open(W.if, undefined);\n    this.enterCopy",
    tests: COPIES,
  },
  {
    name: "calls: those backwards cost no unit",
    file: `${JIT}calls.ts`,
    from: "    if (isBackward(to, own)) this.spend(0, () => this.exitAt(to));\n    this.enterRegion(to);",
    to: "    this.enterRegion(to);",
  },
  {
    name: "calls: registers of another thread are not noticed",
    file: `${JIT}tiered.ts`,
    from: "    this.file[CARE >>> 2] = 1;\n    dropFlags",
    to: "    dropFlags",
    tests: ["test/cpu/jit/direct.test.ts"],
  },
  {
    name: "calls by branches: returns backwards cost no unit",
    file: `${JIT}own-calls.ts`,
    from: "      if (isBackward(site, n.ir.pcs[at])) this.spend(0, () => this.exitAt(site));\n",
    to: "",
    tests: RECURSION,
  },
  {
    name: "calls by branches: flags are not those of the return",
    file: `${JIT}own-calls.ts`,
    from: "if (canGoTo(to, n) && beginsWithFlags(to.ir)) flags.state",
    to: "if (canGoTo(to, n)) flags.state",
    tests: RECURSION,
  },
  {
    name: "calls by branches: registers are what they were before another region went on",
    file: `${JIT}own-calls.ts`,
    from: "      this.reload();\n",
    to: "",
    tests: RECURSION,
  },
  {
    name: "calls by branches: cases of a switch in code that is there twice are those of the first",
    file: `${JIT}liveness.ts`,
    from: "table?.targets.map((to) => keyAt(n, to)) ?? []",
    to: "table?.targets ?? []",
    tests: RECURSION,
  },
  {
    name: "calls by branches: loops in code that is there twice are no counted loops",
    file: `${JIT}counted.ts`,
    from: "keyAt(n, insts[branch].to) !== n.key",
    to: "insts[branch].to >>> 0 !== n.key",
    tests: RECURSION,
  },
  {
    name: "rows: an address goes on from the first access of its registers",
    file: `${JIT}rows.ts`,
    from: "return { push, offset: first - bias",
    to: "return { push, offset: first",
    tests: COUNTED,
  },
  {
    name: "rows: an index steps by its bytes",
    file: `${JIT}rows.ts`,
    from: "step += motion.step * 2 ** shift;",
    to: "step += motion.step;",
    tests: COUNTED,
  },
  {
    name: "rows: what was added before an access does not count",
    file: `${JIT}rows.ts`,
    from: "first += (added.get(r) ?? 0) * 2 ** shift;",
    to: "",
    tests: COUNTED,
  },
  {
    name: "relays: the operand that comes late is that of the loop before",
    file: `${JIT}relays.ts`,
    from: "  w.get(local(carried));\n  w.set(Local.Late);\n",
    to: "",
    tests: RELAYS,
  },
  {
    name: "relays: the other operand is that of the loop before",
    file: `${JIT}relays.ts`,
    from: "  w.const(0);\n  w.set(Local.Early);\n",
    to: "",
    tests: RELAYS,
  },
  {
    name: "relays: a sum that is not made each time",
    file: `${JIT}relays.ts`,
    from: " || conditional[producer]",
    to: "",
    tests: RELAYS,
  },
  {
    name: "relays: sums that set flags",
    file: `${JIT}relays.ts`,
    from: " && x.set === 0;",
    to: ";",
    tests: RELAYS,
  },
  {
    name: "relays: a sum of another kind",
    file: `${JIT}relays.ts`,
    from: "y.op !== x.op || ",
    to: "",
    tests: RELAYS,
  },
  {
    name: "checks: a constant table by an index that may go back",
    file: `${JIT}access-plan.ts`,
    from: "base.least === base.most && high <= 2 ** 32",
    to: "base.least === base.most",
    tests: RELAYS,
  },
  {
    name: "interpreter: the last word of VSTM is not asked about",
    file: "src/cpu/interp/vfp.ts",
    from: "if (!core.reaches(ip, address, count, true)) return;",
    to: "if (!core.reaches(ip, address, count - 1 || 1, true)) return;",
    tests: ["test/cpu/ends.test.ts"],
  },
  {
    name: "borders: behind a supervisor call only code that is still there counts them",
    file: "src/cpu/interp/core.ts",
    from: "if (same) this.goOnBehind(next & ~1);",
    to: "",
    tests: ["test/cpu/borders-calls.test.ts"],
  },
  {
    name: "borders: translated code that is left behind a supervisor call counts none",
    file: `${JIT}tiered.ts`,
    from: "if (same) file[UNITS >>> 2] = core.behindCall(file[UNITS >>> 2]);",
    to: "",
    tests: ["test/cpu/borders-calls.test.ts"],
  },
  ...CHOICES_AND_NESTS,
  ...FLOATS,
];
