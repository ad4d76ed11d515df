import { readdirSync, readFileSync } from "node:fs";
import { dirname, join } from "node:path";

/** A profile as speedscope has read it. */
export interface Imported {
  getName(): string;
  getTotalWeight(): number;
  forEachFrame(visit: (frame: { name: string; getSelfWeight(): number }) => void): void;
}

type Import = (name: string, text: string) => Promise<{ profiles: Imported[] } | null>;

/** Stands for the browser that speedscope draws in. */
const anything: unknown = new Proxy(() => {}, {
  get: (_, key) =>
    key === Symbol.toPrimitive ? () => "" : key === Symbol.iterator ? function* () {} : anything,
  apply: () => anything,
  construct: () => anything as object,
  set: () => true,
});
const BROWSER = ["window", "document", "localStorage", "location", "navigator", "Image", "fetch"];

/**
 * The reader of speedscope, as its users have it: the released page, with its function that opens files. It reads the profiles of Chrome's
 * DevTools, its own, folded stacks, and the Trace Event Format, as whose reader it complains about events that do not nest.
 */
function load(): Import {
  const release = join(dirname(require.resolve("speedscope/package.json")), "dist/release");
  const file = readdirSync(release).find((name) => /^speedscope-\w+\.js$/.test(name)) as string;
  const code = readFileSync(join(release, file), "utf8");
  // Where the page opens its example.
  const reader = /\.then\(\w+=>\w+\.text\(\)\);return await (\w+)\(/.exec(code)?.[1];
  const start = '"use strict";(()=>{';
  if (!reader || !code.startsWith(start)) throw new Error("another speedscope");
  const holder: { read?: Import } = {};
  const body = `${start}holder.read=(...a)=>${reader}(...a);${code.slice(start.length)}`;
  try {
    new Function("holder", ...BROWSER, body)(holder, ...BROWSER.map(() => anything));
  } catch {
    // It cannot draw.
  }
  return holder.read as Import;
}

let reader: Import | undefined;

/** What speedscope reads in a file, and what it says about it. */
export async function open(
  name: string,
  text: string,
): Promise<{ profiles: Imported[]; format: string; complaints: string[] }> {
  const said: string[] = [];
  const { log, warn, error } = console;
  const note = (...words: unknown[]) => void said.push(words.map(String).join(" "));
  Object.assign(console, { log: note, warn: note, error: note });
  try {
    reader ??= load();
    const group = await reader(name, text);
    const [format, ...complaints] = said.filter((line) => !/^speedscope v/.test(line));
    return { profiles: group?.profiles ?? [], format, complaints };
  } finally {
    Object.assign(console, { log, warn, error });
  }
}
