import { type FrameState, loadLiteral, LR, ones, PC, SP, type Step } from "./frame-state.ts";
import { armBranch, armImmediate, armLiteral } from "./immediates.ts";

const NEXT: Step = { width: 4 };
const END: Step = { width: 4, ends: true };

/** One A32 instruction at `at` (ARM ARM A5): what it makes of the registers, and where it leads. */
export function stepArm(code: DataView, at: number, state: FrameState): Step {
  const insn = code.getUint32(at, true);
  const condition = insn >>> 28;
  if (condition === 15) {
    if ((insn & 0x0e000000) === 0x0a000000) state.called();
    return NEXT;
  }
  const always = condition === 14;
  const rd = (insn >>> 12) & 15;
  switch ((insn >>> 25) & 7) {
    case 0:
      return register(insn, always, state);
    case 1:
      return immediate(insn, state);
    case 2:
      return single(code, at, insn, always, state);
    case 3:
      if ((insn & 0x10) === 0) return single(code, at, insn, always, state);
      // UDF: what __builtin_trap ends with.
      if ((insn & 0x0ff000f0) === 0x07f000f0) return always ? END : NEXT;
      state.forgetAll((1 << rd) | (1 << ((insn >>> 16) & 15)));
      return NEXT;
    case 4:
      return multiple(insn, always, state);
    case 5: {
      if (insn & 0x01000000) {
        state.called();
        return NEXT;
      }
      const target = at + 8 + armBranch(insn);
      return { width: 4, ends: always, targets: [target] };
    }
    case 6:
      return extension(insn, state);
    default:
      // MRC and VMOV to a core register.
      if ((insn & 0x01100010) === 0x00100010 && rd !== PC) state.forget(rd);
      return NEXT;
  }
}

function register(insn: number, always: boolean, state: FrameState): Step {
  const rn = (insn >>> 16) & 15;
  const rd = (insn >>> 12) & 15;
  const rm = insn & 15;
  if ((insn & 0x0ffffff0) === 0x012fff10)
    return { width: 4, ends: always, unknown: rm !== LR && always };
  if ((insn & 0x0ffffff0) === 0x012fff30) {
    state.called();
    return NEXT;
  }
  if ((insn & 0x90) === 0x90) {
    const other = (insn & 0x60) !== 0;
    const load = (insn & 0x00100000) !== 0 || (insn & 0x60) === 0x40;
    if (!other) state.forgetAll((insn & 0x01000000 ? 0 : 1 << rn) | (1 << rd));
    else {
      const value = insn & 0x00400000 ? ((insn >>> 4) & 0xf0) | rm : undefined;
      writeBack(insn, rn, value, state);
      if (load) state.forgetAll((1 << rd) | (insn & 0x00100000 ? 0 : 1 << (rd | 1)));
    }
    return NEXT;
  }
  // TST, TEQ, CMP, CMN; without S: moves of status, CLZ, products of halves.
  if ((insn & 0x01800000) === 0x01000000) {
    if ((insn & 0x00100000) === 0) state.forgetAll(((1 << rd) | (1 << rn)) & 0x5fff);
    return NEXT;
  }
  const plain = (insn & 0xff0) === 0;
  const op = (insn >>> 21) & 15;
  if (rd === PC) return { width: 4, ends: always && !(op === 13 && rm === LR), unknown: true };
  if (plain && op === 13) state.add(rd, rm, 0);
  else if (plain && op === 4) state.addRegisters(rd, rn, rm);
  else if (plain && op === 2) state.addRegisters(rd, rn, rm, -1);
  else state.forget(rd);
  return NEXT;
}

function immediate(insn: number, state: FrameState): Step {
  const rn = (insn >>> 16) & 15;
  const rd = (insn >>> 12) & 15;
  const op = (insn >>> 21) & 15;
  const wide = ((insn >>> 4) & 0xf000) | (insn & 0xfff);
  const imm = armImmediate(insn);
  if ((insn & 0x0ff00000) === 0x03000000) state.set(rd, wide);
  else if ((insn & 0x0ff00000) === 0x03400000) {
    const low = state.number(rd);
    state.set(rd, low === undefined ? undefined : (low & 0xffff) | (wide << 16));
  } else if ((insn & 0x01800000) === 0x01000000) return NEXT;
  else if (op === 13) state.set(rd, imm | 0);
  else if (op === 15) state.set(rd, ~imm);
  else if (op === 4) state.add(rd, rn, imm | 0);
  else if (op === 2) state.add(rd, rn, -imm | 0);
  else state.forget(rd);
  return NEXT;
}

/** LDR, STR and their bytes. */
function single(
  code: DataView,
  at: number,
  insn: number,
  always: boolean,
  state: FrameState,
): Step {
  const rn = (insn >>> 16) & 15;
  const rt = (insn >>> 12) & 15;
  writeBack(insn, rn, insn & 0x02000000 ? undefined : insn & 0xfff, state);
  if ((insn & 0x00100000) === 0) return NEXT;
  if (rt === PC) return { width: 4, ends: always, unknown: rn !== SP };
  if ((insn & 0x0f7f0000) === 0x051f0000)
    return loadLiteral(code, at + 8 + armLiteral(insn), rt, 4, state);
  state.forget(rt);
  return NEXT;
}

/** The base register of a load or store that changes it: P = 0, or W = 1. */
function writeBack(insn: number, rn: number, amount: number | undefined, state: FrameState): void {
  if (insn & 0x01000000 && !(insn & 0x00200000)) return;
  state.add(rn, rn, amount && (insn & 0x00800000 ? amount : -amount));
}

function multiple(insn: number, always: boolean, state: FrameState): Step {
  const rn = (insn >>> 16) & 15;
  const list = insn & 0xffff;
  const load = (insn & 0x00100000) !== 0;
  if (insn & 0x00200000) state.add(rn, rn, (insn & 0x00800000 ? 4 : -4) * ones(list));
  if (!load) return NEXT;
  if (list & (1 << PC)) return always ? END : NEXT;
  state.forgetAll(list);
  return NEXT;
}

/** VLDM, VSTM, VPUSH, VPOP, VLDR, VSTR, and VMOV of two core registers. */
function extension(insn: number, state: FrameState): Step {
  const rn = (insn >>> 16) & 15;
  if ((insn & 0x0fe00000) === 0x0c400000) {
    if (insn & 0x00100000) state.forgetAll((1 << rn) | (1 << ((insn >>> 12) & 15)));
  } else if (insn & 0x00200000) state.add(rn, rn, (insn & 0x00800000 ? 4 : -4) * (insn & 0xff));
  return NEXT;
}
