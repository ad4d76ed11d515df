import { Errno, Mode, OpenFlag } from "./constants.ts";
import type { FileSystem, Handle } from "./file-system.ts";
import { type DeviceNode, type DirEntry, type Stat, VfsError } from "./types.ts";

/** devfs: the registered devices, by name, in one directory. */
export class DevFs implements FileSystem {
  readonly type = "devfs";
  readonly device = undefined;

  /**
   * `nodes` gives the devices in the order of their list, newest first. `lookedFor` is told the name of one that is not among them, and
   * may add it.
   */
  constructor(
    private readonly nodes: () => readonly DeviceNode[],
    private readonly lookedFor: (name: string) => void = () => {},
  ) {}

  open(path: string, flags: number): Handle {
    if (path === "/" && flags & OpenFlag.Directory) return new DevDirectory(this.nodes());
    const device = this.find(path);
    if (!device) throw new VfsError(Errno.ENODEV, `/dev${path}: no such device`);
    return { type: "device", size: 0, device, close() {} };
  }

  stat(path: string): Stat {
    const device = this.find(path);
    if (!device) throw new VfsError(Errno.ENOENT, `/dev${path}: no such device`);
    const kind = device.kind ?? (device.block ? "block" : "character");
    const type = { character: Mode.Char, block: Mode.Block, pipe: Mode.Fifo, other: Mode.Reg }[
      kind
    ];
    return { mode: type | Mode.Read | Mode.Write, size: 0, mtime: 0 };
  }

  sync(): void {}
  unmount(): void {}

  private find(path: string): DeviceNode | undefined {
    const found = this.node(path);
    if (found !== undefined) return found;
    this.lookedFor(path.slice(1));
    return this.node(path);
  }

  private node(path: string): DeviceNode | undefined {
    for (const node of this.nodes()) if (`/${node.name}` === path) return node;
    return undefined;
  }
}

class DevDirectory implements Handle {
  readonly type = "dir";
  readonly size = 0;
  private index = 0;

  constructor(private readonly nodes: readonly DeviceNode[]) {}

  next(): DirEntry | undefined {
    const node = this.nodes[this.index];
    if (!node) return undefined;
    this.index++;
    return { name: node.name, directory: false, size: 0 };
  }

  seekEntry(index: number): void {
    this.index = index;
  }

  close(): void {}
}
