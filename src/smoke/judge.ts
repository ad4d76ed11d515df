import type { Budget, TextRules } from "./scenario.ts";
import type { Failure, FailureKind, Figures } from "./result.ts";

/** Characters of a text that a message shows. */
const SHOWN = 60;

const RETURNS =
  'it does with "\\n" for "\\r\\n": lines of the output end in "\\n" here, also at the console';

/** What a text does not fulfil; `what` names it. */
export function judgeText(
  kind: FailureKind,
  what: string,
  text: string,
  rules: TextRules,
  matches = (pattern: RegExp, text: string): boolean | undefined => pattern.test(text),
): Failure[] {
  const failures: Failure[] = [];
  let key: keyof TextRules = "equals";
  const fail = (message: string, details?: string): void =>
    void failures.push({ kind, message, details, line: rules.lines?.[key] });
  const asShown = (part: string): string | undefined =>
    !text.includes(part) && text.includes(asLines(part)) ? RETURNS : undefined;
  if (rules.equals !== undefined && text !== rules.equals)
    fail(
      `${what} is not as expected`,
      text === asLines(rules.equals) ? RETURNS : difference(rules.equals, text),
    );
  key = "contains";
  for (const part of rules.contains)
    if (!text.includes(part)) fail(`${what} does not contain ${show(part)}`, asShown(part));
  key = "absent";
  for (const part of rules.absent)
    if (text.includes(part)) fail(`${what} contains ${show(part)}, which must not be there`);
  key = "matches";
  for (const pattern of rules.matches) {
    const fits = matches(pattern, text);
    if (fits === undefined)
      fail(
        `/${pattern.source}/ was given up: it tries too many ways to match ${what}`,
        "write it without a repetition inside another one, or use 'contains' and 'ordered'",
      );
    else if (!fits) fail(`${what} does not match /${pattern.source}/`);
  }
  key = "ordered";
  let from = 0;
  for (const [n, part] of rules.ordered.entries()) {
    const at = text.indexOf(part, from);
    if (at >= 0) {
      from = at + part.length;
      continue;
    }
    const before = n > 0 && text.includes(part) ? ` after ${show(rules.ordered[n - 1])}` : "";
    fail(`${what} does not contain ${show(part)}${before}`, asShown(part));
    break;
  }
  return failures;
}

const asLines = (text: string): string => text.replaceAll("\r\n", "\n");

/** Quoted, and cut when it is long. */
export function show(text: string): string {
  return JSON.stringify(text.length > SHOWN ? `${text.slice(0, SHOWN)}...` : text);
}

/** The first line that differs, with what was wanted and what came. */
export function difference(wanted: string, got: string): string {
  const a = wanted.split("\n");
  const b = got.split("\n");
  let line = 0;
  while (line < a.length && line < b.length && a[line] === b[line]) line++;
  let column = 0;
  while (column < (a[line]?.length ?? 0) && a[line][column] === b[line]?.[column]) column++;
  const from = Math.max(0, column - SHOWN);
  const side = (lines: string[]): string => {
    if (line >= lines.length) return "the end of the text";
    const text = lines[line];
    if (text.length <= 3 * SHOWN) return JSON.stringify(text);
    const before = from > 0 ? "..." : "";
    const after = from + 2 * SHOWN < text.length ? "..." : "";
    return `${before}${JSON.stringify(text.slice(from, from + 2 * SHOWN))}${after} (from character ${from + 1} of ${text.length})`;
  };
  return `line ${line + 1}:\n  expected ${side(a)}\n  got      ${side(b)}`;
}

type Limit = "instructions" | "heap" | "stack" | "time" | "output";

/** Limits that were exceeded. Schedules other than the board's take other times, so that those limits do not hold for them. */
export function judgeBudget(budget: Budget, figures: Figures, board: boolean): Failure[] {
  const failures: Failure[] = [];
  const check = (key: Limit, what: string, used: number, unit: string): void => {
    const limit = budget[key];
    if (limit === undefined || used <= limit) return;
    failures.push({
      kind: "budget",
      message: `${what}: ${used} ${unit} used, ${limit} allowed`,
      line: budget.lines?.[key],
    });
  };
  if (board) {
    check("instructions", "instructions", figures.instructions, "instructions");
    check("time", "simulated time", figures.ran / 1e6, "ms");
  }
  check("heap", "heap", Math.max(0, figures.heapMaximum - figures.heapBefore), "bytes");
  // Of threads with one name the worst is enough.
  for (const [thread, same] of Map.groupBy(figures.stacks, (stack) => stack.thread))
    check("stack", `stack of thread ${thread}`, Math.max(...same.map(({ used }) => used)), "bytes");
  check("output", "output", figures.outputBytes, "bytes");
  const things = figures.leaks.flatMap(({ module, things }) =>
    things.map((thing) => `${module}: ${thing}`),
  );
  if (things.length > budget.leaks)
    failures.push({
      kind: "leak",
      message: `${things.length} ${things.length === 1 ? "thing" : "things"} left behind, ${budget.leaks} allowed`,
      details: things.join("\n"),
      line: budget.lines?.leaks,
    });
  return failures;
}
