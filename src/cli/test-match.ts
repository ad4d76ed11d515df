import { program } from "./test-parent.ts";

/** Host time for one look at a text. */
const LIMIT_MS = 2000;
/**
 * Host time after which "no match" is not believed: JavaScriptCore counts its steps, and says so too when it has had enough of them,
 * 0.8 s on a machine of 2022.
 */
const DOUBT_MS = 200;
/** Ways to match that are all tried in less than that. */
const WAYS_MAX = 1e8;

interface Look {
  readonly pattern: string;
  readonly flags: string;
  readonly texts: readonly string[];
}

/** Whether a text matches; undefined: it was not found out in time. */
export function matches(pattern: RegExp, text: string): boolean | undefined {
  return matchAll(pattern, [text])?.[0];
}

/** The same for several texts. What may take long is done by a process that can be stopped. */
export function matchAll(pattern: RegExp, texts: readonly string[]): boolean[] | undefined {
  const { source, flags } = pattern;
  if (!texts.some((text) => mayTakeLong(source, text.length)))
    return texts.map((text) => pattern.test(text));
  const look: Look = { pattern: source, flags, texts };
  const { stdout, exitCode } = Bun.spawnSync(program("match"), {
    stdin: new TextEncoder().encode(JSON.stringify(look)),
    stdout: "pipe",
    stderr: "ignore",
    timeout: LIMIT_MS,
    killSignal: "SIGKILL",
  });
  return exitCode === 0 ? (JSON.parse(stdout.toString()) as boolean[]) : undefined;
}

/**
 * Backtracking multiplies: what repeats has as many ways as the text is long, and so has the place where a match begins; what is
 * optional, and every further alternative, doubles them. A group that repeats has no such bound.
 */
function mayTakeLong(source: string, length: number): boolean {
  // A reference to a group is compared with the text: a repetition.
  const plain = source
    .replace(/\\([1-9]|k<)/g, "*")
    .replace(/\\./gs, "x")
    .replace(/\[[^\]]*\]/g, "x");
  if (/\)[*+{]/.test(plain)) return true;
  const count = (what: RegExp): number => plain.match(what)?.length ?? 0;
  const [repeated, choices] = [count(/[*+{]/g), count(/[?|]/g)];
  if (repeated + choices === 0) return false;
  return (length + 1) ** (repeated + 1) * 2 ** choices > WAYS_MAX;
}

/** The other process. */
export async function answer(): Promise<number> {
  const { pattern, flags, texts } = (await Bun.stdin.json()) as Look;
  const expression = new RegExp(pattern, flags);
  const fits: boolean[] = [];
  for (const text of texts) {
    const started = performance.now();
    const fit = expression.test(text);
    if (!fit && performance.now() - started > DOUBT_MS) return 1;
    fits.push(fit);
  }
  await Bun.write(Bun.stdout, JSON.stringify(fits));
  return 0;
}
