/** Arguments behind the program's name: RT-Thread splits a line into eight words, and the last one takes the rest of it. */
const ARGUMENTS_MAX = 7;

/** Arguments that no line gives to a program. */
export class ArgumentError extends Error {
  constructor(
    message: string,
    readonly fix: string,
  ) {
    super(message);
  }
}

/**
 * The line that a program splits into its arguments itself: blanks separate, double quotes at the beginning of a word group, and a
 * backslash before a quote stays in the text. Throws ArgumentError for arguments that no line gives.
 */
export function commandLine(name: string, args: readonly string[]): string {
  if (args.length > ARGUMENTS_MAX)
    throw new ArgumentError(
      `${args.length} arguments: RT-Thread gives a program at most ${ARGUMENTS_MAX} and its name`,
      `join some of them: '${args.slice(ARGUMENTS_MAX - 1).join(" ")}' as one word arrives as argv[${ARGUMENTS_MAX}]`,
    );
  return [programName(name), ...args.map((arg) => word("argument", arg))].join(" ");
}

/** The first word. Without one RT-Thread starts no program at all. */
export function programName(name: string): string {
  if (name.trim() === "")
    throw new ArgumentError(
      "the module has no name before its extension, and RT-Thread starts no program without one",
      "give the file a name",
    );
  return word("the name", name);
}

function word(what: string, arg: string): string {
  const plain = !arg.startsWith('"') && !arg.includes(" ") && !arg.includes("\t");
  if (arg !== "" && plain) return arg;
  if (arg.includes('"') || arg.endsWith("\\"))
    throw new ArgumentError(
      `${what} '${arg}': RT-Thread has no way to pass a double quote at the beginning of a word or in one with blanks, nor a backslash at the end of such a word`,
      "leave the blanks or the quotes out, or give the text in a file",
    );
  return `"${arg}"`;
}
