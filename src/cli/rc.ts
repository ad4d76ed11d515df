import { type BlockDevice, cardDevice } from "../block/mod.ts";
import { extraDisk, type MachineMount } from "../machine/mounts.ts";
import { OpenFlag, Vfs, VfsError } from "../vfs/mod.ts";
import { ExitCode, UserError } from "./exit-codes.ts";

/** The disk's name on the board. */
const DISK = "sd0";

/**
 * Looks for the script of `--rc` before anything is started, on the file systems as the machine will have them; nothing is written.
 *
 * @throws UserError without one.
 */
export function checkScript(
  path: string,
  disk: BlockDevice,
  mounts: readonly MachineMount[] = [],
): void {
  const vfs = new Vfs({
    disk: (name) => (name === DISK ? cardDevice(disk) : extraDisk(mounts, name)),
    fileSystem: (name) => mounts.find((mount) => mount.name === name)?.fs,
    places: mounts.length,
  });
  try {
    vfs.mount(DISK, "/", "elm");
    for (const { name, path: place, fs } of mounts) vfs.attach(name, place, fs?.type ?? "elm");
    vfs.close(vfs.open(path, OpenFlag.RdOnly));
  } catch (error) {
    if (!(error instanceof VfsError)) throw error;
    throw new UserError(
      ExitCode.NoInput,
      `--rc: there is no script '${path}' on the disk`,
      "the path is one of the simulated system; 'rtt-sim disk cp FILE DISK:/PATH' puts a file there",
    );
  }
}
