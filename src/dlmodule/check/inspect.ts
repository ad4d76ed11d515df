import {
  amount,
  ElfError,
  ElfImage,
  ET,
  machineName,
  relocationName,
  SHF,
  SHN,
  SHT,
  STB,
} from "../../elf/mod.ts";
import { type Bindings, bind } from "../bind.ts";
import { floatFunctions } from "../float-abi.ts";
import { type HeapNeed, heapNeed, heapTaken, noRoom } from "../heap-need.ts";
import { STACK_404, STACK_DEFAULT } from "../layout.ts";
import { LoadError } from "../load-error.ts";
import { planLoad } from "../plan.ts";
import type { LoadPlan } from "../plan-types.ts";
import { explainMissing } from "../reasons.ts";
import { SIZE, UNKNOWN } from "../rows-arm.ts";
import { merged, partAt } from "../segments.ts";
import { type Attributes, readAttributes } from "./attributes.ts";
import type { CheckReport, Details, Import, RelocationCount } from "./report.ts";
import { addressName, functionUses, nameOf } from "./functions.ts";
import { KERNEL, outOfRange } from "./ranges.ts";
import type { Target } from "./symbol-list.ts";

/** A library that other files of the same check may need. */
export interface Library {
  readonly name: string;
  readonly exports: ReadonlySet<string>;
  /** Libraries that it needs itself. */
  readonly needed?: readonly string[];
  /** What loading it takes; absent when it does not load. */
  readonly heap?: HeapNeed;
}

export interface InspectOptions {
  readonly target: Target;
  readonly libraries: readonly Library[];
  /** The C library here takes floating-point values in VFP registers. */
  readonly hardFloat: boolean;
  /** Functions of the C library with an entry for the other way; none when absent. */
  readonly floatEntries?: { has(name: string): boolean };
  /** Bytes of RAM of the board; the reference board's when absent. */
  readonly ram?: number;
  /** Stack of a main thread when the module does not say. */
  readonly stack?: number;
  /** How the firmware was compiled, to compare with; undefined when it does not say: then as the original kernel. */
  readonly firmware: Attributes | undefined;
}

/** Sizes that the kernel and its C library were compiled with: -fshort-enums is the default of arm-none-eabi. */
const SYSTEM = { enums: "variable", wchar: 4 } as const;
/** Relocation types that 4.0.4 knows. */
const KNOWN_TO_404: ReadonlySet<string> = new Set(
  "NONE PC24 ABS32 REL32 THM_CALL GLOB_DAT JUMP_SLOT RELATIVE PLT32 CALL JUMP24 THM_JUMP24 V4BX"
    .split(" ")
    .map((name) => `R_ARM_${name}`),
);
const COPY = "R_ARM_COPY";
const PT_GNU_STACK = 0x6474e551;
const HARD = 0x400;
const SOFT = 0x200;

/** Of a library with the name of a program. */
const NO_PROGRAM =
  "it has no entry, and the shell cannot start it: a program has a function main and is linked with -e main";

/** Would this file load, and what is wrong with it? Nothing is run and nothing is allocated in a guest. */
export function inspect(file: string, bytes: Uint8Array, options: InspectOptions): CheckReport {
  const { target } = options;
  const report = { file, against: target.name };
  let image: ElfImage;
  try {
    if (bytes.length === 0) throw new ElfError("magic", "the file is empty");
    image = new ElfImage(bytes);
  } catch (error) {
    if (!(error instanceof ElfError)) throw error;
    return { ...report, verdict: "malformed", reasons: [error.message], warnings: [] };
  }
  try {
    const result = new Inspection(image, bytes, options).result();
    const stranded = result.details?.kind === "library" && /\.mo$/i.test(file);
    const warnings = stranded ? [...result.warnings, NO_PROGRAM] : result.warnings;
    return { ...report, ...result, warnings };
  } catch (error) {
    if (error instanceof LoadError)
      return { ...report, verdict: "refused", reasons: error.message.split("\n"), warnings: [] };
    if (!(error instanceof ElfError)) throw error;
    return { ...report, verdict: "malformed", reasons: [error.message], warnings: [] };
  }
}

/** What a file offers to others that name it in DT_NEEDED; undefined for one that cannot be read. */
export function libraryOf(name: string, bytes: Uint8Array): Library | undefined {
  try {
    const plan = planLoad(new ElfImage(bytes), { compat404: false });
    const heap = libraryHeap(bytes.length, plan);
    return { name, exports: new Set(plan.exports.keys()), needed: plan.needed, heap };
  } catch (error) {
    if (error instanceof ElfError || error instanceof LoadError) return undefined;
    throw error;
  }
}

function libraryHeap(file: number, plan: LoadPlan): HeapNeed | undefined {
  try {
    const { size } = bind(plan, { lookup: () => KERNEL, compat404: false });
    return { ...heapNeed(file, plan, size, 0), thread: [] };
  } catch (error) {
    if (error instanceof ElfError || error instanceof LoadError) return undefined;
    throw error;
  }
}

class Inspection {
  private readonly plan: LoadPlan;
  private readonly bindings: Bindings;
  private readonly reasons: string[] = [];
  private readonly warnings: string[] = [];
  /** Where a symbol was found. */
  private readonly from = new Map<string, string>();
  private readonly relocations: RelocationCount[];
  private readonly need: HeapNeed;

  constructor(
    private readonly image: ElfImage,
    private readonly bytes: Uint8Array,
    private readonly options: InspectOptions,
  ) {
    const { target } = options;
    this.plan = planLoad(image, { compat404: false });
    this.relocations = this.count();
    const unsupported = this.relocations.some(({ supported }) => !supported);
    const lookup = (name: string): number => (this.find(name) ? KERNEL : 0);
    // A stock loader passes over the types that it does not know: so that the rest is checked as well, so does this.
    try {
      this.bindings = bind(this.plan, { lookup, compat404: false });
    } catch (error) {
      if (!(error instanceof LoadError) || !unsupported) throw error;
      if (!target.stock) this.reasons.push(...error.message.split("\n"));
      this.bindings = bind(this.plan, { lookup, compat404: true });
    }

    const { stack = target.stock ? STACK_404 : STACK_DEFAULT } = options;
    this.need = heapNeed(bytes.length, this.plan, this.bindings.size, stack, target.stock);
  }

  result(): Pick<CheckReport, "verdict" | "reasons" | "warnings" | "details"> {
    const { reasons, warnings } = this;
    const details = this.details();
    this.judge(details);
    this.warn(details);
    return { verdict: reasons.length === 0 ? "loadable" : "refused", reasons, warnings, details };
  }

  private find(name: string): boolean {
    const { target, libraries } = this.options;
    if (target.has(name)) this.from.set(name, target.name);
    else if (!target.stock) {
      // What it needs, and what that needs, breadth first.
      const order = new Set(this.plan.needed);
      for (const needed of order) {
        const library = libraries.find((candidate) => candidate.name === needed);
        if (library?.exports.has(name)) {
          this.from.set(name, library.name);
          break;
        }
        for (const further of library?.needed ?? []) order.add(further);
      }
    }
    return this.from.has(name);
  }

  /** Those that are checked along and are loaded with the file, each once. */
  private librariesOf(names: readonly string[], seen: Set<string>): HeapNeed[] {
    return names.flatMap((name) => {
      const library = this.options.libraries.find((candidate) => candidate.name === name);
      if (seen.has(name) || !library?.heap) return [];
      seen.add(name);
      return [{ ...library.heap, libraries: this.librariesOf(library.needed ?? [], seen) }];
    });
  }

  private judge({ imports }: Details): void {
    const { target, hardFloat } = this.options;
    const { plan, bindings } = this;
    const missing = imports.filter((one) => one.from === undefined && (!one.weak || target.stock));
    if (missing.length > 0)
      this.reasons.push(
        ...explainMissing(
          missing.map(({ name }) => name),
          targetTable(target),
          target.stock,
        ),
      );
    // 4.0.4 loads no libraries.
    const along = target.stock ? [] : this.librariesOf(plan.needed, new Set());
    const tight = noRoom({ ...this.need, libraries: along }, this.options.ram);
    if (tight) this.reasons.push(tight);
    // A stock loader puts in what fits; ours comes so far only when nothing is missing.
    if (!target.stock && this.reasons.length === 0) {
      const types = this.relocations.map(({ type }) => type);
      const reason = outOfRange(plan, bindings, types);
      if (reason) this.reasons.push(reason);
    }
    if (plan.linked) return;
    const floats = floatFunctions(bindings.imports).filter(
      (name) => target.stock || !this.options.floatEntries?.has(name),
    );
    if (plan.hardFloat !== hardFloat && floats.length > 0)
      (target.stock ? this.warnings : this.reasons).push(
        `it passes floating-point values in ${plan.hardFloat ? "VFP" : "core"} registers, unlike the C library that it calls (${floats.join(", ")}): build with -mfloat-abi=${hardFloat ? "hard" : "softfp"}`,
      );
  }

  private warn(details: Details): void {
    const { warnings } = this;
    const { target, firmware } = this.options;
    const { sizes, attributes } = details;
    if (details.kind !== "object" && details.textRelocations > 0)
      warnings.push(
        `${details.textRelocations} relocations change its code: build with -fPIC (and without -mno-pic-data-is-text-relative)`,
      );
    if (details.executableStack)
      warnings.push(
        "it asks for an executable stack (nested functions or assembler without .note.GNU-stack)",
      );
    if (sizes.file > 2 * sizes.stripped && sizes.file - sizes.stripped > 1024)
      warnings.push(
        `${sizes.file - sizes.stripped} of its ${amount(sizes.file, "byte")} are symbols and debug information: arm-none-eabi-strip makes it smaller`,
      );
    const enums = firmware?.enums ?? SYSTEM.enums;
    if (attributes?.enums && attributes.enums !== enums)
      warnings.push(
        `its enumerations have ${attributes.enums} size, the system's ${enums} size: build with ${enums === "int" ? "-fno-short-enums" : "-fshort-enums"}`,
      );
    const wchar = firmware?.wchar || SYSTEM.wchar;
    if (attributes?.wchar && attributes.wchar !== wchar)
      warnings.push(`its wchar_t has ${amount(attributes.wchar, "byte")}, the system's ${wchar}`);
    for (const name of details.needed)
      if (!this.options.libraries.some((library) => library.name === name))
        warnings.push(
          target.stock
            ? `it needs the library ${name} (DT_NEEDED), which 4.0.4 does not load`
            : `it needs the library ${name} (DT_NEEDED), which must be in /lib`,
        );
    const { copies } = this.bindings;
    if (copies.length > 0)
      warnings.push(
        `it has copies of variables of others, ${copies.map(({ name }) => name).join(", ")}: what their owner stores later is not in them; build with -fPIC`,
      );
    if (details.relocations.some(({ type }) => type === "R_ARM_SBREL32"))
      warnings.push(
        "it counts from a static base (RWPI), which its own code has to put into r9: build with -fPIC in place of -frwpi",
      );
    if (details.kind === "library" && details.exports.length === 0)
      warnings.push("it has no entry and exports nothing: nobody can call it");
    const skipped = this.skipped();
    if (skipped.length > 0)
      warnings.push(
        `it is a file of RT-Thread's own linker (\\177RTM), whose imports are not looked up: ${amount(skipped.length, "symbol")} of others (${skipped.slice(0, 5).join(", ")}${skipped.length > 5 ? ", ..." : ""}) keep what the file has in their places, 0 in one that was never linked: load it as an ELF file`,
      );
    if (target.stock) this.warnStock(details);
  }

  /** Undefined symbols that records of a linked file name: the loader passes over those records. */
  private skipped(): string[] {
    const names = new Set<string>();
    if (!this.plan.linked) return [];
    for (const table of this.plan.relocations)
      for (let i = 0; i < table.count; i++) {
        const symbol = table.symbol(i);
        if (symbol !== 0 && table.symbols.shndx(symbol) === SHN.UNDEF)
          names.add(nameOf(table.symbols, symbol) ?? `symbol ${symbol}`);
      }
    return [...names];
  }

  /** What a stock 4.0.4 does without a word. */
  private warnStock(details: Details): void {
    const { warnings } = this;
    for (const { type, count, skippedBy404 } of details.relocations)
      if (skippedBy404)
        warnings.push(
          `4.0.4 passes over ${type} (${amount(count, "record")}): what they point at stays wrong`,
        );
    if (details.kind === "object")
      warnings.push(
        "4.0.4 relocates only the first section of an object file: link it with -shared",
      );
    if (details.constructors > 0)
      warnings.push(
        `4.0.4 does not run its ${amount(details.constructors, "constructor")}: C++ objects of the file stay zero`,
      );
    const large = details.stackUse.filter(
      ({ stack, stackIs }) => stackIs === "computed" || (stack ?? 0) > STACK_404 / 2,
    );
    for (const { name, stack } of large.slice(0, 5))
      warnings.push(
        `${name} takes ${stack === null ? "stack of a size known at run time only" : `${amount(stack, "byte")} of stack`}; 4.0.4 gives a main thread ${STACK_404}`,
      );
    const { entry } = details;
    const first = entry && (entry.symbol ?? addressName(entry.address));
    const main = details.stackUse.find(({ name }) => name === first);
    const alone = main !== undefined && large.includes(main) && main.deepest === main.stack;
    if (!alone && (main?.deepest ?? 0) > STACK_404)
      warnings.push(
        `${main!.name} takes ${main!.deepest} bytes of stack with what it calls; 4.0.4 gives a main thread ${STACK_404}`,
      );
  }

  private details(): Details {
    const { image, plan, bytes, bindings } = this;
    const { header } = image;
    const entry = plan.program ? plan.entry : undefined;
    return {
      kind: header.type === ET.REL ? "object" : plan.program ? "program" : "library",
      machine: machineName(header.machine),
      instructionSet: this.instructionSet(entry),
      floatAbi: header.flags & HARD ? "hard" : header.flags & SOFT ? "soft" : "unspecified",
      attributes: readAttributes(image),
      entry: entry === undefined ? undefined : { address: entry, symbol: this.nameAt(entry) },
      needed: plan.needed,
      imports: this.imports(),
      exports: [...plan.exports.values()]
        // `_stack` and its kin are numbers of the linker, whatever section they claim after `strip`.
        .filter(({ value }) => value >= plan.start && value < plan.start + plan.size)
        .map(({ name }) => name),
      relocations: this.relocations,
      textRelocations: this.textRelocations(),
      sizes: {
        file: bytes.length,
        ...this.sizes(),
        memory: bindings.size,
        heap: heapTaken(this.need),
      },
      executableStack: image.segments.some(
        ({ type, flags }) => type === PT_GNU_STACK && (flags & 1) !== 0,
      ),
      constructors: (plan.preinit.size + plan.init.size) >>> 2,
      destructors: plan.fini.size >>> 2,
      stackUse: functionUses(image, plan),
    };
  }

  private imports(): Import[] {
    const imports: Import[] = [];
    const { symbols } = this.plan;
    const { target } = this.options;
    const missing = new Set(this.bindings.missing);
    const used = new Set([...this.bindings.imports, ...missing]);
    const copies = this.relocations.some(({ type }) => type === COPY);
    for (let i = 1; i < (symbols?.count ?? 0); i++) {
      if (symbols!.bind(i) === STB.LOCAL) continue;
      // A variable that the file has a copy of is defined in it, and comes from others all the same.
      const copied = copies && used.has(nameOf(symbols!, i) ?? "");
      if (symbols!.shndx(i) !== SHN.UNDEF && !copied) continue;
      // A name that cannot be read is one that no record uses: the loader has read theirs.
      const name = nameOf(symbols!, i);
      const weak = symbols!.weak(i);
      // Undefined names that no record uses are no imports.
      if (name === undefined || (!used.has(name) && !weak)) continue;
      this.find(name);
      const from = this.from.get(name);
      const hint =
        from === undefined && (!weak || target.stock)
          ? explainMissing([name], targetTable(target), target.stock)[0]?.replace(/^[^:]*: /, "")
          : undefined;
      imports.push({ name, from, weak, ...(hint ? { hint } : {}) });
    }
    return imports.sort((a, b) => (a.name < b.name ? -1 : 1));
  }

  private count(): RelocationCount[] {
    const counts = new Map<number, number>();
    for (const table of this.plan.relocations)
      for (let i = 0; i < table.count; i++) {
        const type = table.type(i);
        counts.set(type, (counts.get(type) ?? 0) + 1);
      }
    return [...counts]
      .sort(([, a], [, b]) => b - a)
      .map(([code, count]) => {
        const type = relocationName(code);
        const skippedBy404 = !KNOWN_TO_404.has(type);
        return { type, count, supported: SIZE[code] !== UNKNOWN, skippedBy404 };
      });
  }

  private textRelocations(): number {
    const { sections } = this.image;
    // The sections of an object have no addresses of their own.
    const code = this.plan.object
      ? this.plan.segments
          .filter(({ writable }) => !writable)
          .map(({ vaddr, memsz: size }) => ({ vaddr, size }))
      : merged(
          sections
            .filter(({ flags }) => (flags & SHF.ALLOC) !== 0 && (flags & SHF.WRITE) === 0)
            .map(({ addr: vaddr, size }) => ({ vaddr, size })),
        );
    let count = 0;
    for (const table of this.plan.relocations)
      for (let i = 0; i < table.count; i++) {
        const at = table.offset(i);
        const part = partAt(code, at);
        if (part && at < part.vaddr + part.size) count++;
      }
    return count;
  }

  private sizes(): Omit<Details["sizes"], "file" | "memory" | "heap"> {
    const sizes = { stripped: 0, code: 0, constants: 0, data: 0, bss: 0 };
    // An object needs its symbols to be loaded.
    const object = this.image.header.type === ET.REL;
    for (const { name, type, flags, size } of this.image.sections) {
      if ((flags & SHF.ALLOC) === 0) {
        const symbols = !object && (type === SHT.SYMTAB || name === ".strtab");
        if (symbols || /^\.(rel\.)?debug/.test(name)) sizes.stripped -= size;
        continue;
      }
      if (type === SHT.NOBITS) sizes.bss += size;
      else if ((flags & SHF.EXECINSTR) !== 0) sizes.code += size;
      else if ((flags & SHF.WRITE) !== 0) sizes.data += size;
      else sizes.constants += size;
    }
    sizes.stripped = Math.max(0, this.bytes.length + sizes.stripped);
    return sizes;
  }

  private instructionSet(entry: number | undefined): Details["instructionSet"] {
    if (entry !== undefined) return entry & 1 ? "Thumb" : "A32";
    const [first] = this.plan.functions;
    return first && (first.value & 1 ? "Thumb" : "A32");
  }

  private nameAt(address: number): string | undefined {
    for (const { name, value } of this.plan.exports.values()) if (value === address) return name;
    return undefined;
  }
}

function targetTable(target: Target): Parameters<typeof explainMissing>[1] {
  return {
    lookup: (name) => (target.has(name) ? 1 : 0),
    *entries() {
      for (const name of target.names()) yield { name, address: 1 };
    },
    nearest: () => undefined,
  };
}
