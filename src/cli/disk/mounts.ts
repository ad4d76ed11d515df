import { RamDevice } from "../../block/mod.ts";
import { FatVolume } from "../../fat/mod.ts";
import type { MachineMount } from "../../machine/mounts.ts";
import { HostFs } from "../../vfs/host-fs.ts";
import { ExitCode, UserError } from "../exit-codes.ts";
import { formOf, openDisk } from "../open-disk.ts";
import { sizeOf } from "./create.ts";
import { NodeFolder } from "./host-folder.ts";

const SMALLEST = 64 << 10;
const LARGEST = 2 ** 32;

/** `--mount WHAT:/PATH`: a folder of the host (read-only), an image, or `ram:SIZE`. */
export function parseMounts(texts: readonly string[], snapshot: boolean): MachineMount[] {
  const counts = { sd: 0, ram: 0, host: 0 };
  const taken = new Set<string>();
  return texts.map((text) => {
    const match = /^(.+):(\/.*)$/s.exec(text);
    if (!match)
      throw new UserError(
        ExitCode.Usage,
        `--mount: '${text}' does not say where`,
        "write for instance --mount ./data:/data, --mount card.img:/card or --mount ram:4M:/tmp",
      );
    const [, what, path] = match;
    const normal = `/${path.split("/").filter(Boolean).join("/")}`;
    if (normal === "/" || normal === "/dev" || /(^|\/)\.\.?(\/|$)/.test(normal))
      throw new UserError(ExitCode.Usage, `--mount: nothing can be mounted on ${path}`);
    if (taken.has(normal)) throw new UserError(ExitCode.Usage, `--mount: ${normal} is given twice`);
    taken.add(normal);
    const ram = /^ram:(.+)$/.exec(what);
    if (ram) {
      const device = new RamDevice(sizeOf("mount ram", ram[1], SMALLEST, LARGEST));
      FatVolume.format(device);
      return { path: normal, name: `ram${counts.ram++}`, disk: device };
    }
    if (formOf(what) === "folder") {
      const name = `host${counts.host++}`;
      return { path: normal, name, fs: new HostFs(new NodeFolder(what), name) };
    }
    return { path: normal, name: `sd${++counts.sd}`, disk: openDisk(what, snapshot) };
  });
}
