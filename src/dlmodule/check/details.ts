import {
  type ElfImage,
  ET,
  machineName,
  relocationName,
  SHF,
  SHN,
  SHT,
  STB,
} from "../../elf/mod.ts";
import { heapTaken } from "../heap-need.ts";
import type { LoadPlan } from "../plan-types.ts";
import { SIZE, UNKNOWN } from "../rows-arm.ts";
import { merged, partAt } from "../segments.ts";
import { readAttributes } from "./attributes.ts";
import { functionUses, nameOf } from "./functions.ts";
import type { Details, Import, RelocationCount } from "./report.ts";
import { missingReasons, type Subject } from "./subject.ts";

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

/** What is to be known of a file, whether it loads or not. */
export function detailsOf(subject: Subject): Details {
  const { image, plan, bytes, bindings } = subject;
  const { header } = image;
  const entry = plan.program ? plan.entry : undefined;
  return {
    kind: header.type === ET.REL ? "object" : plan.program ? "program" : "library",
    machine: machineName(header.machine),
    instructionSet: instructionSet(plan, entry),
    floatAbi: header.flags & HARD ? "hard" : header.flags & SOFT ? "soft" : "unspecified",
    attributes: readAttributes(image),
    entry: entry === undefined ? undefined : { address: entry, symbol: nameAt(plan, entry) },
    needed: plan.needed,
    imports: importsOf(subject),
    exports: [...plan.exports.values()]
      // `_stack` and its kin are numbers of the linker, whatever section they claim after `strip`.
      .filter(({ value }) => value >= plan.start && value < plan.start + plan.size)
      .map(({ name }) => name),
    relocations: subject.relocations,
    textRelocations: textRelocations(image, plan),
    sizes: {
      file: bytes.length,
      ...sizesOf(image, bytes.length),
      memory: bindings.size,
      heap: heapTaken(subject.need),
    },
    executableStack: image.segments.some(
      ({ type, flags }) => type === PT_GNU_STACK && (flags & 1) !== 0,
    ),
    constructors: (plan.preinit.size + plan.init.size) >>> 2,
    destructors: plan.fini.size >>> 2,
    stackUse: functionUses(image, plan),
  };
}

function importsOf({ plan, options, bindings, relocations, origin }: Subject): Import[] {
  const imports: Import[] = [];
  const { symbols } = plan;
  const { target } = options;
  const used = new Set([...bindings.imports, ...bindings.missing]);
  const copies = plan.object || relocations.some(({ type }) => type === COPY);
  for (let i = 1; i < (symbols?.count ?? 0); i++) {
    if (symbols!.bind(i) === STB.LOCAL) continue;
    // A variable that the file has a copy of is defined in it, and so are functions of the C++ runtime: they come from others.
    const copied = copies && used.has(nameOf(symbols!, i) ?? "");
    if (symbols!.shndx(i) !== SHN.UNDEF && !copied) continue;
    // A name that cannot be read is one that no record uses: the loader has read theirs.
    const name = nameOf(symbols!, i);
    const weak = symbols!.weak(i);
    // Undefined names that no record uses are no imports.
    if (name === undefined || (!used.has(name) && !weak)) continue;
    const from = origin(name);
    const hint =
      from === undefined && (!weak || target.stock)
        ? missingReasons([name], target)[0]?.replace(/^[^:]*: /, "")
        : undefined;
    imports.push({ name, from, weak, ...(hint ? { hint } : {}) });
  }
  return imports.sort((a, b) => (a.name < b.name ? -1 : 1));
}

/** Records by type, the most frequent first. */
export function countRelocations(plan: LoadPlan): RelocationCount[] {
  const counts = new Map<number, number>();
  for (const table of plan.relocations)
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

/** Records that change what is not written to otherwise. */
function textRelocations({ sections }: ElfImage, plan: LoadPlan): number {
  // The sections of an object have no addresses of their own.
  const code = plan.object
    ? plan.segments
        .filter(({ writable }) => !writable)
        .map(({ vaddr, memsz: size }) => ({ vaddr, size }))
    : merged(
        sections
          .filter(({ flags }) => (flags & SHF.ALLOC) !== 0 && (flags & SHF.WRITE) === 0)
          .map(({ addr: vaddr, size }) => ({ vaddr, size })),
      );
  let count = 0;
  for (const table of plan.relocations)
    for (let i = 0; i < table.count; i++) {
      const at = table.offset(i);
      const part = partAt(code, at);
      if (part && at < part.vaddr + part.size) count++;
    }
  return count;
}

function sizesOf(
  image: ElfImage,
  length: number,
): Omit<Details["sizes"], "file" | "memory" | "heap"> {
  const sizes = { stripped: 0, code: 0, constants: 0, data: 0, bss: 0 };
  // An object needs its symbols to be loaded.
  const object = image.header.type === ET.REL;
  for (const { name, type, flags, size } of image.sections) {
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
  sizes.stripped = Math.max(0, length + sizes.stripped);
  return sizes;
}

function instructionSet(plan: LoadPlan, entry: number | undefined): Details["instructionSet"] {
  if (entry !== undefined) return entry & 1 ? "Thumb" : "A32";
  const [first] = plan.functions;
  return first && (first.value & 1 ? "Thumb" : "A32");
}

function nameAt(plan: LoadPlan, address: number): string | undefined {
  for (const { name, value } of plan.exports.values()) if (value === address) return name;
  return undefined;
}
