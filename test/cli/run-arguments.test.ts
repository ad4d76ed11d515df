/** `rtt-sim run FILE ARG...`: the program gets its arguments as they were given, or the command says why it cannot. */
import { expect, setDefaultTimeout, test } from "bun:test";
import { copyFileSync } from "node:fs";
import { join } from "node:path";
import { scratch } from "./binary.ts";

setDefaultTimeout(60_000);

const ARGS = "test/fixtures/transcripts/t_args.mo";

const run = (...args: string[]) => runFile(ARGS, ...args);

function runFile(...args: string[]): { code: number; argv: string[]; err: string } {
  const { exitCode, stdout, stderr } = Bun.spawnSync(
    [process.execPath, "src/main.ts", "run", ...args],
    { cwd: join(import.meta.dir, "../..") },
  );
  const argv = [...stdout.toString().matchAll(/^argv\[\d\]=\[(.*)\]$/gm)].map(([, arg]) => arg);
  return { code: exitCode, argv, err: stderr.toString() };
}

test("seven arguments as they are: blanks, quotes inside of a word, backslashes, none at all", () => {
  const args = ["a b", 'c"d', "it's", "", "x\\", "\\n \\n", "\t"];
  expect(run(...args)).toMatchObject({ code: 0, argv: ["t_args", ...args] });
}, 30_000);

test("what RT-Thread cannot pass is an error of the command line, and nothing runs", () => {
  const many = run(..."123456789");
  expect(many).toMatchObject({ code: 2, argv: [] });
  expect(many.err).toMatch(
    /^rtt-sim: 9 arguments: RT-Thread gives a program at most 7 and its name\n/,
  );
  for (const arg of ['a "b"', '"a', "a b\\"]) {
    const one = run(arg);
    expect(one).toMatchObject({ code: 2, argv: [] });
    expect(one.err).toContain(`argument '${arg}'`);
  }
}, 30_000);

test("a module whose name has blanks is one word; one without a word has no name", () => {
  using dir = scratch();
  const as = (name: string): string => {
    copyFileSync(join(import.meta.dir, "../..", ARGS), dir.path(name));
    return dir.path(name);
  };
  expect(runFile(as("a b.mo"), "c d", "e")).toMatchObject({ code: 0, argv: ["a b", "c d", "e"] });
  expect(runFile(as("1 2 3 4 5 6 7 8 9.mo"), "x").argv).toEqual(["1 2 3 4 5 6 7 8 9", "x"]);
  for (const name of [".mo", "   .mo"]) {
    const none = runFile(as(name));
    expect(none).toMatchObject({ code: 2, argv: [] });
    expect(none.err).toContain("the module has no name before its extension");
  }
}, 30_000);
