import type { OptionRow } from "../options.ts";
import { ExitCode, UserError } from "../exit-codes.ts";
import { parseWords, suggestion, usage } from "../parse.ts";
import type { DiskArguments } from "./arguments.ts";

/** An option of a `disk` command. */
export type DiskOption = Omit<OptionRow, "commands">;

export interface DiskCommand {
  readonly name: string;
  readonly usage: string;
  readonly help: string;
  readonly options: readonly DiskOption[];
  /** Smallest and largest number of operands. */
  readonly operands: readonly [number, number];
  /** Gives the exit code. */
  run(args: DiskArguments): Promise<number>;
}

const HELP: DiskOption = { name: "help", short: "h", help: "show help" };
const JSON_OPTION: DiskOption = { name: "json", help: "machine-readable output" };

export const DISK_COMMANDS: readonly DiskCommand[] = [
  {
    name: "create",
    usage: "create [options] IMAGE",
    help: "make a FAT image, empty or with the contents of a folder",
    operands: [1, 1],
    options: [
      { name: "size", value: "SIZE", help: "of the image (default 64M, or what --from needs)" },
      { name: "fat", value: "12|16|32", help: "type of the FAT (default: by size)" },
      { name: "label", value: "NAME", help: "volume label, up to 11 characters" },
      { name: "from", value: "DIR", help: "put everything below this folder on it" },
      {
        name: "cluster",
        value: "SIZE",
        help: "bytes per cluster, a power of two (default: by size)",
      },
      { name: "sector", value: "512|1024|2048|4096", help: "bytes per sector (default 512)" },
      {
        name: "fats",
        value: "1|2",
        help: "copies of the FAT (default 2; the board's mkfs makes 1)",
      },
      {
        name: "root-entries",
        value: "N",
        help: "room in the root directory of FAT12 and FAT16 (default 512)",
      },
      { name: "serial", value: "HEX", help: "volume serial number (default: from the clock)" },
      { name: "mbr", help: "one partition behind a partition table, as SD cards are sold" },
      { name: "force", short: "f", help: "replace IMAGE if it exists" },
    ],
    run: async (args) => (await import("./create.ts")).create(args),
  },
  {
    name: "ls",
    usage: "ls [options] IMAGE[:PATH] ...",
    help: "list files",
    operands: [1, 1000],
    options: [
      { name: "long", short: "l", help: "attributes, size, time, 8.3 name" },
      { name: "recursive", short: "R", help: "directories below, too" },
      JSON_OPTION,
    ],
    run: async (args) => (await import("./ls.ts")).ls(args),
  },
  {
    name: "cp",
    usage: "cp [-r] SOURCE ... TARGET",
    help: "copy files between host and image, or between images; image paths are IMAGE:PATH, - is standard input",
    operands: [2, 100_000],
    options: [
      { name: "recursive", short: "r", help: "folders with everything below" },
      { name: "no-clobber", short: "n", help: "leave files that exist as they are" },
    ],
    run: async (args) => (await import("./cp.ts")).cp(args),
  },
  {
    name: "mv",
    usage: "mv IMAGE:PATH NEWPATH",
    help: "rename or move within an image; a file that exists is replaced",
    operands: [2, 2],
    options: [],
    run: async (args) => (await import("./edit.ts")).mv(args),
  },
  {
    name: "rm",
    usage: "rm [-r] [-f] IMAGE:PATH ...",
    help: "remove files",
    operands: [1, 100_000],
    options: [
      { name: "recursive", short: "r", help: "directories with everything below" },
      { name: "force", short: "f", help: "read-only files, too; nothing to remove is no error" },
    ],
    run: async (args) => (await import("./edit.ts")).rm(args),
  },
  {
    name: "cat",
    usage: "cat IMAGE:PATH ...",
    help: "write files to standard output",
    operands: [1, 100_000],
    options: [],
    run: async (args) => (await import("./edit.ts")).cat(args),
  },
  {
    name: "mkdir",
    usage: "mkdir [-p] IMAGE:PATH ...",
    help: "make directories",
    operands: [1, 100_000],
    options: [
      { name: "parents", short: "p", help: "those above, too; one that exists is no error" },
    ],
    run: async (args) => (await import("./edit.ts")).mkdir(args),
  },
  {
    name: "info",
    usage: "info [--json] IMAGE",
    help: "form, partitions, type, label, sizes, free space",
    operands: [1, 1],
    options: [JSON_OPTION],
    run: async (args) => (await import("./info.ts")).info(args),
  },
  {
    name: "fsck",
    usage: "fsck [--repair] IMAGE",
    help: "check the file system; exit code 0: sound, repaired, or only notes (lost clusters and the like); 1: faults are left",
    operands: [1, 1],
    options: [
      {
        name: "repair",
        help: "mend what is wrong; nothing is written that would not make it better",
      },
      {
        name: "lost",
        value: "save|free",
        help: "lost clusters become files in FOUND.nnn (default), or free",
      },
      JSON_OPTION,
    ],
    run: async (args) => (await import("./fsck.ts")).fsck(args),
  },
];

/** The options and operands of one command, checked. */
export function parseDisk(command: DiskCommand, words: readonly string[]): DiskArguments {
  const rows = [...command.options, HELP];
  const { operands, given } = parseWords(words, (word) => find(word, rows, command.name), false);
  const [least, most] = command.operands;
  if (!given.has("help") && (operands.length < least || operands.length > most)) {
    throw new UserError(
      ExitCode.Usage,
      operands.length < least ? "something is missing" : `'${operands[most]}' is one too many`,
      `usage: rtt-sim disk ${command.usage}`,
    );
  }
  return {
    operands,
    flag: (name) => given.has(name),
    value: (name) => given.get(name)?.at(-1),
  };
}

function find(word: string, rows: readonly DiskOption[], command: string) {
  const hint = (name: string) => suggestion(name, rows).replace("--help", `disk ${command} --help`);
  if (!word.startsWith("--")) {
    // -lR and -rf: flags can be written together.
    const row = rows.find(({ short }) => short === word[1]);
    if (!row) throw usage(`unknown option ${word.slice(0, 2)}`, hint(word));
    return { row, inline: word.length > 2 ? word.slice(2) : undefined };
  }
  const equals = word.indexOf("=");
  const name = equals < 0 ? word.slice(2) : word.slice(2, equals);
  const row = rows.find((candidate) => candidate.name === name);
  if (!row) throw usage(`unknown option --${name}`, hint(name));
  return { row, inline: equals < 0 ? undefined : word.slice(equals + 1) };
}
