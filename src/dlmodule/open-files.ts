import { callGuest, type Task } from "../kernel/call.ts";
import { ObjectClass } from "../kernel/types.ts";
import { type OpenFile, VfsError } from "../vfs/types.ts";
import type { LoaderParts } from "./context.ts";
import type { LeftBehind } from "./left-behind.ts";
import type { Module } from "./module.ts";

/** No descriptor has a number from here on. */
const FD_END = 64;

/** Which module has opened which descriptor: those that it leaves open are closed, streams with what is in their buffers. */
export class OpenFiles {
  /** Who opened a descriptor, and the return address of the call. */
  private readonly openers = new WeakMap<OpenFile, { module: Module; from: number | string }>();

  constructor(
    private readonly parts: LoaderParts,
    /** The place of a call, for people. */
    private readonly name: (site: number) => string,
    /** rt_device_close on the module's behalf. */
    private readonly closeDevice: (device: number) => Task<void>,
  ) {}

  /** For Vfs.opened; `from` is the return address of the call. */
  opened(fd: number, module: Module, from: number): void {
    this.openers.set(this.parts.vfs.file(fd), { module, from });
  }

  /** Closes what the module has left open, and names it in `things`. */
  *giveBack(module: Module, things: (LeftBehind | string)[]): Task<void> {
    const { vfs, symbols, firmware } = this.parts;
    for (const file of vfs.forgetProgram?.(module.address) ?? []) yield* this.closed(file);
    for (const file of vfs.openFiles?.() ?? []) {
      const opener = this.openers.get(file);
      if (!opener) continue;
      const { from } = opener;
      if (opener.module !== module) {
        // A library has opened it for somebody else.
        if (typeof from === "number" && module.contains(from)) opener.from = this.name(from);
        continue;
      }
      const stream = firmware?.streamOf?.(file.fd) ?? 0;
      things.push({
        kind: stream === 0 ? "descriptor" : "stream of descriptor",
        name: `${file.fd} (${file.path || "pipe"})`,
        from: typeof from === "string" ? from : from === 0 ? undefined : this.name(from),
      });
      if (stream !== 0) yield* callGuest(symbols.lookup("fclose"), stream);
      yield* this.close(file);
    }
  }

  /** Closes every number that stands for the file. */
  private *close(file: OpenFile): Task<void> {
    const { vfs } = this.parts;
    for (let fd = 0; fd < FD_END && vfs.openFiles().includes(file); fd++) {
      try {
        if (vfs.file(fd) === file && vfs.close(fd)) yield* this.closed(file);
      } catch (error) {
        if (!(error instanceof VfsError)) throw error;
      }
    }
  }

  /** No number stands for the file any more: its device has one reference less. The console's is the system's. */
  private *closed({ device }: OpenFile): Task<void> {
    const { kernel, vfs } = this.parts;
    if (!device || device.name === vfs.console?.device?.name) return;
    const address = kernel.objects.find(device.name, ObjectClass.Device);
    if (address !== 0) yield* this.closeDevice(address);
  }
}
