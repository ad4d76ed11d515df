import { FatError, type FatVolume } from "../fat/mod.ts";
import { Errno } from "./constants.ts";
import type { asVfs } from "./fat-errors.ts";
import { VfsError } from "./types.ts";

/** Sentences about damage, for one volume. */
const MOST_TOLD = 10;

/**
 * At the first damage of a volume that is met, the user is told, and it is read-only from then on: what is written to a file whose
 * chain is broken may land in another. Files can still be removed: on the board that is how a damaged one is got rid of.
 */
export class DamageGuard {
  private readonly told = new Set<string>();

  constructor(
    private readonly volume: FatVolume,
    private readonly device: string,
    private readonly call: typeof asVfs,
    private readonly warn: ((text: string) => void) | undefined,
  ) {
    volume.onDamage = (path, damage) => this.met(path, damage.message);
  }

  run<T>(path: string, call: () => T): T {
    return this.call(() => {
      try {
        return call();
      } catch (error) {
        if (error instanceof FatError && error.reason === "damaged") this.met(path, error.message);
        throw error;
      }
    });
  }

  /** @throws VfsError EROFS */
  checkWritable(): void {
    if (this.told.size > 0)
      throw new VfsError(Errno.EROFS, `${this.device} is damaged and read-only since that was met`);
  }

  private met(path: string, text: string): void {
    if (this.told.has(text)) return;
    this.volume.keepMark();
    const first = this.told.size === 0;
    this.told.add(text);
    if (this.told.size > MOST_TOLD) return;
    this.warn?.(
      `${this.device}: ${path}: ${text}${first ? "; it is read-only from now on; rtt-sim disk fsck --repair IMAGE mends it" : ""}`,
    );
  }
}
