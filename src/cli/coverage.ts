import { closeSync, existsSync, openSync, readFileSync, readSync, statSync } from "node:fs";
import type { Cpu } from "../cpu/types.ts";
import type { Machine } from "../machine.ts";
import { Coverage, CoverageCore, nameText } from "../trace/mod.ts";
import { ExitCode, UserError } from "./exit-codes.ts";
import { hostError } from "./host-file.ts";
import { message } from "./outcome.ts";
import type { Parsed } from "./parse.ts";
import { reserveReport, writeReport } from "./report-file.ts";
import { symbolFiles } from "./symbol-files.ts";
import type { Tool } from "./tool.ts";

const INCOMPLETE = "coverage: the program has more code than can be counted, some is missing";

/** `--coverage`: what all machines of the command executed, as one lcov tracefile. */
export class CoverageTool implements Tool {
  private readonly file: string;
  private readonly coverage = new Coverage();
  private core_: CoverageCore | undefined;
  private readonly unknown = new Set<string>();
  private readonly problems = new Set<string>();

  constructor(private readonly parsed: Parsed) {
    this.file = parsed.value("coverage") as string;
    const merge = parsed.flag("coverage-merge") && existsSync(this.file);
    if (merge) this.coverage.addFile(read(this.file));
    else {
      mustBeOurs(this.file);
      reserveReport(this.file);
    }
  }

  core(cpu: Cpu): Cpu {
    this.core_ = new CoverageCore(cpu);
    return this.core_;
  }

  attach({ kernel, loader, firmware }: Machine): void {
    this.core_?.attach({ kernel, loader, firmware, prototypes: new Map() });
  }

  detach(machine: Machine): void {
    const files = symbolFiles(this.parsed, machine.vfs);
    if (this.core_?.overflowed) this.problems.add(INCOMPLETE);
    const module = (path: string): Uint8Array | undefined => {
      try {
        return machine.vfs.readFile(path);
      } catch {
        return undefined;
      }
    };
    const unknown = this.core_?.finish(this.coverage, files, module) ?? [];
    for (const path of unknown) this.unknown.add(path);
    for (const problem of files.problems) this.problems.add(problem);
    this.core_ = undefined;
  }

  close(): void {
    writeReport(this.file, this.coverage.text());
    for (const problem of this.problems) message(problem);
    const { lines, covered } = this.coverage.summary;
    const unknown = [...this.unknown].map(nameText).join(", ");
    if (unknown !== "")
      message(
        `coverage: no line information in ${unknown}: nothing of it is counted\n  build with -g and do not strip, or name a folder with --symbols`,
      );
    if (lines > 0 || unknown === "")
      message(`coverage: ${covered} of ${lines} lines, in ${this.file}`);
  }
}

/** What lcov writes first: a test's name, a source file, or a comment of version 2. */
const TRACEFILE = /^\s*(#.*\n\s*)*(TN|SF):/;
/** Bytes of a file that are looked at: a comment and a record. */
const HEAD = 4096;

/** A file that is replaced is a tracefile, or empty, or no file that keeps anything, such as a pipe. */
function mustBeOurs(file: string): void {
  let head: string;
  try {
    if (!statSync(file).isFile()) return;
    const fd = openSync(file, "r");
    const bytes = Buffer.alloc(HEAD);
    try {
      head = bytes.toString("latin1", 0, readSync(fd, bytes, 0, HEAD, 0));
    } finally {
      closeSync(fd);
    }
  } catch {
    // Whether it can be written is found out next.
    return;
  }
  if (head.trim() !== "" && !TRACEFILE.test(head))
    throw new UserError(
      ExitCode.Usage,
      `--coverage: ${file} is there, and is not an lcov tracefile: it is not replaced`,
      "name another file, or remove this one",
    );
}

/** A tracefile, or an empty file. Others are not overwritten. */
function read(file: string): string {
  let text: string;
  try {
    text = readFileSync(file, "utf8");
  } catch (error) {
    throw hostError(file, error);
  }
  if (text.trim() !== "" && !TRACEFILE.test(text))
    throw new UserError(
      ExitCode.BadData,
      `--coverage-merge: ${file} is not an lcov tracefile`,
      "name another file, or remove this one",
    );
  return text;
}
