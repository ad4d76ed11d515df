import type { Directory } from "./directory.ts";
import type { OpenNodes } from "./nodes.ts";
import type { SharedClusters } from "./shared.ts";
import type { Store } from "./slots.ts";
import type { Stamp } from "./stamp.ts";
import type { Tree } from "./tree.ts";

/** What changes of directories need of their volume. */
export interface VolumeParts {
  readonly store: Store;
  readonly tree: Tree;
  readonly nodes: OpenNodes;
  readonly shared: SharedClusters;
  /** Throws when a directory cannot be changed. */
  checkChange(directory: Directory, path: string): void;
  now(): Stamp;
}
