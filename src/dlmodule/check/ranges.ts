import type { Bindings } from "../bind.ts";
import { LoadError } from "../load-error.ts";
import type { LoadPlan } from "../plan-types.ts";
import { relocate } from "../relocate-arm.ts";

/**
 * Where the heap of the board gives a module its block, about: as far from the kernel as a large one is, out of the 1 MiB that a
 * conditional branch of Thumb reaches.
 */
const SPACE = 0x60200000;
/** Larger ones are not tried. */
const SIZE_MAX = 64 * 1048576;
/** Types that hold any value. */
const WORDS = /^R_ARM_(NONE|ABS32|REL32|GLOB_DAT|JUMP_SLOT|RELATIVE|TARGET1|TARGET2)$/;

/** Where the functions of the kernel lie, about; they are Thumb code. */
export const KERNEL = 0x60040001;

/**
 * What does not fit or reach when the records are applied to a copy of the image at a typical address; undefined when all do.
 * `bindings` are those of a module of which nothing is missing, and are used up.
 */
export function outOfRange(
  plan: LoadPlan,
  bindings: Bindings,
  types: readonly string[],
): string | undefined {
  if (types.every((type) => WORDS.test(type)) || bindings.size > SIZE_MAX) return undefined;
  const block = (SPACE + ((plan.start - SPACE) & (plan.align - 1))) >>> 0;
  const image = new Uint8Array(bindings.size + SLACK);
  for (const { vaddr, bytes } of plan.segments) image.set(bytes, vaddr - plan.start);
  try {
    relocate(plan, bindings, new Window(image, block), block);
    return undefined;
  } catch (error) {
    if (error instanceof LoadError)
      return `${error.message} (assumed: loaded at 0x${block.toString(16)}, the kernel's functions at 0x${(KERNEL & ~1).toString(16)})`;
    throw error;
  }
}

/** Fields are read as words. */
const SLACK = 16;

/** Bytes that seem to lie at an address. */
class Window extends DataView<ArrayBuffer> {
  constructor(
    bytes: Uint8Array<ArrayBuffer>,
    private readonly base: number,
  ) {
    super(bytes.buffer);
  }
  override getInt8(at: number): number {
    return super.getInt8(at - this.base);
  }
  override getUint8(at: number): number {
    return super.getUint8(at - this.base);
  }
  override setUint8(at: number, value: number): void {
    super.setUint8(at - this.base, value);
  }
  override getUint16(at: number, little?: boolean): number {
    return super.getUint16(at - this.base, little);
  }
  override setUint16(at: number, value: number, little?: boolean): void {
    super.setUint16(at - this.base, value, little);
  }
  override getInt32(at: number, little?: boolean): number {
    return super.getInt32(at - this.base, little);
  }
  override setInt32(at: number, value: number, little?: boolean): void {
    super.setInt32(at - this.base, value, little);
  }
}
