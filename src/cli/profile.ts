import type { Cpu } from "../cpu/types.ts";
import type { Machine } from "../machine.ts";
import {
  cpuprofile,
  folded,
  FunctionNames,
  type Profile,
  ProfileCore,
  speedscope,
  top,
} from "../trace/mod.ts";
import { ExitCode, UserError } from "./exit-codes.ts";
import { message } from "./outcome.ts";
import type { Parsed } from "./parse.ts";
import { reserveReport, writeReport } from "./report-file.ts";
import { symbolFiles } from "./symbol-files.ts";
import type { Tool } from "./tool.ts";

type Format = (profile: Profile, name: string) => string;

const FORMATS: readonly (readonly [ending: string, format: Format])[] = [
  [".cpuprofile", cpuprofile],
  [".speedscope.json", speedscope],
  [".folded", folded],
];

const TOP = 10;

/** `--profile` and `--top`. */
export class ProfileTool implements Tool {
  private readonly file: string | undefined;
  private readonly format: Format | undefined;
  private core_: ProfileCore | undefined;

  constructor(private readonly parsed: Parsed) {
    const file = (this.file = parsed.value("profile"));
    if (file === undefined) return;
    this.format = FORMATS.find(([ending]) => file.endsWith(ending))?.[1];
    if (!this.format) {
      throw new UserError(
        ExitCode.Usage,
        `--profile: the name '${file}' does not say which format is wanted`,
        `names end in ${FORMATS.map(([ending]) => ending).join(", ")}`,
      );
    }
    reserveReport(file);
  }

  core(cpu: Cpu): Cpu {
    this.core_ = new ProfileCore(cpu);
    return this.core_;
  }

  attach({ kernel, loader, firmware, vfs, options }: Machine): void {
    const files = symbolFiles(this.parsed, vfs);
    this.core_?.attach(
      { kernel, loader, firmware, prototypes: new Map() },
      { kernel, loader, symbols: firmware, image: options.firmware, files: () => files },
    );
  }

  detach(machine: Machine): void {
    const { parsed, core_: core } = this;
    if (!core) return;
    this.core_ = undefined;
    const read = (path: string): Uint8Array | undefined => {
      try {
        return machine.vfs.readFile(path);
      } catch {
        return undefined;
      }
    };
    const files = symbolFiles(parsed, machine.vfs);
    const names = new FunctionNames(files, read, (address) =>
      machine.firmware.nearest(address & ~1),
    );
    const profile = core.finish(names);
    if (core.overflowed)
      message("profile: the program has more code than can be counted, some is missing");
    for (const problem of files.problems) message(problem);
    if (this.format)
      writeReport(
        this.file as string,
        this.format(profile, parsed.operands.join(" ") || "rtt-sim"),
      );
    if (parsed.flag("top")) message(`${profile.total} instructions\n${top(profile, TOP)}`);
  }
}
