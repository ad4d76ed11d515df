import { helpWidth, type Row, table, wrap } from "./columns.ts";
import { EXIT_CODE_HELP } from "./exit-codes.ts";
import { type Command, COMMANDS, type OptionName, OPTIONS, type OptionRow } from "./options.ts";

/** Where meanings begin in the tables of commands, options and exit codes. */
const USAGE_AT = 44;
const OPTION_AT = 31;
const CODE_AT = 17;

/** What an option is about; those of no section are in the last one. */
const SECTIONS: readonly (readonly [title: string, names: readonly OptionName[]])[] = [
  [
    "What to run, and on which disk",
    ["command", "rc", "snapshot", "save", "disk", "with", "out", "mount"],
  ],
  [
    "Which tests, and what is said of them",
    ["filter", "shard", "jobs", "bail", "retry", "explore", "update", "watch", "reporter", "wall"],
  ],
  ["Time", ["time", "timeout", "wall-timeout", "line-delay", "pace"]],
  [
    "The console and the second line",
    ["serial", "serial1", "pty-link", "log", "editing", "history"],
  ],
  ["The system", ["compat", "abi", "ram", "stack", "leaks", "engine", "seed", "firmware"]],
  [
    "Debugging",
    [
      "gdb",
      "gdb-wait",
      "symbols",
      "trace",
      "trace-output",
      "trace-json",
      "trace-module",
      "trace-thread",
      "trace-name",
    ],
  ],
  ["Coverage and profiles", ["coverage", "coverage-merge", "profile", "top", "stats"]],
];
const REST = "More";
/** So many options are shown without sections. */
const FEW = 8;

/** Text of `rtt-sim --help`, of `rtt-sim help COMMAND` and of `rtt-sim help exit-codes`; undefined for an unknown topic. */
export function helpText(topic?: string, width = helpWidth()): string | undefined {
  if (topic === "exit-codes")
    return `Exit codes of rtt-sim:\n\n${table(EXIT_CODE_HELP, CODE_AT, width)}`;
  const rows = COMMANDS.filter(({ name }) => topic === undefined || name === topic);
  if (rows.length === 0) return undefined;
  const usage = rows.map((row): Row => [`rtt-sim ${row.usage}`, row.help]);
  const head = `rtt-sim runs RT-Thread dynamic modules from a FAT disk image.\n\nUsage:\n${table(usage, USAGE_AT, width)}`;
  const options = optionsOf(topic === undefined ? "boot" : rows[0].name, width);
  return head + options + (topic === undefined ? interactive(width) : "");
}

function optionsOf(command: Command, width: number): string {
  const rows: readonly OptionRow[] = OPTIONS.filter((row) =>
    (row.commands as readonly string[]).includes(command),
  );
  const sections = SECTIONS.map(([title, names]) => ({
    title,
    rows: names.flatMap((name) => rows.find((row) => row.name === name) ?? []),
  }));
  const placed = sections.flatMap((section) => section.rows);
  const rest = rows.filter((row) => !placed.includes(row));
  // A few options need no sections.
  const shown =
    placed.length > FEW ? [...sections, { title: REST, rows: rest }] : [{ title: "Options", rows }];
  return shown
    .filter((section) => section.rows.length > 0)
    .map((section) => `\n${section.title}:\n${optionTable(section.rows, OPTION_AT, width)}`)
    .join("");
}

/** Options in as many columns as they need. */
export function optionTable(
  rows: readonly Omit<OptionRow, "commands">[],
  at: number,
  width: number,
): string {
  return table(
    rows.map((row): Row => {
      const short = row.short ? `-${row.short}, ` : "    ";
      return [`${short}--${row.name}${row.value ? ` ${row.value}` : ""}`, row.help];
    }),
    at,
    width,
  );
}

const INTERACTIVE = [
  "DISK is a raw FAT12/16/32 image, bare or with a partition table: changes persist unless --snapshot is given. Or an .img.gz, a .zip or a folder, presented as a FAT disk: changes are gone at the end unless --save FILE.img is given.",
  "In a terminal: Ctrl-A x leaves, Ctrl-A c is the simulator's own prompt, Ctrl-A h lists the keys; Ctrl-C goes to the guest. With piped input, rtt-sim is the serial console: every line is typed as soon as the system is idle.",
  "More: rtt-sim help run, rtt-sim help exit-codes",
];

function interactive(width: number): string {
  return INTERACTIVE.map((text) => `\n${wrap(text, width).join("\n")}\n`).join("");
}
