import type { Budget, TextRules } from "./scenario.ts";
import type { Failure, FailureKind, Figures } from "./result.ts";

/** Characters of a text that a message shows. */
const SHOWN = 60;

/** What a text does not fulfil; `what` names it. */
export function judgeText(
  kind: FailureKind,
  what: string,
  text: string,
  rules: TextRules,
): Failure[] {
  const failures: Failure[] = [];
  const fail = (message: string, details?: string): void =>
    void failures.push({ kind, message, details });
  if (rules.equals !== undefined && text !== rules.equals)
    fail(`${what} is not as expected`, difference(rules.equals, text));
  for (const part of rules.contains)
    if (!text.includes(part)) fail(`${what} does not contain ${show(part)}`);
  for (const part of rules.absent)
    if (text.includes(part)) fail(`${what} contains ${show(part)}, which must not be there`);
  for (const pattern of rules.matches)
    if (!pattern.test(text)) fail(`${what} does not match /${pattern.source}/`);
  let from = 0;
  for (const [n, part] of rules.ordered.entries()) {
    const at = text.indexOf(part, from);
    if (at >= 0) {
      from = at + part.length;
      continue;
    }
    const before = n > 0 && text.includes(part) ? ` after ${show(rules.ordered[n - 1])}` : "";
    fail(`${what} does not contain ${show(part)}${before}`);
    break;
  }
  return failures;
}

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
  const side = (lines: string[]): string =>
    line < lines.length ? JSON.stringify(lines[line]) : "the end of the text";
  return `line ${line + 1}:\n  expected ${side(a)}\n  got      ${side(b)}`;
}

/** Limits that were exceeded. Schedules other than the board's take other times, so that those limits do not hold for them. */
export function judgeBudget(budget: Budget, figures: Figures, board: boolean): Failure[] {
  const failures: Failure[] = [];
  const check = (what: string, used: number, limit: number | undefined, unit: string): void => {
    if (limit === undefined || used <= limit) return;
    failures.push({
      kind: "budget",
      message: `${what}: ${used} ${unit} used, ${limit} allowed`,
    });
  };
  if (board) {
    check("instructions", figures.instructions, budget.instructions, "instructions");
    check("simulated time", figures.ran / 1e6, budget.time, "ms");
  }
  check("heap", Math.max(0, figures.heapMaximum - figures.heapBefore), budget.heap, "bytes");
  for (const { thread, used } of figures.stacks)
    check(`stack of thread ${thread}`, used, budget.stack, "bytes");
  check("output", figures.outputBytes, budget.output, "bytes");
  const things = figures.leaks.flatMap(({ module, things }) =>
    things.map((thing) => `${module}: ${thing}`),
  );
  if (things.length > budget.leaks)
    failures.push({
      kind: "leak",
      message: `${things.length} ${things.length === 1 ? "thing" : "things"} left behind, ${budget.leaks} allowed`,
      details: things.join("\n"),
    });
  return failures;
}
