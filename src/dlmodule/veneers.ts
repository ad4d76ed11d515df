import { type ElfRelocations, type ElfSymbols, SHN, STT } from "../elf/mod.ts";
import type { LoadPlan } from "./plan-types.ts";
import { FIELD, FORMULA, Need } from "./rows-arm.ts";
import { partAt } from "./segments.ts";
import { Known, type Values } from "./values.ts";

/** Bytes of a veneer. */
export const VENEER_BYTES = 8;
/** `ldr pc, [pc, #-4]` and `ldr.w pc, [pc]`: the word behind is the target, bit 0 its instruction set (A8.8.64). */
const A32 = 0xe51ff004 | 0;
const T32_HIGH = 0xf8df;
const T32_LOW = 0xf000;
/** What the program counter is ahead of a branch. */
const AHEAD = { [Need.VeneerA32]: 8, [Need.VeneerT32]: 4 } as const;

/**
 * Jumps behind the code, or the image, for branches that cannot reach their target: too far, or code of the other instruction set where the
 * branch has no exchanging form (IHI 0044, "Veneer generation").
 */
export class Veneers {
  /** Link-time address of the first one. */
  begin = 0;
  /** Offsets from `begin` by what is jumped to and from where. */
  private readonly offsets = new Map<string, number>();
  private readonly insn = new DataView(new ArrayBuffer(4));
  private last: LoadPlan["segments"][number] | undefined;

  constructor(private readonly plan: LoadPlan) {}

  get bytes(): number {
    return this.offsets.size * VENEER_BYTES;
  }

  /** Reserves a veneer for a branch that does not reach, or whose target will be known to lie far away only later. */
  consider(table: ElfRelocations, i: number, { value, state }: Values, need: number): void {
    const { insn } = this;
    const at = table.offset(i);
    const symbol = table.symbol(i);
    if (!this.fetch(at)) return;
    const type = table.type(i);
    const a = table.addends ? table.addend(i) : FIELD[type].addend(insn, 0);
    if (state[symbol] === Known.Relative) {
      const s = branchTarget(table.symbols, symbol, value[symbol], need);
      const x = FORMULA[type](s, a, at, 0, 0);
      if (FIELD[type].put(insn, 0, x)) return;
    }
    const key = keyOf(symbol, a, need);
    if (!this.offsets.has(key)) this.offsets.set(key, this.bytes);
  }

  /**
   * Writes the veneer of a branch to S + A and gives the X that leads there; undefined when none was reserved. `bias` as for the
   * image.
   */
  use(
    view: DataView,
    bias: number,
    branch: { readonly symbol: number; readonly s: number; readonly a: number; readonly p: number },
    need: number,
  ): number | undefined {
    const { symbol, s, a, p } = branch;
    const offset = this.offsets.get(keyOf(symbol, a, need));
    if (offset === undefined) return undefined;
    const at = (this.begin + offset + bias) >>> 0;
    const ahead = need === Need.VeneerA32 ? AHEAD[Need.VeneerA32] : AHEAD[Need.VeneerT32];
    if (need === Need.VeneerA32) view.setInt32(at, A32, true);
    else {
      view.setUint16(at, T32_HIGH, true);
      view.setUint16(at + 2, T32_LOW, true);
    }
    view.setInt32(at + 4, s + a + ahead, true);
    return ((need === Need.VeneerA32 ? at : at | 1) - ahead - p) | 0;
  }

  /** Copies the instruction at a link-time address. */
  private fetch(at: number): boolean {
    const inside = ({ vaddr, bytes }: LoadPlan["segments"][number]): boolean =>
      at >= vaddr && at + 4 <= vaddr + bytes.length;
    if (!this.last || !inside(this.last)) this.last = partAt(this.plan.segments, at);
    const segment = this.last;
    if (!segment || !inside(segment)) return false;
    for (let n = 0; n < 4; n++) this.insn.setUint8(n, segment.bytes[at - segment.vaddr + n]);
    return true;
  }
}

/** Only functions say in bit 0 what their instructions are: a label is code like the branch to it (IHI 0044, "Interworking"). */
export function branchTarget(symbols: ElfSymbols, i: number, s: number, need: number): number {
  if (symbols.type(i) === STT.FUNC || symbols.shndx(i) === SHN.UNDEF) return s;
  return need === Need.VeneerA32 ? s & ~1 : s | 1;
}

function keyOf(symbol: number, addend: number, need: number): string {
  return `${symbol} ${addend} ${need}`;
}
