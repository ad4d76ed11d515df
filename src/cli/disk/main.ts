import { helpWidth, type Row, table, wrap } from "../columns.ts";
import { ExitCode, UserError } from "../exit-codes.ts";
import { optionTable } from "../help.ts";
import { writeAll } from "../output.ts";
import { editDistance } from "../parse.ts";
import { DISK_COMMANDS, type DiskCommand, parseDisk } from "./options.ts";
import { visible } from "./visible.ts";

/** Where meanings begin in the tables of commands and options. */
const USAGE_AT = 48;
const OPTION_AT = 29;

/** `rtt-sim disk COMMAND ...`. */
export async function disk(words: readonly string[]): Promise<number> {
  const [name, ...rest] = words;
  if (name === undefined || name === "help" || name === "--help" || name === "-h")
    return say(rest.length > 0 ? helpOn(commandOf(rest[0])) : overview());
  const command = commandOf(name);
  const args = parseDisk(command, expand(command, rest));
  if (args.flag("help")) return say(helpOn(command));
  try {
    return await command.run(args);
  } catch (error) {
    if (!(error instanceof UserError)) throw error;
    throw new UserError(error.code, visible(error.message), error.hint && visible(error.hint));
  }
}

function commandOf(name: string): DiskCommand {
  const found = DISK_COMMANDS.find((command) => command.name === name);
  if (found) return found;
  const [nearest] = DISK_COMMANDS.map((command) => ({
    name: command.name,
    distance: editDistance(name, command.name),
  })).sort((a, b) => a.distance - b.distance);
  throw new UserError(
    ExitCode.Usage,
    `unknown command 'disk ${name}'`,
    nearest.distance <= 2 ? `did you mean disk ${nearest.name}?` : "try 'rtt-sim disk --help'",
  );
}

/** `-lR` as `-l -R`, when all are flags. */
function expand(command: DiskCommand, words: readonly string[]): string[] {
  const end = words.indexOf("--");
  return words.flatMap((word, i) => {
    if (!/^-[a-zA-Z]{2,}$/.test(word) || (end >= 0 && i > end)) return [word];
    const letters = [...word.slice(1)];
    const flags = letters.every((letter) =>
      command.options.some(({ short, value }) => short === letter && value === undefined),
    );
    return flags ? letters.map((letter) => `-${letter}`) : [word];
  });
}

function say(text: string): number {
  writeAll(1, new TextEncoder().encode(text));
  return ExitCode.Ok;
}

function overview(): string {
  const width = helpWidth();
  const rows = DISK_COMMANDS.map(({ usage, help }): Row => [`rtt-sim disk ${usage}`, help]);
  const note = NOTE.map((text) => `\n${wrap(text, width).join("\n")}\n`).join("");
  return `rtt-sim disk works with FAT disk images from the host.\n\nUsage:\n${table(rows, USAGE_AT, width)}${note}`;
}

const NOTE = [
  "IMAGE is a raw image, bare or with a partition table (the first partition is used). Reading also works with .img.gz, .zip and a folder. PATH begins with '/'; without one the root directory is meant. Times are UTC, as the guest reads them.",
  "More: rtt-sim disk COMMAND --help",
];

function helpOn({ usage, help, options }: DiskCommand): string {
  const width = helpWidth();
  const about = wrap(`${help[0].toUpperCase()}${help.slice(1)}.`, width).join("\n");
  const list = options.length > 0 ? `\nOptions:\n${optionTable(options, OPTION_AT, width)}` : "";
  return `Usage: rtt-sim disk ${usage}\n\n${about}\n${list}`;
}
