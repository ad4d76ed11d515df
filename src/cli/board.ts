import type { BlockDevice } from "../block/mod.ts";
import { Machine } from "../machine.ts";
import type { ShellParts } from "../shell/mod.ts";
import { LogFile } from "./log-file.ts";
import type { Settings } from "./settings.ts";
import { wallClock } from "./wall-clock.ts";

export interface BoardParts {
  readonly settings: Settings;
  readonly disk: BlockDevice;
  /** The host's time instead of virtual time. */
  readonly real: boolean;
  /** What the guest writes to uart0 and uart1. */
  readonly output: (bytes: Uint8Array) => void;
  /** MachineOptions.text, where no --log wants the line's bytes. */
  readonly text?: (bytes: Uint8Array, start: number, end: number) => void;
  readonly output1?: (bytes: Uint8Array) => void;
  readonly shell?: Pick<ShellParts, "editing" | "transfer">;
  readonly diagnostics: (text: string) => void;
}

/** A machine as the command line describes it, which can be started again on the same disk. */
export class Board {
  machine: Machine;
  /** `reboot` was called: `restart` makes the next machine. */
  rebooting = false;
  private readonly log: LogFile | undefined;
  private readonly disk: BlockDevice;

  constructor(private readonly parts: BoardParts) {
    const { settings, disk } = parts;
    this.disk = new KeptDisk(disk);
    this.machine = this.make();
    this.log =
      settings.log === undefined
        ? undefined
        : new LogFile(settings.log, () => this.machine.kernel.nanoseconds / 1e9);
  }

  /** The system starts again, as after a press of the reset button. */
  restart(): void {
    this.machine.close();
    this.rebooting = false;
    this.machine = this.make();
  }

  close(): void {
    this.machine.close();
    this.parts.disk.close();
    this.log?.close();
  }

  private make(): Machine {
    const { settings, real, output, text, output1, shell, diagnostics } = this.parts;
    const machine: Machine = new Machine({
      ...settings,
      disk: this.disk,
      wall: real ? wallClock() : undefined,
      output: (bytes) => {
        output(bytes);
        this.log?.write(bytes, machine.kernel.console.transferring);
      },
      text: settings.log === undefined ? text : undefined,
      gathers: !real && settings.log === undefined,
      output1,
      mute1: ["null", "file"].includes(settings.serial1?.kind ?? "null"),
      diagnostics,
      shell: {
        ...shell,
        historyLines: settings.history,
        rc: settings.rc,
        reset: () => {
          this.rebooting = true;
          this.machine.kernel.pause();
        },
      },
    });
    return machine;
  }
}

/** A disk that outlives the machine it is in. */
class KeptDisk implements BlockDevice {
  readonly sectorSize: number;
  readonly sectors: number;
  readonly readOnly: boolean;

  constructor(private readonly disk: BlockDevice) {
    this.sectorSize = disk.sectorSize;
    this.sectors = disk.sectors;
    this.readOnly = disk.readOnly;
  }

  read(sector: number, into: Uint8Array): void {
    this.disk.read(sector, into);
  }
  write(sector: number, from: Uint8Array): void {
    this.disk.write(sector, from);
  }
  flush(): void {
    this.disk.flush();
  }
  close(): void {}
}
