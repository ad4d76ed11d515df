/** `list_module -v`: states, and how the modules that are gone ended. */
import { expect, test } from "bun:test";
import { join } from "node:path";
import { listModules } from "../../src/dlmodule/mod.ts";
import { Board, fixture } from "./board.ts";
import { WholeBoard } from "./whole-board.ts";

const files = {
  "/hello.mo": fixture("disk/prebuilt/a9/hello.mo"),
  "/parts.mo": fixture("test/dlmodule/objects/a32.mo"),
  "/t_exit.mo": fixture("test/fixtures/transcripts/t_exit.mo"),
  "/t_fault.mo": fixture("test/fixtures/transcripts/t_fault.mo"),
  "/lib.so": fixture("disk/prebuilt/a9/lib.so"),
};

/** Rows as cells; addresses, sizes and the blanks between columns aside. */
function rows(board: Board): string[] {
  const [, rule, ...lines] = listModules(board.loader).trimEnd().split("\n");
  const starts = [...rule.matchAll(/-+/g)].map(({ index }) => index);
  return lines.map((line) =>
    starts
      .map((from, i) => line.slice(from, starts[i + 1]).trim())
      .filter((_, i) => i !== 3 && i !== 4)
      .join("|"),
  );
}

test("what is loaded comes first, then what ended, newest first", () => {
  const board = new Board({ files });
  expect(rows(board)).toEqual([]);
  board.run("hello");
  board.run("parts x");
  board.run("t_exit");
  board.run("t_fault");
  board.do(function* () {
    yield* board.loader.load("/lib.so", { as: "library" });
  });
  expect(rows(board)).toEqual([
    "lib|INIT|1|-|-||/lib.so",
    "t_fault|CLOSED|1|32768|31|fault|/t_fault.mo",
    "t_exit|CLOSED|1|32768|31|exit 3|/t_exit.mo",
    "parts|CLOSED|1|32768|31|returned 7|/parts.mo",
    "hello|CLOSED|1|32768|31|returned 0|/hello.mo",
  ]);
});

test("while a program runs, and as a command; 4.0.4 knows no -v", () => {
  const board = new Board({
    files: { "/t_sleep.mo": fixture("test/fixtures/transcripts/t_sleep.mo") },
  });
  let seen: string[] = [];
  board.do(function* () {
    yield* board.loader.exec("/t_sleep.mo", "t_sleep");
    yield* board.kernel.threads.sleep(5);
    seen = rows(board);
  });
  expect(seen).toEqual(["t_sleep|RUNNING|1|32768|31||/t_sleep.mo"]);
  const run = (...options: string[]): string => {
    const command = [process.execPath, "src/main.ts", ...options, "-c", "hello"];
    const cwd = join(import.meta.dir, "../..");
    return Bun.spawnSync([...command, "-c", "list_module -v"], { cwd }).stdout.toString();
  };
  expect(run()).toMatch(/^module +state .*\n-.*\nhello +CLOSED .* returned 0 +\/hello\.mo\n$/m);
  expect(run("--compat", "4.0.4")).toEndWith("\n-------- -------- ------------\n");
}, 30_000);

test("list_module and list_symbols, called by a program, print what the shell's commands do", () => {
  const board = new WholeBoard({ "/lists.mo": fixture("test/dlmodule/libraries/lists.mo") });
  const output = board.run("/lists.mo", "lists");
  expect(output).toMatch(/^module   ref      address \n-+ -+ -+\nlists    1     0x6[0-9a-f]{7}\n/);
  const symbols = output.split("\n").filter((line) => line.includes(" => "));
  expect(symbols.join("\n")).toBe(board.line("list_symbols").trimEnd());
});
