import { commonPrefix } from "../completion.ts";
import { tryVfs } from "../commands/paths.ts";
import type { Command, CommandContext } from "../types.ts";

/** What TAB offers for the text before the cursor. */
export interface Offer {
  /** The text before the cursor as far as it is certain. */
  readonly text: string;
  /** Names to choose from; empty when nothing is open. */
  readonly choices: readonly string[];
}

/** A name that could stand at the end of the line, and what follows it when it is the only one. */
interface Choice {
  readonly name: string;
  readonly end: string;
}

const MODULE = /\.mo$/i;
const SCRIPT = /\.sh$/i;
/** Where modules and scripts are looked for besides the working directory. */
const SEARCH = ["", "/bin"];

/** Completion of an interactive terminal: of the word before the cursor, module names without `.mo` included. */
export function completeRich(context: CommandContext, before: string): Offer {
  const { start, quoted } = lastWord(before);
  const word = before.slice(start + (quoted ? 1 : 0));
  const first = before.slice(0, start).trim() === "";
  const slash = word.lastIndexOf("/") + 1;
  const directory = word.slice(0, slash);
  const typed = word.slice(slash);
  const choices = first && slash === 0 ? programs(context) : [];
  const own = first ? undefined : argumentsOf(context, before);
  if (own) choices.push(...own.map((name) => ({ name, end: " " })));
  else choices.push(...entries(context, directory, first));
  const matching = unique(choices.filter(({ name }) => name.startsWith(typed)));
  if (matching.length === 0) return { text: before, choices: [] };
  const names = matching.map(({ name }) => name);
  const certain = directory + commonPrefix(names);
  const [only] = matching;
  const end = matching.length === 1 ? only.end : "";
  const quote = quoted || certain.includes(" ") ? '"' : "";
  const close = quote !== "" && end === " " ? '" ' : end;
  const text = `${before.slice(0, start)}${quote}${certain}${close}`;
  return { text, choices: matching.length === 1 ? [] : names };
}

/** Where the word at the end of the text begins; a word that begins with `"` goes on over blanks. */
function lastWord(text: string): { start: number; quoted: boolean } {
  let start = 0;
  let quoted = false;
  for (let i = 0; i < text.length; i++) {
    const blank = text[i] === " " || text[i] === "\t";
    if (quoted && text[i] === '"') quoted = false;
    else if (blank && !quoted) start = i + 1;
    else if (i === start && text[i] === '"') quoted = true;
  }
  return { start, quoted };
}

/** Commands, and modules and scripts of the working directory and /bin, by the names they are started with. */
function programs({ vfs, commands }: CommandContext): Choice[] {
  const choices: Choice[] = commands.map(({ name }) => ({ name, end: " " }));
  for (const directory of SEARCH) {
    for (const { name, directory: isFolder } of tryVfs(() => vfs.list(directory)) ?? []) {
      if (isFolder) continue;
      if (MODULE.test(name)) choices.push({ name: name.replace(MODULE, ""), end: " " });
      else if (directory !== "" && SCRIPT.test(name)) choices.push({ name, end: " " });
    }
  }
  return choices;
}

/** Files of a directory; of those that end in `.mo` the first word of a line is offered the name it needs. */
function entries({ vfs }: CommandContext, directory: string, first: boolean): Choice[] {
  const found = tryVfs(() => vfs.list(directory)) ?? [];
  return found.flatMap(({ name, directory: isFolder }) => {
    if (isFolder) return [{ name, end: "/" }];
    if (first && MODULE.test(name)) return [{ name: name.replace(MODULE, ""), end: " " }];
    if (first && !SCRIPT.test(name)) return [];
    return [{ name, end: " " }];
  });
}

/** What the command's own table says about its arguments. */
function argumentsOf(context: CommandContext, before: string): readonly string[] | undefined {
  const [word] = before.trimStart().split(/[ \t]/, 1);
  return context.commands.find(({ name }: Command) => name === word)?.choices?.(context);
}

function unique(choices: readonly Choice[]): Choice[] {
  const seen = new Map<string, Choice>();
  for (const choice of choices) if (!seen.has(choice.name)) seen.set(choice.name, choice);
  return [...seen.values()].sort((a, b) => (a.name < b.name ? -1 : a.name > b.name ? 1 : 0));
}
