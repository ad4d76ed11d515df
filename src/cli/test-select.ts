import type { Scenario } from "../smoke/mod.ts";
import { ExitCode, UserError } from "./exit-codes.ts";
import { matchAll } from "./test-match.ts";

/** What a filter looks at. */
interface Named {
  readonly id: string;
  readonly scenario: Pick<Scenario, "name" | "tags"> | undefined;
}

/** Which of the tests a filter fits. */
export type Selection = (tests: readonly Named[]) => boolean[];

/** --filter: a test is run when one of the filters fits; all when there is none. */
export function selected(filters: readonly string[]): Selection {
  if (filters.length === 0) return (tests) => tests.map(() => true);
  const all = filters.map(filter);
  return (tests) => {
    const fits = all.map((one) => one(tests));
    return tests.map((_, n) => fits.some((one) => one[n]));
  };
}

function filter(text: string): Selection {
  const tag = /^tag:(.+)$/.exec(text)?.[1];
  if (tag !== undefined)
    return (tests) => tests.map(({ scenario }) => scenario?.tags.includes(tag) ?? false);
  const pattern = /^\/(.+)\/$/.exec(text)?.[1];
  if (pattern === undefined)
    return (tests) =>
      tests.map(
        ({ id, scenario }) => id.includes(text) || (scenario?.name?.includes(text) ?? false),
      );
  let expression: RegExp;
  try {
    expression = new RegExp(pattern);
  } catch (error) {
    throw new UserError(ExitCode.Usage, `--filter ${text}: ${(error as Error).message}`);
  }
  return (tests) => {
    const names = tests.flatMap(({ id, scenario }) => [id, scenario?.name ?? ""]);
    const fits = matchAll(expression, names);
    if (fits === undefined)
      throw new UserError(
        ExitCode.Usage,
        `--filter ${text} was given up: it tries too many ways to match a name`,
        "write it without a repetition inside another one, or give a part of the name instead",
      );
    return tests.map((_, n) => fits[2 * n] || fits[2 * n + 1]);
  };
}

/** --shard I/N, I counted from 1. */
export function shardOf(text: string | undefined): { index: number; of: number } | undefined {
  if (text === undefined) return undefined;
  const match = /^(\d+)\/(\d+)$/.exec(text);
  const [index, of] = match ? [Number(match[1]), Number(match[2])] : [0, 0];
  if (index >= 1 && index <= of) return { index, of };
  throw new UserError(
    ExitCode.Usage,
    `--shard: '${text}' is not I/N with I from 1 to N`,
    "the second of four parts: --shard 2/4",
  );
}
