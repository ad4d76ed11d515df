import type { OptionName } from "./options.ts";
import type { Parsed } from "./parse.ts";
import type { TestRef } from "./test-discover.ts";

/** Options that a repetition needs to be one. */
const KEPT: readonly OptionName[] = [
  "ram",
  "stack",
  "abi",
  "compat",
  "leaks",
  "mount",
  "timeout",
  "wall-timeout",
  "firmware",
  "engine",
];

/** Words of the command line that decide how a test goes. */
export function keptOptions(parsed: Parsed): string[] {
  return KEPT.flatMap((name) => parsed.values(name).flatMap((value) => [`--${name}`, value]));
}

/** The command line that runs one test under a schedule, for a shell. */
export function replayLine(ref: TestRef, seed: number, kept: readonly string[]): string {
  const { id, file, inside } = ref;
  // A test on an image has no path of its own.
  const which = inside === undefined ? [path(id)] : ["--filter", id, path(file)];
  return ["rtt-sim", "test", "--seed", String(seed), ...kept, ...which].map(quoted).join(" ");
}

const path = (file: string): string => (file.startsWith("-") ? `./${file}` : file);

function quoted(word: string): string {
  if (/^[\w@%+=:,./-]+$/.test(word)) return word;
  return `'${word.replaceAll("'", "'\\''")}'`;
}
