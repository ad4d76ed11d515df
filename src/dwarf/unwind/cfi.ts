import { DwarfError, Reader } from "../reader.ts";
import { type FrameRegisters, LR, PC, SP, type StackMemory } from "./state.ts";

interface Common {
  readonly codeFactor: number;
  readonly dataFactor: number;
  readonly returnRegister: number;
  readonly instructions: Uint8Array;
}

interface Description {
  readonly start: number;
  readonly end: number;
  readonly common: Common;
  readonly instructions: Uint8Array;
}

/** How a register of the caller is found. */
type Rule =
  | { readonly kind: "offset"; readonly offset: number }
  | { readonly kind: "value"; readonly offset: number }
  | { readonly kind: "register"; readonly register: number }
  | { readonly kind: "undefined" };

interface Row {
  cfa: { register: number; offset: number } | undefined;
  rules: Map<number, Rule>;
}

const STATES_MAX = 64;
/** Instructions of one function; more is an attack. */
const INSTRUCTIONS_MAX = 20_000;
/** Registers that are followed; VFP's and others have higher numbers. */
const REGISTERS = 16;

/** .debug_frame (DWARF 5, 6.4): the caller's registers for every instruction of a function. */
export class CallFrames {
  /** In the order of addresses. */
  private readonly descriptions: readonly Description[];
  /** Of a recursion, one is asked for again and again. */
  private readonly rows = new Map<number, Row>();

  /** Throws DwarfError when the section is broken. */
  constructor(section: Uint8Array) {
    this.descriptions = readDescriptions(section).sort((a, b) => a.start - b.start);
  }

  private at(pc: number): Description | undefined {
    const { descriptions } = this;
    let low = 0;
    let high = descriptions.length;
    while (low < high) {
      const middle = (low + high) >>> 1;
      if (descriptions[middle].start <= pc) low = middle + 1;
      else high = middle;
    }
    const found = descriptions[low - 1];
    return found && pc < found.end ? found : undefined;
  }

  /** `bias` turns link-time addresses into guest addresses. Undefined: nothing is said about this pc. */
  unwind(memory: StackMemory, bias: number, registers: FrameRegisters): FrameRegisters | undefined {
    const pc = ((registers[PC] as number) - bias) >>> 0;
    const found = this.at(pc);
    if (!found) return undefined;
    try {
      let row = this.rows.get(pc);
      if (!row) this.rows.set(pc, (row = rowAt(found, pc)));
      return apply(memory, row, found.common, registers);
    } catch (error) {
      if (error instanceof DwarfError) return undefined;
      throw error;
    }
  }
}

function readDescriptions(section: Uint8Array): Description[] {
  const commons = new Map<number, Common>();
  const found: Description[] = [];
  const reader = new Reader(section);
  while (reader.left > 8) {
    const offset = reader.at;
    const { end, offsetSize } = reader.unitLength();
    const body = new Reader(section, reader.at, end);
    reader.at = end;
    const id = body.offset(offsetSize);
    if (id === (offsetSize === 4 ? 0xffffffff : 2 ** 64)) {
      const common = readCommon(body);
      if (common) commons.set(offset, common);
      continue;
    }
    const common = commons.get(id);
    if (!common) continue;
    const start = body.u32();
    const size = body.u32();
    found.push({ start, end: start + size, common, instructions: body.block(body.left) });
  }
  return found;
}

function readCommon(body: Reader): Common | undefined {
  const version = body.u8();
  const augmentation = body.string();
  if (augmentation !== "") return undefined;
  if (version >= 4) body.skip(2);
  const codeFactor = body.uleb();
  const dataFactor = body.sleb();
  const returnRegister = version === 1 ? body.u8() : body.uleb();
  return { codeFactor, dataFactor, returnRegister, instructions: body.block(body.left) };
}

function rowAt({ start, common, instructions }: Description, pc: number): Row {
  const initial: Row = { cfa: undefined, rules: new Map() };
  run(common.instructions, common, initial, 0, Infinity, undefined);
  const row: Row = { cfa: initial.cfa && { ...initial.cfa }, rules: new Map(initial.rules) };
  run(instructions, common, row, start, pc, initial);
  return row;
}

/** Executes call frame instructions up to the row of `pc` (6.4.2). */
function run(
  code: Uint8Array,
  { codeFactor, dataFactor }: Common,
  row: Row,
  location: number,
  pc: number,
  initial: Row | undefined,
): void {
  const reader = new Reader(code);
  const states: Row[] = [];
  const advance = (delta: number): boolean => (location += delta * codeFactor) > pc;
  const cfa = () => {
    if (!row.cfa) throw new DwarfError("no rule for the frame address");
    return row.cfa;
  };
  const set = (register: number, rule: Rule): void => {
    if (register < REGISTERS) row.rules.set(register, rule);
  };
  const offset = (register: number, factored: number): void =>
    set(register, { kind: "offset", offset: factored * dataFactor });
  const restore = (register: number): void => {
    const rule = initial?.rules.get(register);
    if (rule) row.rules.set(register, rule);
    else row.rules.delete(register);
  };
  for (let n = 0; reader.left > 0; n++) {
    if (n > INSTRUCTIONS_MAX) throw new DwarfError("too many call frame instructions");
    const op = reader.u8();
    const low = op & 0x3f;
    if (op >>> 6 === 1) {
      if (advance(low)) return;
      continue;
    }
    if (op >>> 6 === 2) {
      offset(low, reader.uleb());
      continue;
    }
    if (op >>> 6 === 3) {
      restore(low);
      continue;
    }
    switch (op) {
      case 0x00:
        break;
      case 0x01:
        location = reader.u32();
        if (location > pc) return;
        break;
      case 0x02:
        if (advance(reader.u8())) return;
        break;
      case 0x03:
        if (advance(reader.u16())) return;
        break;
      case 0x04:
        if (advance(reader.u32())) return;
        break;
      case 0x05:
        offset(reader.uleb(), reader.uleb());
        break;
      case 0x06:
        restore(reader.uleb());
        break;
      case 0x07:
        set(reader.uleb(), { kind: "undefined" });
        break;
      case 0x08:
        row.rules.delete(reader.uleb());
        break;
      case 0x09:
        set(reader.uleb(), { kind: "register", register: reader.uleb() });
        break;
      case 0x0a:
        if (states.length >= STATES_MAX) throw new DwarfError("too many states");
        states.push({ cfa: row.cfa && { ...row.cfa }, rules: new Map(row.rules) });
        break;
      case 0x0b: {
        const state = states.pop();
        if (!state) throw new DwarfError("no state to go back to");
        row.cfa = state.cfa;
        row.rules = state.rules;
        break;
      }
      case 0x0c:
        row.cfa = { register: reader.uleb(), offset: reader.uleb() };
        break;
      case 0x0d:
        row.cfa = { register: reader.uleb(), offset: cfa().offset };
        break;
      case 0x0e:
        row.cfa = { register: cfa().register, offset: reader.uleb() };
        break;
      case 0x11:
        offset(reader.uleb(), reader.sleb());
        break;
      case 0x12:
        row.cfa = { register: reader.uleb(), offset: reader.sleb() * dataFactor };
        break;
      case 0x13:
        row.cfa = { register: cfa().register, offset: reader.sleb() * dataFactor };
        break;
      case 0x14:
      case 0x15: {
        const register = reader.uleb();
        const factored = op === 0x14 ? reader.uleb() : reader.sleb();
        set(register, { kind: "value", offset: factored * dataFactor });
        break;
      }
      default:
        // Expressions (0x0f, 0x10, 0x16): GCC makes none for Arm.
        throw new DwarfError(`call frame instruction 0x${op.toString(16)}`);
    }
  }
}

function apply(
  memory: StackMemory,
  row: Row,
  { returnRegister }: Common,
  registers: FrameRegisters,
): FrameRegisters | undefined {
  if (!row.cfa) return undefined;
  const base = registers[row.cfa.register];
  if (base === undefined) return undefined;
  const cfa = (base + row.cfa.offset) >>> 0;
  const next = registers.slice();
  next[SP] = cfa;
  for (const [register, rule] of row.rules) {
    if (rule.kind === "offset") next[register] = memory.word((cfa + rule.offset) >>> 0);
    else if (rule.kind === "value") next[register] = (cfa + rule.offset) >>> 0;
    else if (rule.kind === "register") next[register] = registers[rule.register];
    else next[register] = undefined;
  }
  next[PC] = next[returnRegister === PC ? PC : LR];
  return next;
}
