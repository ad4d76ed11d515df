import { Exit } from "../types.ts";
import { PREFETCH_ABORT } from "./arena.ts";
import { STEP_IT } from "./blocks.ts";
import { HANDOVER } from "./loop.ts";
import { Slot } from "./state.ts";
import { Stops } from "./stops.ts";

/** Words of the border of a page. */
const CROSS_WORDS = 2;

/** Ways from one block to the next. All give the arena index to go on at, or ~exit. */
export class Ways extends Stops {
  /** One instruction is executed, and nothing behind it. */
  protected alone = false;

  /** Arena index of the code for r[15], T and IT. */
  protected enter(): number {
    const { file } = this;
    const key = (file[Slot.PC] & ~1) | file[Slot.T];
    const it = file[Slot.IT];
    if (it === 0) return this.isCleared(key) ? this.slideFromHere() : this.find(key);
    file[Slot.IT] = 0;
    const block = this.blockFor(key, it);
    return block ? block.first + 1 : PREFETCH_ABORT;
  }

  /** Arena index of the code at a guest address (bit 0: Thumb). */
  protected find(key: number): number {
    const block = this.blockFor(key, 0);
    if (!block) return PREFETCH_ABORT;
    this.arena.cacheTarget(block);
    return block.first + 1;
  }

  /** The same for a direct branch, which from now on goes there at once: `place` held `stub`. */
  protected link(key: number, place: number, stub: number): number {
    const { version } = this.arena;
    const block = this.blockFor(key, 0);
    if (!block) return PREFETCH_ABORT;
    if (this.arena.version === version) this.arena.link(block, place, stub);
    return block.first + 1;
  }

  /** The block ends inside an IT block. */
  protected leaveEnd(ip: number): number {
    const { words } = this.arena;
    this.stats.instructions += words[ip] >>> 24;
    this.goTo(words[ip + 1], words[ip + 2]);
    return this.enter();
  }

  /** Goes on at the instruction that starts at `ip`, in another block: this one has been dropped. */
  protected leave(ip: number): number {
    const { block, index: last } = this.place(ip);
    // Instructions without ops of their own (NOP, ISB) start at the same word; the first of them is the next.
    let index = last;
    while (index > 0 && block.map[index * 2 - 2] >>> 8 === ip) index--;
    this.stopAt(block, index, false);
    return this.alone ? ~HANDOVER : this.enter();
  }

  /** The border of a page, from one instruction to the next. */
  protected crossAt(ip: number): number {
    if (this.cross(this.arena.words[ip + 1])) return ip + CROSS_WORDS;
    const { block, index } = this.place(ip);
    this.stopAt(block, index + 1, false);
    return ~Exit.Slice;
  }

  /** An idle instruction has been executed, at the end of whose block is `ip`: goes on with the zeros behind it. */
  protected slideFrom(ip: number): number {
    const { words } = this.arena;
    const { block } = this.place(ip);
    const single = block.key >= STEP_IT * 2 ** 32;
    const word = words[ip];
    this.stats.instructions += word >>> 24;
    this.goTo(words[ip + 1], words[ip + 2]);
    // Whoever steps or counts wants each of them.
    const far = !this.alone && block.counts === undefined;
    const end = far ? this.slide((word >>> 8) & 255) : undefined;
    return end ?? (single ? ~HANDOVER : this.enter());
  }

  /** Execution goes on in cleared memory: where a slice has ended, without a block for each page. */
  protected slideFromHere(): number {
    const { file } = this;
    const thumb = file[Slot.T];
    if (thumb) file[Slot.N] = file[Slot.Z] = file[0];
    const end = this.slide(thumb ? 2 : 4);
    if (end !== undefined) return end;
    return this.find((file[Slot.PC] & ~1) | file[Slot.T]);
  }

  /** The indirect branch of a single instruction. */
  protected go(ip: number): number {
    const { file } = this;
    const { words } = this.arena;
    const target = file[(words[ip] >>> 16) & 255];
    if ((words[ip] >>> 8) & 255) file[14] = words[ip + 2];
    this.stats.instructions += words[ip] >>> 24;
    this.goTo(target, 0);
    if ((target & ~1) >>> 0 <= words[ip + 1] >>> 0 && --this.units <= 0) return ~Exit.Slice;
    return ~HANDOVER;
  }
}
