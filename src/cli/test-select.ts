import type { Scenario } from "../smoke/mod.ts";
import { ExitCode, UserError } from "./exit-codes.ts";

export type Selection = (id: string, scenario: Scenario | undefined) => boolean;

/** --filter: a test is run when one of the filters fits; all when there is none. */
export function selected(filters: readonly string[]): Selection {
  const tests = filters.map(filter);
  return (id, scenario) => tests.length === 0 || tests.some((fits) => fits(id, scenario));
}

function filter(text: string): Selection {
  const tag = /^tag:(.+)$/.exec(text)?.[1];
  if (tag !== undefined) return (_, scenario) => scenario?.tags.includes(tag) ?? false;
  const pattern = /^\/(.+)\/$/.exec(text)?.[1];
  if (pattern === undefined)
    return (id, scenario) => id.includes(text) || (scenario?.name?.includes(text) ?? false);
  let expression: RegExp;
  try {
    expression = new RegExp(pattern);
  } catch (error) {
    throw new UserError(ExitCode.Usage, `--filter ${text}: ${(error as Error).message}`);
  }
  return (id, scenario) => expression.test(id) || expression.test(scenario?.name ?? "");
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
