import type { Machine } from "../machine/mod.ts";
import { VfsError } from "../vfs/mod.ts";
import { ArgumentError, programName } from "./command-line.ts";
import { fatName, modulePath, nameOf, pathText } from "./guest-path.ts";
import type { TestHost } from "./host.ts";
import { fileFix } from "./reader.ts";
import type { Scenario, Step } from "./scenario.ts";
import { onPlace, TestError } from "./test-error.ts";
import type { Position } from "./toml.ts";

type RunAction = Extract<Step["action"], { kind: "run" }>;

/** What a scenario puts on the disk of its machine: files, and the modules that its steps run. */
export class Placement {
  /** Which module lies at a path. */
  private readonly placed = new Map<string, string>();

  constructor(
    private readonly vfs: Machine["vfs"],
    private readonly host: TestHost,
  ) {}

  /** The files of the scenario and the modules of its steps; of several with one name the first. */
  all(scenario: Scenario): void {
    const { host, placed } = this;
    for (const { at, path, content } of scenario.files)
      onPlace(at, fileFix("from"), () =>
        this.write(
          path,
          "text" in content ? new TextEncoder().encode(content.text) : host.read(content.from),
        ),
      );
    for (const { action } of scenario.steps) {
      if (action.kind !== "run") continue;
      const { at } = action;
      const path = modulePath(action.module);
      onPlace(at, fileFix("run"), () => checkName(action.module));
      if (!placed.has(fatName(path))) this.module(at, action.module);
      // The others may not be missing either.
      else onPlace(at, fileFix("run"), () => host.read(action.module));
    }
    // Found missing now, however the program ends.
    for (const { same, sameAt } of scenario.expectedFiles)
      if (same !== undefined) onPlace(sameAt, fileFix("same"), () => host.read(same));
  }

  /** The module of a step that is about to start lies at its path: another one of that name may have been there. */
  ready({ module, at }: RunAction): void {
    if (this.placed.get(fatName(modulePath(module))) !== module) this.module(at, module);
  }

  private module(at: Position, module: string): void {
    const path = modulePath(module);
    onPlace(at, fileFix("run"), () => this.write(path, this.host.read(module)));
    this.placed.set(fatName(path), module);
  }

  private write(path: string, bytes: Uint8Array): void {
    const { vfs } = this;
    try {
      const folders = path.split("/").slice(1, -1);
      for (let n = 1; n <= folders.length; n++)
        makeFolder(vfs, `/${folders.slice(0, n).join("/")}`);
      vfs.writeFile(path, bytes);
    } catch (error) {
      if (!(error instanceof VfsError)) throw error;
      throw new TestError("disk", `cannot place ${pathText(path)} on the disk: ${error.message}`);
    }
  }
}

/** A module that cannot be started under its name. */
function checkName(module: string): void {
  try {
    programName(nameOf(module));
  } catch (error) {
    if (!(error instanceof ArgumentError)) throw error;
    throw new TestError("scenario", `${module}: ${error.message}`, error.fix);
  }
}

function makeFolder(vfs: Machine["vfs"], path: string): void {
  if (!vfs.exists(path)) vfs.mkdir(path);
}
