import { statSync } from "node:fs";
import { dirname, posix } from "node:path";
import { type BlockDevice, OverlayDevice, RamDevice } from "../block/mod.ts";
import type { MachineMount } from "../machine/mod.ts";
import { FatVolume } from "../fat/mod.ts";
import { TestError } from "../smoke/test-error.ts";
import {
  moduleScenario,
  parseScenario,
  scenarioText,
  type Scenario,
  ScratchDisks,
  type TestHost,
} from "../smoke/mod.ts";
import { defaultDisk, preparedCode } from "./assets.ts";
import { ExitCode, UserError } from "./exit-codes.ts";
import { collectBetween, collectGarbage } from "./garbage.ts";
import { fullSpeed } from "./jit-policy.ts";
import { openDisk } from "./open-disk.ts";
import { hostBytes } from "./settings.ts";
import { matches } from "./test-match.ts";
import { endWithParent } from "./test-parent.ts";
import { beside, type TestRef, withVolume } from "./test-discover.ts";

/** Size of the empty disk of a test. */
const DISK_BYTES = 64 * 1048576;

/** For all tests of the process. */
let prepared: Int32Array | undefined;

const blank = new ScratchDisks(() => {
  const device = new RamDevice(DISK_BYTES);
  FatVolume.format(device);
  return device;
});

/** The files of a test: on the host, or on the disk image that the test is on. */
export class TestFiles implements TestHost {
  readonly look = (): void => collectGarbage();
  readonly between = collectBetween;
  readonly check = endWithParent;
  readonly busy = fullSpeed;
  readonly matches = matches;

  constructor(
    private readonly ref: TestRef,
    readonly firmware: Uint8Array,
  ) {}

  get prepared(): Int32Array {
    return (prepared ??= preparedCode());
  }

  /** The test itself; throws ScenarioError. */
  scenario(): Scenario {
    const { id, kind, file, inside } = this.ref;
    const bytes = this.bytes(inside ?? file);
    const scenario =
      kind === "module"
        ? moduleScenario(inside ?? file, bytes)
        : parseScenario(id, scenarioText(id, bytes));
    return scenario;
  }

  read(name: string): Uint8Array {
    const { file, inside } = this.ref;
    try {
      return this.bytes(
        inside === undefined ? beside(file, name) : posix.resolve(dirname(inside), name),
      );
    } catch (error) {
      if (error instanceof UserError) throw new TestError("scenario", error.message, error.hint);
      throw error;
    }
  }

  disk(name: string | undefined): BlockDevice {
    const { file, inside } = this.ref;
    try {
      if (name === "default") return defaultDisk();
      if (name !== undefined) return new OverlayDevice(openDisk(beside(file, name), true));
      if (inside !== undefined) return new OverlayDevice(openDisk(file, true));
    } catch (error) {
      if (error instanceof UserError) throw new TestError("scenario", error.message, error.hint);
      throw error;
    }
    return blank.take();
  }

  /** Images are not changed. */
  mounts(texts: readonly string[]): readonly MachineMount[] {
    const { parseMounts } = require("./disk/mounts.ts") as typeof import("./disk/mounts.ts");
    return parseMounts(texts, true);
  }

  private bytes(path: string): Uint8Array {
    const { file, inside } = this.ref;
    if (inside === undefined) refuseSpecial(path);
    return inside === undefined
      ? hostBytes(path)
      : withVolume(file, (volume) => volume.readFile(path));
  }
}

/** A pipe that nobody writes to would be waited for without end. */
function refuseSpecial(path: string): void {
  const about = statSync(path, { throwIfNoEntry: false });
  if (about && !about.isFile() && !about.isDirectory())
    throw new UserError(ExitCode.BadData, `${path} is not a regular file`);
}
