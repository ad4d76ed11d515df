export interface Stat {
  /** S_IFREG, S_IFDIR, S_IFCHR or S_IFBLK plus permission bits. */
  readonly mode: number;
  readonly size: number;
  /** Seconds since 1970. */
  readonly mtime: number;
}

export interface DirEntry {
  readonly name: string;
  readonly directory: boolean;
  readonly size: number;
}

export interface StatFs {
  readonly blockSize: number;
  readonly blocks: number;
  readonly free: number;
}

/** A character or block device as devfs shows it; the kernel provides these. */
export interface DeviceNode {
  readonly name: string;
  readonly block: boolean;
  /** What stat says; without it a block device is one and everything else a character device. */
  readonly kind?: "character" | "block" | "pipe" | "other";
}
