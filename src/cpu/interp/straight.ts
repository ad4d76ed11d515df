import { GRANULE_SHIFT, READ } from "../../memory/mod.ts";
import { Exit, SLIDE_PAGE, SLIDE_UNITS } from "../types.ts";
import { Blocks } from "./blocks.ts";
import { endOfZeros } from "./slide.ts";
import { Slot } from "./state.ts";

/** What straight code costs (SLIDE_UNITS), and cleared memory, which is executed page by page. */
export class Straight extends Blocks {
  units = 0;
  /** All units at the end of the last run. */
  private left = 0;

  /** A run begins with so many units. That they are others than at the end of the last one is not what code has spent. */
  begin(units: number): void {
    this.file[Slot.Crossed] += units - this.left;
  }
  /** A run ends with so many units. */
  end(units: number): void {
    this.left = units;
  }

  /** What it costs, see SLIDE_UNITS. False at the end of the units. */
  protected cross(border: number): boolean {
    const { file } = this;
    const entered = (border - SLIDE_PAGE) | 0;
    const straight = file[Slot.Border] === entered && file[Slot.Crossed] === this.allUnits;
    if (straight) this.units -= SLIDE_UNITS;
    file[Slot.Border] = border;
    file[Slot.Crossed] = this.allUnits;
    return !straight || this.units > 0;
  }
  /** The same where execution goes on at `pc` behind a supervisor call, whatever of this code is left: its hook may have dropped it. */
  protected goOnBehind(pc: number): void {
    if (pc % SLIDE_PAGE === 0) this.cross(pc);
  }
  protected get allUnits(): number {
    return (this.units + this.file[Slot.Reserve]) | 0;
  }

  protected isCleared(key: number): boolean {
    if (key & 2 || this.countingPlan) return false;
    const { u32, rights } = this.memory;
    return u32[key >>> 2] === 0 && (rights[key >>> GRANULE_SHIFT] & READ) !== 0;
  }
  /** Executes the zeros at the pc, instructions of so many bytes, up to where they end. ~Exit.Slice at the end of the units. */
  protected slide(size: number): number | undefined {
    const { file, stats, memory } = this;
    for (;;) {
      const pc = file[Slot.PC] >>> 0;
      const end = endOfZeros(memory, pc, size);
      stats.instructions += (end - pc) / size;
      file[Slot.PC] = end;
      if (end === pc || end % SLIDE_PAGE !== 0) return undefined;
      if (!this.cross(end | 0)) return ~Exit.Slice;
    }
  }
}
