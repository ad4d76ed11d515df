import { garbage, GRANULE_SHIFT, GuestFault, READ } from "../../memory/mod.ts";
import type { CountingPlan } from "../counting.ts";
import type { CpuStats } from "../types.ts";
import type { Block } from "./arena.ts";
import { DataAccess } from "./data-access.ts";
import { Code } from "./loop.ts";
import type { PreparedCode } from "./prepared.ts";
import type { TranslatedBlock, Translator } from "./translate.ts";

/** Added to ITSTATE in the key of a block of one instruction. */
export const STEP_IT = 256;
/** The same for one that nothing is executed behind. */
export const ALONE_IT = 512;

/** Garbage of a translation, in bytes for each instruction, about; once more for the block. */
const GARBAGE = 1024;

/** What a core executes: blocks, which are made when they are asked for. */
export class Blocks extends DataAccess {
  readonly stats: CpuStats = {
    instructions: 0,
    blocks: 0,
    translatedInstructions: 0,
    invalidations: 0,
    svcs: 0,
    translation: undefined,
  };
  /** Translations that need not be made. */
  prepared: PreparedCode | undefined;
  /** Says what is counted in a block that is translated. */
  countingPlan: CountingPlan | undefined;

  /** Loaded when something is to be translated: a system at its prompt has executed prepared code only. */
  private translator: Translator | undefined;
  /** Where the last fetch failed. */
  protected fetchFault = 0;
  /** Guest addresses (bit 0: Thumb) of blocks to which the interpreter does not go: it returns HANDOVER instead. */
  readonly foreign = new Set<number>();

  protected place(ip: number): { block: Block; index: number } {
    const block = this.arena.at(ip);
    return { block, index: this.arena.instructionAt(block, ip) };
  }

  protected blockFor(key: number, it: number): Block | undefined {
    const full = (key >>> 0) + it * 2 ** 32;
    return this.arena.get(full) ?? this.translate(key, it, full);
  }

  protected translate(key: number, it: number, full: number): Block | undefined {
    const thumb = (key & 1) !== 0;
    const start = (key & ~1) >>> 0;
    if (!thumb && start & 2) {
      this.fetchFault = key;
      return undefined;
    }
    const first = this.arena.reserve();
    const made = this.ready(key, full, first) ?? this.lifted(key, it, full, first);
    if (!made) return undefined;
    const block: Block = {
      key: full,
      start,
      end: made.end >>> 0,
      first,
      last: made.last,
      map: made.map,
      incoming: [],
      live: true,
      counts: made.counts,
      patched: undefined,
    };
    this.arena.add(block);
    if (this.foreign.has(full)) this.arena.patch(block, Code.Handover);
    this.memory.markCode(block.start, block.end);
    const instructions = made.map.length / 2 - 1;
    this.stats.blocks++;
    this.stats.translatedInstructions += instructions;
    garbage.made(GARBAGE * (instructions + 1));
    return block;
  }

  private lifted(
    key: number,
    it: number,
    full: number,
    first: number,
  ): TranslatedBlock | undefined {
    if (!this.translator) {
      const { Translator } = require("./translate.ts") as typeof import("./translate.ts");
      this.translator = new Translator(this.fetch, this.arena.words);
    }
    const single = full >= STEP_IT * 2 ** 32;
    const alone = full >= ALONE_IT * 2 ** 32;
    const plan = this.countingPlan;
    const made = this.translator.translate(key, first, { it, single, alone, plan });
    if (!("address" in made)) return made;
    this.fetchFault = made.address | (key & 1);
    return undefined;
  }

  /** The block as it was prepared, when all of it can be executed and nothing is to be counted in it. */
  private ready(key: number, full: number, first: number): TranslatedBlock | undefined {
    if (full > 0xffffffff || this.countingPlan) return undefined;
    const placed = this.prepared?.place(key, this.memory, this.arena.words, first);
    if (!placed) return undefined;
    for (let g = key >>> GRANULE_SHIFT; g <= (placed.end - 1) >>> GRANULE_SHIFT; g++)
      if (this.fetch(g << GRANULE_SHIFT) === undefined) return undefined;
    return placed;
  }

  /** The halfword at an address, or undefined where nothing can be executed. */
  readonly fetch = (address: number): number | undefined => {
    const a = address >>> 0;
    if (!(this.memory.rights[a >>> GRANULE_SHIFT] & READ)) {
      try {
        this.memory.checkAccess(a, 2, "execute");
      } catch (error) {
        if (error instanceof GuestFault) return undefined;
        throw error;
      }
    }
    return this.memory.u16[a >>> 1];
  };
}
