import { amount, type ElfRelocations, relocationName, SHN, STB, STT } from "../elf/mod.ts";
import type { Bindings } from "./bind.ts";
import { LoadError } from "./load-error.ts";
import type { LoadPlan } from "./plan-types.ts";
import { FIELD, FORMULA, NEED, Need, SIZE, UNKNOWN } from "./rows-arm.ts";
import { Known } from "./values.ts";
import { branchTarget } from "./veneers.ts";

/** The four types that make up real modules are done in line: 99 of 100 records. */
const ABS32 = 2;
const GLOB_DAT = 21;
const JUMP_SLOT = 22;
const RELATIVE = 23;

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
  for (const { value, state, slots } of bindings.values.values()) {
    // Values relative to the module become absolute once, so that the loop below has no case for them.
    for (let i = 0; i < value.length; i++) {
      if (state[i] !== Known.Relative) continue;
      value[i] += bias;
      state[i] = Known.Absolute;
    }
    if (slots)
      for (const [symbol, slot] of slots)
        view.setInt32((bindings.got + bias + 4 * slot) >>> 0, value[symbol], true);
  }
  const { linked } = plan;
  // Words through a typed array, which the host runs fast from the first record on; DataView needs its best compiler for that.
  const ints = new Int32Array(view.buffer, 0, view.byteLength >>> 2);
  for (const table of plan.relocations) {
    const { value } = bindings.values.get(table.symbols)!;
    const { words, stride, count, addends } = table;
    const end = count * stride;
    for (let w = 0; w < end;) {
      if (!linked && !addends) {
        const next = applyWords(words, w, Math.min(w + CHUNK, end), value, ints, bias);
        applied += (next - w) >> 1;
        w = next;
        if (w === end) break;
        // A whole piece: the next one may run in a better compiler's code.
        if (isWord(words[w + 1] & 0xff) && ((words[w] + bias) & 3) === 0) continue;
      }
      const info = words[w + 1];
      // Places of symbols of others have their values already.
      const skipped = SIZE[info & 0xff] === UNKNOWN || (linked && foreign(table, info >>> 8));
      if (!skipped) {
        if (SIZE[info & 0xff] !== 0) put(table, w / stride, bindings, view, bias);
        applied++;
      }
      w += stride;
    }
  }
  return applied;
}

/** Words of records that are done in one piece. */
const CHUNK = 4096;

/** Applies records of the four common types at aligned places; gives the index of the first one that is another. */
function applyWords(
  words: Uint32Array,
  from: number,
  end: number,
  value: Int32Array,
  ints: Int32Array,
  bias: number,
): number {
  let w = from;
  for (; w < end; w += 2) {
    const info = words[w + 1];
    const type = info & 0xff;
    const at = (words[w] + bias) >>> 0;
    if ((at & 3) !== 0) break;
    if (type === RELATIVE) ints[at >>> 2] += bias;
    else if (type === ABS32) ints[at >>> 2] += value[info >>> 8];
    else if (type === GLOB_DAT || type === JUMP_SLOT) ints[at >>> 2] = value[info >>> 8];
    else break;
  }
  return w;
}

const isWord = (type: number): boolean =>
  type === RELATIVE || type === ABS32 || type === GLOB_DAT || type === JUMP_SLOT;

function foreign({ symbols }: ElfRelocations, symbol: number): boolean {
  return symbol !== 0 && symbols.shndx(symbol) === SHN.UNDEF && symbols.bind(symbol) !== STB.LOCAL;
}

/** One record of any type. */
function put(
  table: ElfRelocations,
  i: number,
  bindings: Bindings,
  view: DataView,
  bias: number,
): void {
  const type = table.type(i);
  const symbol = table.words[i * table.stride + 1] >>> 8;
  const p = (table.offset(i) + bias) >>> 0;
  const g = (bindings.got + bias) | 0;
  const { value, slots, bases } = bindings.values.get(table.symbols)!;
  const need = NEED[type];
  // 4.0.4 passes over it.
  if (need === Need.Base && !bases) return;
  const branch = need === Need.VeneerA32 || need === Need.VeneerT32;
  const s =
    need === Need.Slot
      ? g + 4 * slots!.get(symbol)!
      : branch
        ? branchTarget(table.symbols, symbol, value[symbol], need)
        : need === Need.Datum && mayBeCode(table, symbol)
          ? value[symbol] & ~1
          : need === Need.Base
            ? value[symbol] - bias - (bases?.get(symbol) ?? 0)
            : value[symbol];
  const a = table.addends ? table.addend(i) : FIELD[type].addend(view, p);
  if (branch && value[symbol] === 0 && symbol !== 0 && table.symbols.shndx(symbol) === SHN.UNDEF) {
    skip(view, p, need);
    return;
  }
  const before = branch ? view.getInt32(p, true) : 0;
  const x = FORMULA[type](s, a, p, bias, g);
  if (FIELD[type].put(view, p, x)) return;
  if (branch) {
    view.setInt32(p, before, true);
    const near = bindings.veneers.use(view, bias, { symbol, s, a, p }, need);
    if (near !== undefined) {
      if (FIELD[type].put(view, p, near)) return;
      noVeneer(table, i, p, near);
    }
  }
  outOfRange(table, i, s, p, x);
}

/** Bit 0 of a function says that it is Thumb code, and of a symbol of others nobody knows what it is. */
function mayBeCode({ symbols }: ElfRelocations, symbol: number): boolean {
  return symbols.type(symbol) === STT.FUNC || symbols.shndx(symbol) === SHN.UNDEF;
}

/** A branch to a weak function that nobody defines does nothing (IHI 0044, "Weak references"). */
function skip(view: DataView, at: number, need: Need): void {
  if (need === Need.VeneerA32) {
    view.setInt32(at, (view.getInt32(at, true) & 0xf0000000) | 0x0320f000, true);
    return;
  }
  view.setUint16(at, 0xf3af, true);
  view.setUint16(at + 2, 0x8000, true);
}

function outOfRange(
  table: ElfRelocations,
  i: number,
  target: number,
  at: number,
  x: number,
): never {
  const name = table.symbols.name(table.symbol(i)) || "its target";
  const type = table.type(i);
  const hex = (value: number): string => `0x${(value >>> 0).toString(16)}`;
  const { reach } = FIELD[type];
  throw new LoadError(
    "",
    `record ${i} of ${table.section} (${relocationName(type)}) at ${hex(at)} ` +
      (reach === 0
        ? `has no room for the value of ${name}, ${hex(x)}`
        : `cannot reach ${name} at ${hex(target)}: it is ${amount(Math.abs(x), "byte")} away and the instruction reaches ${reach}`) +
      `: ${advice(type)}`,
  );
}

/** The code itself is larger than the branch reaches, or a linker has left its zeroed data in between. */
function noVeneer(table: ElfRelocations, i: number, at: number, x: number): never {
  const name = table.symbols.name(table.symbol(i)) || "its target";
  const type = table.type(i);
  throw new LoadError(
    "",
    `record ${i} of ${table.section} (${relocationName(type)}) at 0x${at.toString(16)} cannot reach ${name} without a veneer, and the loader has its veneers ${amount(Math.abs(x), "byte")} away, where the instruction reaches ${FIELD[type].reach}: ${advice(type)}`,
  );
}

function advice(type: number): string {
  const { reach } = FIELD[type];
  if (reach === 0)
    return "an address needs a word (.word in place of .byte or .short, and no immediate of an instruction)";
  if (/CALL|JUMP|PC24|PLT32/.test(relocationName(type)))
    return "build with -mlong-calls -fPIC, and in assembler code branch with bl or b.w";
  return "build with -fPIC";
}
