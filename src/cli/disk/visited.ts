import type { FatVolume } from "../../fat/mod.ts";
import { ExitCode, UserError } from "../exit-codes.ts";

/** Deeper than paths that people use; each level is a call. */
const MAX_DEPTH = 256;

/** The directories of an image that a walk has entered: a damaged or hostile one has directories in each other without end. */
export class Visited {
  private readonly starts = new Set<number>();

  constructor(
    private readonly volume: FatVolume,
    private readonly image: string,
  ) {}

  /** @throws UserError for a directory that was entered before */
  enter(path: string): void {
    const start = this.volume.directoryStart(path);
    const again = this.starts.has(start);
    this.starts.add(start);
    if (again || path.split("/").length > MAX_DEPTH)
      throw new UserError(
        ExitCode.BadData,
        `${this.image}:${path}: ${again ? "leads to a directory that has another path, too: a circle?" : `directories lie more than ${MAX_DEPTH} deep`}`,
        `rtt-sim disk fsck ${this.image} says more`,
      );
  }
}
