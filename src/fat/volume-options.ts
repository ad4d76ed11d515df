/** How a volume is mounted. */
export interface MountOptions {
  /** Seconds since 1970 for time stamps; absent, or giving undefined: files carry no time (date and time 0). */
  readonly clock?: () => number | undefined;
  /** Refuse every change even when the device could be written. */
  readonly readOnly?: boolean;
  /** A directory can be moved into itself, as FatFs lets it: nothing can reach it afterwards. */
  readonly selfMoves?: boolean;
  /**
   * Entries of a directory lie as close as FatFs puts them. Else a new one with its long name does not lie in two sectors when it
   * fits in one: killed while it is written or removed, no half of it is left.
   */
  readonly packed?: boolean;
  /**
   * Descriptors of one file do not see what the others write, as those of FatFs: each has its own sector in memory and the size it
   * has seen. What one of them wrote is lost when another writes its own sector there. Else they share both (POSIX).
   */
  readonly separate?: boolean;
  /**
   * Names that differ in an accent are two files, as for Windows, Linux and mtools. FatFs, and so a volume without this, derives
   * CAFE.TXT from café.txt and takes each of both names for the other.
   */
  readonly distinctNames?: boolean;
}

/** How `open` treats a file that exists, or does not. */
export interface OpenMode {
  readonly write: boolean;
  /**
   * - existing: it must exist.
   * - always: open it, or create it.
   * - truncate: create it, or cut it to nothing.
   * - new: create it; it must not exist.
   */
  readonly create: "existing" | "always" | "truncate" | "new";
}

/** In bytes and clusters. */
export interface FatSpace {
  readonly sectorSize: number;
  readonly clusterSize: number;
  readonly clusters: number;
  readonly freeClusters: number;
}
