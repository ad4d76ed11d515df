import { writeFileSync } from "node:fs";
import type { TestResult } from "../smoke/mod.ts";
import { ExitCode, UserError } from "./exit-codes.ts";
import { message } from "./outcome.ts";
import { fileIdentity } from "./same-file.ts";
import { beside } from "./test-discover.ts";
import { inputsOf } from "./test-files.ts";
import type { Loaded } from "./test-run.ts";
import { cannotWrite } from "./write-error.ts";

interface Transcript {
  /** The test that records it. */
  readonly id: string;
  readonly file: string;
  readonly text: string;
}

/**
 * --update: writes the transcripts of tests that passed; all of them or, when one cannot be what it is to be, none. @throws UserError
 */
export function record(tests: readonly Loaded[], results: readonly TestResult[]): void {
  // What a program printed before it crashed is nothing to compare with.
  const passed = results.filter(({ status }) => status !== "failed");
  const failed = results.filter(({ status }) => status === "failed");
  const transcripts = passed.flatMap((result) => transcriptsOf(tests, result));
  refuseInputs(tests, transcripts);
  refuseTwoTexts(transcripts);
  for (const { file, text } of transcripts) {
    try {
      writeFileSync(file, text);
    } catch (error) {
      throw cannotWrite(file, error);
    }
  }
  const left = failed.reduce((sum, { recorded }) => sum + (recorded?.length ?? 0), 0);
  const but = left > 0 ? `, but not ${count(left)} of tests that failed` : "";
  message(`recorded ${count(transcripts.length)}${but}`);
}

function transcriptsOf(
  tests: readonly Loaded[],
  { id, recorded = [] }: TestResult,
): readonly Transcript[] {
  if (recorded.length === 0) return [];
  const test = tests.find(({ ref }) => ref.id === id);
  if (test === undefined || test.ref.inside !== undefined)
    throw new UserError(ExitCode.NoOutput, `${id}: a test on a disk image is not recorded`);
  return recorded.map(({ path, text }) => ({ id, file: beside(test.ref.file, path), text }));
}

/** Scenarios, modules, and other files that the tests need. */
function refuseInputs(tests: readonly Loaded[], transcripts: readonly Transcript[]): void {
  const read = new Set(tests.flatMap(inputsOf).map(fileIdentity));
  for (const { id, file } of transcripts)
    if (read.has(fileIdentity(file)))
      throw new UserError(
        ExitCode.NoOutput,
        `${id}: its transcript ${file} is a file that the tests read, recording would destroy it`,
        "give the transcript another name",
      );
}

function refuseTwoTexts(transcripts: readonly Transcript[]): void {
  const known = new Map<string, Transcript>();
  for (const one of transcripts) {
    const place = fileIdentity(one.file);
    const other = known.get(place);
    if (other !== undefined && other.text !== one.text)
      throw new UserError(
        ExitCode.NoOutput,
        other.id === one.id
          ? `${one.id}: two texts that differ are to be recorded in ${one.file}`
          : `${other.id} and ${one.id} record texts that differ in ${one.file}`,
        "give each a transcript of its own",
      );
    known.set(place, one);
  }
}

const count = (files: number): string => `${files} ${files === 1 ? "transcript" : "transcripts"}`;
