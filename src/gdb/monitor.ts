import { nameText } from "../trace/mod.ts";
import type { SystemParts } from "./system-parts.ts";

const hex = (value: number): string => `0x${(value >>> 0).toString(16).padStart(8, "0")}`;

interface Command {
  readonly name: string;
  readonly help: string;
  readonly run: (parts: SystemParts, argument: string | undefined) => string;
}

/** Blocks that `monitor heap` lists, largest first. */
const BLOCKS_SHOWN = 20;

const COMMANDS: readonly Command[] = [
  {
    name: "modules",
    help: "loaded modules: where, how large, by whom used",
    run: ({ loader }) =>
      loader
        .modules()
        .map(
          ({ name, path, image, size, nref, library }) =>
            `${nameText(name).padEnd(8)}  ${hex(image)}  ${String(size).padStart(8)} bytes  ${library ? "library" : "program"}  nref ${nref}  ${nameText(path)}\n`,
        )
        .join("") || "no module is loaded\n",
  },
  {
    name: "symbols",
    help: "exported symbols whose names contain the word: monitor symbols sem",
    run: ({ firmware }, word) => {
      if (!word) return "which ones? monitor symbols WORD\n";
      const lines: string[] = [];
      for (const { name, address } of firmware.entries())
        if (name.includes(word)) lines.push(`${hex(address)}  ${name}\n`);
      return lines.join("") || `no exported symbol contains '${word}'\n`;
    },
  },
  {
    name: "heap",
    help: "the heap: total, used, and its largest blocks",
    run: ({ kernel: { heap } }) => {
      const used = [...heap.blocks()].filter((block) => block.used);
      used.sort((a, b) => b.size - a.size);
      const rows = used
        .slice(0, BLOCKS_SHOWN)
        .map(
          ({ address, size, owner }) =>
            `${hex(address)}  ${String(size).padStart(8)}  ${nameText(owner)}\n`,
        );
      return `${heap.used} of ${heap.total} bytes used, at most ${heap.max}; ${used.length} blocks\n${rows.join("")}`;
    },
  },
  { name: "threads", help: "threads: priority, state, what they wait for", run: () => "" },
  {
    name: "ticks",
    help: "simulated time",
    run: ({ kernel }) =>
      `tick ${kernel.tick}, ${Math.floor(kernel.nanoseconds / 1000)} microseconds simulated, ${kernel.cpu.stats.instructions} instructions\n`,
  },
  { name: "reset", help: "start the program again", run: () => "" },
];

/** What a monitor command prints; undefined when there is none of that name. `threads` and `reset` are the target's. */
export function monitor(
  parts: SystemParts,
  [name, argument]: readonly string[],
): string | undefined {
  if (name === "help" || name === "")
    return COMMANDS.map((row) => `monitor ${row.name.padEnd(8)} ${row.help}\n`).join("");
  return COMMANDS.find((row) => row.name === name)?.run(parts, argument);
}
