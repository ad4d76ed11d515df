import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { RamDevice } from "../../src/block/mod.ts";

/** mtools and dosfstools, when they are installed. */
const TOOLS = ["mformat", "mcopy", "mdir", "mmd", "mattrib", "mkfs.fat", "fsck.fat"];

export function have(tool: string): boolean {
  return path(tool) !== null;
}

function path(tool: string): string | null {
  return Bun.which(tool, { PATH: `${process.env.PATH}:/usr/sbin:/sbin` });
}

export const haveAll = TOOLS.every(have);

/** A folder of its own that is gone at the end. */
export class Scratch {
  readonly folder = mkdtempSync(join(tmpdir(), "fat-"));

  file(name: string, contents?: Uint8Array | string): string {
    const full = join(this.folder, name);
    if (contents !== undefined) writeFileSync(full, contents);
    return full;
  }

  /** Standard output of a tool; throws with everything it said when it fails. */
  run(tool: string, ...args: string[]): string {
    const { exitCode, text } = this.try(tool, ...args);
    if (exitCode !== 0) throw new Error(`${tool} ${args.join(" ")}: ${exitCode}\n${text}`);
    return text;
  }

  try(tool: string, ...args: string[]): { exitCode: number; text: string } {
    const env = { ...process.env, MTOOLS_SKIP_CHECK: "0", MTOOLSRC: "/dev/null", TZ: "UTC" };
    const done = Bun.spawnSync([path(tool) ?? tool, ...args], { env });
    return { exitCode: done.exitCode, text: `${done.stdout}${done.stderr}` };
  }

  /** Writes a device to a file for the tools. */
  save(device: RamDevice, name = "disk.img"): string {
    return this.file(name, device.image());
  }

  load(image: string): RamDevice {
    const bytes = readFileSync(image);
    return new RamDevice(bytes.length, bytes);
  }

  /** fsck.fat finds nothing wrong. */
  check(device: RamDevice): void {
    this.run("fsck.fat", "-n", this.save(device, "check.img"));
  }

  remove(): void {
    rmSync(this.folder, { recursive: true });
  }
}
