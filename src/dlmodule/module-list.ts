import { type KernelApi, ObjectClass } from "../kernel/types.ts";
import { STAT } from "./layout.ts";
import type { EndedInfo, Loader, ModuleInfo } from "./loader.ts";

const STATES: Readonly<Record<number, string>> = {
  [STAT.INIT]: "INIT",
  [STAT.RUNNING]: "RUNNING",
  [STAT.CLOSING]: "CLOSING",
};

/** Heading and width of a column; the last one is as wide as its text. */
const COLUMNS = [
  ["module", 8],
  ["state", 7],
  ["ref", 4],
  ["address", 10],
  ["size", 8],
  ["stack", 6],
  ["pri", 3],
  ["end", 17],
  ["path", 4],
] as const;

/**
 * What `list_module -v` prints: every module that is loaded, newest first, also those that another module opened or started, and
 * then the last ones that ended (CLOSED) with how and with which code. Each line ends in `\n`.
 */
export function listModules(loader: Pick<Loader, "modules" | "ended">): string {
  const live = loader.modules().map((module) => row(module, STATES[module.stat] ?? "?", ""));
  const ended = loader.ended().map((info) => row(info, "CLOSED", endOf(info)));
  const heading = line(COLUMNS.map(([name]) => name));
  const rule = line(COLUMNS.map(([, width]) => "-".repeat(width)));
  return [heading, rule, ...live, ...ended].join("");
}

/** Only who came to an end by itself chose a code. */
function endOf({ how, code }: EndedInfo): string {
  return how === "returned" || how === "exit" ? `${how} ${code}` : how;
}

/** What `list_module` prints: modules that another module opened or started are in that one's list and not shown. */
export function moduleTable(
  { objects }: Pick<KernelApi, "objects">,
  loader: Pick<Loader, "module">,
): string {
  const rows = objects.list(ObjectClass.Module).map((address) => {
    const module = loader.module(address);
    const memory = ((module?.memory ?? 0) >>> 0).toString(16).padStart(8, "0");
    const name = objects.name(address).slice(0, 8).padEnd(8);
    return `${name} ${String(module?.nref ?? 0).padEnd(4)}  0x${memory}\n`;
  });
  return `module   ref      address \n-------- -------- ------------\n${rows.join("")}`;
}

function row(info: ModuleInfo | EndedInfo, state: string, end: string): string {
  const { name, nref, image, size, library, stackSize, priority, path } = info;
  const address = `0x${(image >>> 0).toString(16).padStart(8, "0")}`;
  const thread = library ? ["-", "-"] : [String(stackSize), String(priority)];
  return line([name, state, String(nref), address, String(size), ...thread, end, path]);
}

function line(cells: readonly string[]): string {
  const padded = cells.map((cell, i) => (i < 8 ? cell.padEnd(COLUMNS[i][1]) : cell));
  return `${padded.join(" ")}\n`;
}
