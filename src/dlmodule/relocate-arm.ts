import {
  type ElfRelocations,
  type ElfSymbols,
  relocationCode,
  relocationName,
  SHN,
  STB,
} from "../elf/mod.ts";
import * as field from "./fields-arm.ts";
import { LoadError } from "./load-error.ts";
import type { LoadPlan } from "./plan.ts";

/**
 * S: value of the symbol with the Thumb bit T in bit 0; A: addend; P: address of the place; B: what is added to the link-time
 * addresses of the module. The manual's `(S + A) | T` is the same sum because S and A are even where T is 1.
 */
const FORMULAS = {
  "-": () => 0,
  S: (s: number) => s,
  "S + A": (s: number, a: number) => (s + a) | 0,
  "S + A - P": (s: number, a: number, p: number) => (s + a - p) | 0,
  "B + A": (_s: number, a: number, _p: number, b: number) => (b + a) | 0,
} as const;
type Formula = keyof typeof FORMULAS;

/** One row a type: IHI 0044, "Relocation codes". A type without a row is refused by its name. */
const ROWS: readonly (readonly [name: string, place: field.Field, formula: Formula])[] = [
  ["R_ARM_NONE", field.none, "-"],
  ["R_ARM_PC24", field.branch24, "S + A - P"],
  ["R_ARM_ABS32", field.word, "S + A"],
  ["R_ARM_REL32", field.word, "S + A - P"],
  ["R_ARM_ABS16", field.half, "S + A"],
  ["R_ARM_ABS8", field.byte, "S + A"],
  ["R_ARM_THM_CALL", field.thumbCall, "S + A - P"],
  ["R_ARM_GLOB_DAT", field.word, "S"],
  ["R_ARM_JUMP_SLOT", field.word, "S"],
  ["R_ARM_RELATIVE", field.word, "B + A"],
  ["R_ARM_PLT32", field.branch24, "S + A - P"],
  ["R_ARM_CALL", field.branch24, "S + A - P"],
  ["R_ARM_JUMP24", field.branch24, "S + A - P"],
  ["R_ARM_THM_JUMP24", field.thumbJump24, "S + A - P"],
  // ARMv4 is not simulated: BX stays BX.
  ["R_ARM_V4BX", field.none, "-"],
  // As bare-metal ld treats them: TARGET1 is ABS32, TARGET2 is REL32.
  ["R_ARM_TARGET1", field.word, "S + A"],
  ["R_ARM_TARGET2", field.word, "S + A - P"],
  ["R_ARM_PREL31", field.prel31, "S + A - P"],
  ["R_ARM_MOVW_ABS_NC", field.movw, "S + A"],
  ["R_ARM_MOVT_ABS", field.movt, "S + A"],
  ["R_ARM_MOVW_PREL_NC", field.movw, "S + A - P"],
  ["R_ARM_MOVT_PREL", field.movt, "S + A - P"],
  ["R_ARM_THM_MOVW_ABS_NC", field.thumbMovw, "S + A"],
  ["R_ARM_THM_MOVT_ABS", field.thumbMovt, "S + A"],
  ["R_ARM_THM_MOVW_PREL_NC", field.thumbMovw, "S + A - P"],
  ["R_ARM_THM_MOVT_PREL", field.thumbMovt, "S + A - P"],
  ["R_ARM_THM_JUMP19", field.thumbJump19, "S + A - P"],
  ["R_ARM_ABS32_NOI", field.word, "S + A"],
  ["R_ARM_REL32_NOI", field.word, "S + A - P"],
  ["R_ARM_THM_JUMP11", field.thumbJump11, "S + A - P"],
  ["R_ARM_THM_JUMP8", field.thumbJump8, "S + A - P"],
];

/** Not in ROWS. */
const UNKNOWN = 0xff;
const SIZE = new Uint8Array(256).fill(UNKNOWN);
const FIELD: field.Field[] = new Array(256).fill(field.none);
const FORMULA: ((s: number, a: number, p: number, b: number) => number)[] = new Array(256).fill(
  FORMULAS["-"],
);
for (const [name, place, formula] of ROWS) {
  const code = relocationCode(name);
  SIZE[code] = place.size;
  FIELD[code] = place;
  FORMULA[code] = FORMULAS[formula];
}

/** The four types that make up real modules are done in line: 99 of 100 records. */
const ABS32 = 2;
const GLOB_DAT = 21;
const JUMP_SLOT = 22;
const RELATIVE = 23;

/** Where the module will lie and what its undefined symbols are. */
export interface Resolver {
  /** Address of a kernel symbol, 0 when there is none. */
  lookup(name: string): number;
  readonly compat404: boolean;
}

/** State of a symbol: not asked for, value known relative to the module, absolute, undefined everywhere. */
const enum Known {
  No = 0,
  Relative = 1,
  Absolute = 2,
  Missing = 3,
}

/** Values of the symbols that a module's relocations use, found once per symbol. */
interface Values {
  readonly value: Int32Array;
  readonly state: Uint8Array;
}

/** The outcome of `bind`: everything relocation needs except the address of the block. */
export interface Bindings {
  readonly values: ReadonlyMap<ElfSymbols, Values>;
  /** Undefined symbols that nobody has; names in the order of their first record. */
  readonly missing: readonly string[];
  /** The same with one entry a record, up to the end of the first table that misses one, as 4.0.4 reports it. */
  readonly missingRecords: readonly string[];
  /** Names of undefined symbols that were found, each once. */
  readonly imports: readonly string[];
}

/**
 * Checks every record (type known, place inside the image, symbol exists) and looks up every symbol, before anything is
 * allocated. Throws ElfError or LoadError.
 */
export function bind(plan: LoadPlan, resolver: Resolver): Bindings {
  const values = new Map<ElfSymbols, Values>();
  const missing: string[] = [];
  const missingRecords: string[] = [];
  const imports: string[] = [];
  const unknown = new Map<number, number>();
  let failed = false;
  for (const table of plan.relocations) {
    const known = valuesOf(values, table.symbols);
    const { words, stride, count } = table;
    const { state } = known;
    const { start, size } = plan;
    const symbols = table.symbols.count;
    const first = !failed;
    for (let i = 0, w = 0; i < count; i++, w += stride) {
      const info = words[w + 1];
      const type = info & 0xff;
      const bytes = SIZE[type];
      if (bytes === UNKNOWN) {
        if (!resolver.compat404) unknown.set(type, (unknown.get(type) ?? 0) + 1);
        continue;
      }
      const symbol = info >>> 8;
      if (symbol !== 0 && symbol >= symbols) table.badSymbol(i, symbol);
      const at = (words[w] - start) >>> 0;
      if (bytes !== 0 && at + bytes > size) badPlace(table, i);
      if (state[symbol] === Known.No)
        lookUp(plan, table.symbols, symbol, known, resolver, imports, missing);
      if (state[symbol] === Known.Missing && bytes !== 0) {
        failed = true;
        if (first) missingRecords.push(table.symbols.name(symbol));
      }
    }
  }
  if (unknown.size > 0) throw new LoadError("", unknownTypes(unknown));
  return { values, missing, missingRecords, imports };
}

function lookUp(
  plan: LoadPlan,
  symbols: ElfSymbols,
  i: number,
  known: Values,
  resolver: Resolver,
  imports: string[],
  missing: string[],
): void {
  const { value, state } = known;
  const shndx = symbols.shndx(i);
  if (i === 0 || shndx !== SHN.UNDEF || symbols.bind(i) === STB.LOCAL) {
    // 4.0.4 adds the load address to absolute symbols as well.
    const absolute = shndx === SHN.ABS && !resolver.compat404;
    value[i] = symbols.value(i);
    state[i] = absolute ? Known.Absolute : Known.Relative;
    return;
  }
  const name = symbols.name(i);
  const address = plan.linked ? 0 : resolver.lookup(name);
  value[i] = address;
  if (address !== 0) {
    state[i] = Known.Absolute;
    imports.push(name);
  } else if (plan.linked || (symbols.weak(i) && !resolver.compat404)) {
    state[i] = Known.Absolute;
  } else {
    state[i] = Known.Missing;
    missing.push(name);
  }
}

function valuesOf(all: Map<ElfSymbols, Values>, symbols: ElfSymbols): Values {
  let values = all.get(symbols);
  if (!values) {
    const count = Math.max(symbols.count, 1);
    values = { value: new Int32Array(count), state: new Uint8Array(count) };
    all.set(symbols, values);
  }
  return values;
}

/**
 * Applies every record of `plan` to the copy of the image at `block`. `view` covers guest memory, index = guest address.
 * `bindings` must come from `bind` of the same plan, without missing symbols. Returns the number of records applied.
 */
export function relocate(
  plan: LoadPlan,
  bindings: Bindings,
  view: DataView,
  block: number,
): number {
  const bias = (block - plan.start) | 0;
  let applied = 0;
  for (const table of plan.relocations) {
    const { value, state } = bindings.values.get(table.symbols)!;
    // Values relative to the module become absolute once, so that the loop below has no case for them.
    for (let i = 0; i < value.length; i++) {
      if (state[i] !== Known.Relative) continue;
      value[i] += bias;
      state[i] = Known.Absolute;
    }
    const { words, stride, count, addends } = table;
    for (let i = 0, w = 0; i < count; i++, w += stride) {
      const info = words[w + 1];
      const type = info & 0xff;
      const at = (words[w] + bias) >>> 0;
      const s = value[info >>> 8];
      if (type === GLOB_DAT || type === JUMP_SLOT) {
        view.setInt32(at, s, true);
      } else if (!addends && (type === RELATIVE || type === ABS32)) {
        view.setInt32(at, view.getInt32(at, true) + (type === RELATIVE ? bias : s), true);
      } else if (SIZE[type] !== UNKNOWN) {
        const a = addends ? words[w + 2] | 0 : FIELD[type].addend(view, at);
        const x = FORMULA[type](s, a, at, bias);
        if (!FIELD[type].put(view, at, x)) outOfRange(table, i, s, at);
      } else continue;
      applied++;
    }
  }
  return applied;
}

function badPlace(table: ElfRelocations, i: number): never {
  throw new LoadError(
    "",
    `record ${i} of ${table.section} (${relocationName(table.type(i))}) patches 0x${table.offset(i).toString(16)}, outside the segments`,
  );
}

function outOfRange(table: ElfRelocations, i: number, target: number, at: number): never {
  const name = table.symbols.name(table.symbol(i));
  throw new LoadError(
    "",
    `record ${i} of ${table.section} (${relocationName(table.type(i))}) at 0x${at.toString(16)} cannot reach ${name || "its target"} ` +
      `at 0x${(target >>> 0).toString(16)}: build with -mlong-calls -fPIC`,
  );
}

function unknownTypes(unknown: ReadonlyMap<number, number>): string {
  const list = [...unknown].map(([type, count]) => `${relocationName(type)} (${count} records)`);
  return `it uses relocations that this loader does not implement: ${list.join(", ")}; build with -fPIC -shared -mlong-calls`;
}
