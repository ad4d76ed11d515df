import { ElfImage } from "../elf/mod.ts";
import { DebugInfo } from "./debug-info.ts";

/** Where files come from; every function gives undefined when there is none. */
export interface FileSource {
  /** The module itself, by its path on the guest's disk. */
  module(path: string): Uint8Array | undefined;
  /** A file in the folder of that module. */
  beside(path: string, name: string): Uint8Array | undefined;
  /** A file of that name in the folders that the user named. */
  elsewhere(name: string): Uint8Array | undefined;
  /** A source file, by the path that the compiler was given. */
  source?(path: string): Uint8Array | undefined;
}

interface Found {
  readonly module: Uint8Array;
  readonly best: Uint8Array | undefined;
  info: DebugInfo | undefined | "unread";
}

/** Kinds of ELF files and segments (gABI). */
const ET_DYN = 3;
const PT_LOAD = 1;
/** Source files that are longer are not shown. */
const SOURCE_MAX = 8 << 20;

/** What a file that holds the symbols of `hello.mo` is called. */
function namesFor(path: string): string[] {
  const name = path.slice(path.lastIndexOf("/") + 1);
  const dot = name.lastIndexOf(".");
  const stem = dot > 0 ? name.slice(0, dot) : name;
  return [`${name}.debug`, `${stem}.debug`, `${stem}.elf`, name];
}

/** Finds and keeps the files with the debugging information of modules. */
export class SymbolFiles {
  /** By path; null: there is no such file. */
  private readonly found = new Map<string, Found | null>();
  private readonly sources = new Map<string, readonly string[]>();
  /** What could not be read, or was not there, in sentences. */
  readonly problems = new Set<string>();

  constructor(private readonly source: FileSource) {}

  /** The file with the symbols of a module, when that is not the module itself. */
  file(path: string): Uint8Array | undefined {
    return this.look(path)?.best;
  }

  /** Lines and functions of a module; undefined when nothing is known of them. */
  info(path: string): DebugInfo | undefined {
    const found = this.look(path);
    if (!found) return undefined;
    if (found.info === "unread") found.info = this.read(path, found.best ?? found.module);
    return found.info;
  }

  /** What a module's file holds for link-time addresses; undefined where nothing is loaded from it, and in a relocatable file. */
  contents(path: string, address: number, size: number): Uint8Array | undefined {
    const found = this.look(path);
    const image = found && open(found.module);
    if (!image || image.header.type !== ET_DYN) return undefined;
    const segment = image.segments.find(
      ({ type, vaddr, filesz }) =>
        type === PT_LOAD && address >= vaddr && address + size <= vaddr + filesz,
    );
    if (!segment) return undefined;
    const at = address - segment.vaddr;
    return image.contents(segment).subarray(at, at + size);
  }

  private read(path: string, file: Uint8Array): DebugInfo | undefined {
    const { source } = this;
    const named = (name: string): Uint8Array | undefined =>
      source.elsewhere(name) ?? source.beside(path, name);
    return DebugInfo.read(file, {
      files: (name, folder) =>
        named(name.slice(name.lastIndexOf("/") + 1)) ??
        source.source?.(name.startsWith("/") ? name : `${folder ?? "."}/${name}`),
      packages: namesFor(path).map((name) => name.replace(/(\.debug|\.elf)?$/, ".dwp")),
      problem: (what) => this.problems.add(`debugging information of ${path}: ${what}`),
    });
  }

  /** The text of a source line without its indentation; undefined when the file is not to be had. */
  sourceLine(file: string, line: number): string | undefined {
    let lines = this.sources.get(file);
    if (lines === undefined) {
      const bytes = this.source.source?.(file);
      lines =
        bytes && bytes.length <= SOURCE_MAX ? new TextDecoder().decode(bytes).split("\n") : [];
      this.sources.set(file, lines);
    }
    return lines[line - 1]?.trim() || undefined;
  }

  private look(path: string): Found | undefined {
    const known = this.found.get(path);
    if (known !== undefined) return known ?? undefined;
    const module = this.source.module(path);
    if (!module) {
      this.found.set(path, null);
      return undefined;
    }
    const found: Found = { module, best: this.best(path, module), info: "unread" };
    this.found.set(path, found);
    return found;
  }

  /** Modules were loaded, from files that may have changed. */
  forget(): void {
    this.found.clear();
    this.sources.clear();
    this.problems.clear();
  }

  private best(path: string, module: Uint8Array): Uint8Array | undefined {
    const image = open(module);
    if (!image || hasLines(image)) return undefined;
    for (const name of namesFor(path)) {
      for (const bytes of [this.source.elsewhere(name), this.source.beside(path, name)]) {
        const other = bytes && open(bytes);
        if (other && hasLines(other) && sameCode(image, other)) return bytes;
      }
    }
    return undefined;
  }
}

function open(bytes: Uint8Array): ElfImage | undefined {
  try {
    return new ElfImage(bytes);
  } catch {
    return undefined;
  }
}

function hasLines(image: ElfImage): boolean {
  return [".debug_line", ".zdebug_line"].some((name) => image.section(name) !== undefined);
}

/** The files were linked together: the same code at the same addresses. A file of `objcopy --only-keep-debug` has no code to compare. */
function sameCode(a: ElfImage, b: ElfImage): boolean {
  try {
    const left = a.section(".text");
    const right = b.section(".text");
    if (!left || !right || left.addr !== right.addr || left.size !== right.size) return false;
    const ids = [a, b].map((image) => {
      const section = image.section(".note.gnu.build-id");
      return section ? Buffer.from(image.data(section)).toString("hex") : "";
    });
    if (ids[0] && ids[1]) return ids[0] === ids[1];
    const bytes = b.data(right);
    return bytes.length === 0 || Buffer.compare(a.data(left), bytes) === 0;
  } catch {
    return false;
  }
}
