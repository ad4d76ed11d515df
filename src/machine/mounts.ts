import { type BlockDevice, cardDevice } from "../block/mod.ts";
import { DEVICE_FLAG_RDWR, DEVICE_OFLAG_OPEN, DeviceClass } from "../kernel/abi/constants.ts";
import { DEVICE } from "../kernel/abi/layout.ts";
import type { Kernel } from "../kernel/mod.ts";
import { cardDriver } from "../kernel/posix/mod.ts";
import { type FileSystem, type Vfs, VfsError } from "../vfs/mod.ts";

/** A file system that the machine has beside that of its disk: a block device with FAT, or one of another kind. */
export interface MachineMount {
  /** Absolute; the directory need not exist. */
  readonly path: string;
  /** Of its device, at most 7 characters; `mount`, `umount` and `mkfs` of the shell know it by that. */
  readonly name: string;
  readonly disk?: BlockDevice;
  readonly fs?: FileSystem;
}

/** The volume of a mount's disk. */
export function extraDisk(mounts: readonly MachineMount[], name: string): BlockDevice | undefined {
  const disk = mounts.find((mount) => mount.name === name)?.disk;
  return disk && cardDevice(disk);
}

/** Registers the disks as devices of the kernel and mounts everything. */
export function attachMounts(
  kernel: Kernel,
  vfs: Vfs,
  {
    mounts = [],
    diagnostics,
  }: {
    readonly mounts?: readonly MachineMount[];
    readonly diagnostics?: (text: string) => void;
  },
): void {
  for (const { name, path, disk, fs } of mounts) {
    if (disk) register(kernel, vfs, name, cardDevice(disk));
    try {
      vfs.attach(name, path, fs?.type ?? "elm");
    } catch (error) {
      if (!(error instanceof VfsError)) throw error;
      diagnostics?.(`${path} is not mounted: ${error.message}`);
    }
  }
}

function register(kernel: Kernel, vfs: Vfs, name: string, disk: BlockDevice): void {
  const { memory } = kernel;
  const device = kernel.systemAlloc(DEVICE.size);
  memory.fill(device, DEVICE.size, 0);
  DEVICE.device_type.set(memory, device, DeviceClass.Block);
  kernel.devices.register(device, name, DEVICE_FLAG_RDWR);
  DEVICE.open_flag.set(memory, device, DEVICE_OFLAG_OPEN | DEVICE_FLAG_RDWR);
  DEVICE.ref_count.set(memory, device, 1);
  kernel.devices.attach(
    device,
    cardDriver(kernel, disk, () => vfs.reload(name)),
  );
}
