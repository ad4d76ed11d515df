import { amount, SHN } from "../../elf/mod.ts";
import { STACK_404 } from "../layout.ts";
import type { LoadPlan } from "../plan-types.ts";
import { addressName, nameOf } from "./functions.ts";
import type { Details } from "./report.ts";
import type { Subject } from "./subject.ts";

/** Sizes that the kernel and its C library were compiled with: -fshort-enums is the default of arm-none-eabi. */
const SYSTEM = { enums: "variable", wchar: 4 } as const;

/** What is wrong with a file, or will surprise, though it loads. */
export function warningsOf(subject: Subject, details: Details): string[] {
  const warnings: string[] = [];
  const { bindings, plan } = subject;
  const { target, firmware, libraries } = subject.options;
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
    if (!libraries.some((library) => library.name === name))
      warnings.push(
        target.stock
          ? `it needs the library ${name} (DT_NEEDED), which 4.0.4 does not load`
          : `it needs the library ${name} (DT_NEEDED), which must be in /lib`,
      );
  const { copies } = bindings;
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
  const skipped = skippedSymbols(plan);
  if (skipped.length > 0)
    warnings.push(
      `it is a file of RT-Thread's own linker (\\177RTM), whose imports are not looked up: ${amount(skipped.length, "symbol")} of others (${skipped.slice(0, 5).join(", ")}${skipped.length > 5 ? ", ..." : ""}) keep what the file has in their places, 0 in one that was never linked: load it as an ELF file`,
    );
  if (target.stock) warnings.push(...stockWarnings(details));
  return warnings;
}

/** Undefined symbols that records of a linked file name: the loader passes over those records. */
function skippedSymbols(plan: LoadPlan): string[] {
  const names = new Set<string>();
  if (!plan.linked) return [];
  for (const table of plan.relocations)
    for (let i = 0; i < table.count; i++) {
      const symbol = table.symbol(i);
      if (symbol !== 0 && table.symbols.shndx(symbol) === SHN.UNDEF)
        names.add(nameOf(table.symbols, symbol) ?? `symbol ${symbol}`);
    }
  return [...names];
}

/** What a stock 4.0.4 does without a word. */
function stockWarnings(details: Details): string[] {
  const warnings: string[] = [];
  for (const { type, count, skippedBy404 } of details.relocations)
    if (skippedBy404)
      warnings.push(
        `4.0.4 passes over ${type} (${amount(count, "record")}): what they point at stays wrong`,
      );
  if (details.kind === "object")
    warnings.push("4.0.4 relocates only the first section of an object file: link it with -shared");
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
  return warnings;
}
