import { amount } from "../../elf/mod.ts";
import { addressName } from "./functions.ts";
import { visible } from "../visible.ts";
import type { CheckReport, Details } from "./report.ts";

/** Names that a list shows; `--json` has them all. */
const NAMES_MAX = 40;
/** Functions whose stack use is shown. */
const FUNCTIONS_MAX = 5;

/** A report for people; lines with a last line end. */
export function checkText(report: CheckReport): string {
  const lines = [`${report.file}: ${headline(report)}`];
  for (const reason of report.reasons) lines.push(`  error: ${reason}`);
  for (const warning of report.warnings) lines.push(`  warning: ${warning}`);
  if (report.details) lines.push(...detailLines(report.details).map((line) => `  ${line}`));
  return `${lines.map(visible).join("\n")}\n`;
}

function headline({ verdict, details, against }: CheckReport): string {
  if (verdict === "malformed") return "not a module";
  const what = details ? details.kind : "file";
  return verdict === "loadable"
    ? `loadable ${what}, checked against ${against}`
    : `${what} that ${against} would not load`;
}

function detailLines(details: Details): string[] {
  const { sizes, entry, imports, relocations, attributes } = details;
  const architecture = attributes?.architecture ? ` ARM${attributes.architecture}` : "";
  const without = imports.filter(({ from }) => from === undefined);
  const weak = without.filter((one) => one.weak && !one.hint).length;
  const lines = [
    `${details.machine}${architecture}, ${details.instructionSet ?? "no"} code, ${details.floatAbi} float${attributes?.enums ? `, ${attributes.enums} enums` : ""}`,
    entry
      ? `entry 0x${entry.address.toString(16)}${entry.symbol ? ` (${entry.symbol})` : ""}`
      : "no entry: for dlopen",
    `size: file ${sizes.file} (stripped ${sizes.stripped}), code ${sizes.code}, constants ${sizes.constants}, data ${sizes.data}, bss ${sizes.bss}; image ${sizes.memory}; needs ${amount(sizes.heap, "byte")} of heap`,
    `imports: ${imports.length}, unresolved ${without.length - weak}${weak > 0 ? `, ${weak} weak without a definition` : ""}`,
    ...byProvider(imports),
    `exports: ${details.exports.length === 0 ? "none" : listed(details.exports)}`,
    `relocations: ${relocations.length === 0 ? "none" : relocations.map(({ type, count }) => `${type} ${count}`).join(", ")}${details.textRelocations > 0 ? `; ${details.textRelocations} in code` : ""}`,
  ];
  if (details.needed.length > 0) lines.push(`libraries: ${details.needed.join(", ")}`);
  if (details.constructors + details.destructors > 0)
    lines.push(`constructors: ${details.constructors}, destructors: ${details.destructors}`);
  const known = details.stackUse.filter(
    ({ stack, stackIs }) => stack !== 0 && stackIs !== "unknown",
  );
  const used = known.slice(0, FUNCTIONS_MAX);
  if (used.length > 0)
    lines.push(
      `stack of a call: ${used.map(({ name, stack }) => `${name} ${stack ?? "computed"}`).join(", ")}`,
    );
  const unknown = details.stackUse.filter(({ stackIs }) => stackIs === "unknown");
  if (unknown.length > 0)
    lines.push(`stack of a call is not known of: ${listed(unknown.map(({ name }) => name))}`);
  lines.push(...depthLines(details));
  return lines;
}

/** The deepest calls of what others call: the entry of a program, functions of a library; and what has no bound. */
function depthLines({ stackUse, entry, exports }: Details): string[] {
  const outer = new Set(entry ? [entry.symbol ?? addressName(entry.address)] : exports);
  const roots = stackUse.filter(({ name }) => outer.has(name));
  const deep = roots
    .filter(
      ({ deepest, stack, throughPointers }) =>
        deepest !== null && (deepest !== stack || throughPointers),
    )
    .sort((a, b) => b.deepest! - a.deepest!)
    .slice(0, FUNCTIONS_MAX);
  const lines: string[] = [];
  if (deep.length > 0)
    lines.push(
      `stack with all calls inside the module: ${deep.map(({ name, deepest, throughPointers }) => `${name} ${deepest}${throughPointers ? " and calls through pointers" : ""}`).join(", ")}`,
    );
  const circles = new Map<readonly string[], string>();
  for (const { recursion, recursionLength } of stackUse)
    if (recursion && !circles.has(recursion))
      circles.set(recursion, circle(recursion, recursionLength ?? recursion.length));
  if (circles.size > 0)
    lines.push(`recursion, whose stack has no bound: ${listed([...circles.values()])}`);
  return lines;
}

function circle(names: readonly string[], length: number): string {
  if (length === 1) return names[0];
  const more = length - names.length;
  return [...names, ...(more > 0 ? [`${more} more`] : []), names[0]].join(" > ");
}

const UNRESOLVED = "unresolved";
/** Weak imports may stay without: their address is zero then. */
const WEAK = "without a definition";

/** One line for each board or library: what comes from there. */
function byProvider(imports: Details["imports"]): string[] {
  const names = new Map<string, string[]>();
  for (const { name, from: known, weak, hint } of imports) {
    const from = known ?? (weak && !hint ? WEAK : UNRESOLVED);
    const text = weak ? `${name} (weak)` : name;
    const list = names.get(from);
    if (list) list.push(text);
    else names.set(from, [text]);
  }
  return [...names].map(
    ([from, list]) =>
      `  ${from === UNRESOLVED || from === WEAK ? from : `from ${from}`}: ${listed(list)}`,
  );
}

function listed(names: readonly string[]): string {
  const more = names.length - NAMES_MAX;
  return names.slice(0, NAMES_MAX).join(", ") + (more > 0 ? ` and ${more} more` : "");
}
