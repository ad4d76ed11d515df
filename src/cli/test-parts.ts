import type { TestResult } from "../smoke/mod.ts";

/** Schedules that are tried in one go, so that several processes can share those of a test. */
const PART = 50;

/** A part of the schedules of --explore. */
export interface Part {
  /** The test's index. */
  readonly test: number;
  readonly skip: number;
  readonly count: number;
}

/** The tests with their schedules in parts; a part's place is its index. */
export function partsOf(tests: number, explore: number): Part[] {
  const parts: Part[] = [];
  for (let test = 0; test < tests; test++)
    for (let skip = 0; skip === 0 || skip < explore; skip += PART)
      parts.push({ test, skip, count: Math.min(PART, explore - skip) });
  return parts;
}

/** Joins the results of parts: the first that failed, in the order of the schedules, is what one process would have found. */
export class Joined {
  /** By test. */
  readonly results: TestResult[] = [];
  private readonly of: readonly (readonly number[])[];
  private readonly done: TestResult[] = [];

  constructor(private readonly parts: readonly Part[]) {
    const of: number[][] = [];
    for (const [index, { test }] of parts.entries()) (of[test] ??= []).push(index);
    this.of = of;
  }

  /** Nothing that this part could say would matter any more. */
  isNeedless(index: number): boolean {
    const { test } = this.parts[index];
    return this.of[test].some((other) => other < index && this.done[other]?.status === "failed");
  }

  add(index: number, result: TestResult): void {
    this.done[index] = result;
    const { test } = this.parts[index];
    for (const part of this.of[test]) {
      const known = this.done[part];
      if (known === undefined) return;
      if (known.status === "failed" || part === this.of[test].at(-1)) {
        this.results[test] = known;
        return;
      }
    }
  }
}
