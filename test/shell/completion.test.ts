import { expect, test } from "bun:test";
import { FakeBoard } from "./fake.ts";

const FILES = {
  "/": ["hello.mo", "help.txt", "dir", "directory.txt", "abc", "ab", "single"],
  "/dir": ["in.txt", "inner.txt", "Upper"],
};

/** What TAB answers after a text, and what the line then is (seen by the not-found message of Enter). */
function tab(typed: string): string {
  const board = new FakeBoard(FILES);
  board.received();
  board.type(typed);
  return board.type("\t");
}

test("an empty line lists all commands", () => {
  const answer = tab("");
  expect(answer.startsWith("\r\nRT-Thread shell commands:\r\nmemcheck         - check")).toBe(true);
  expect(answer.endsWith("list_device      - list device in system\r\n\r\nmsh />")).toBe(true);
});

test("command names are listed even when there is only one, without a blank", () => {
  expect(tab("vers")).toBe("\b\b\b\b\r\nversion\r\nmsh />version");
});

test("several commands are listed in table order and extended to what they share", () => {
  expect(tab("mem")).toBe(
    "\b\b\b\r\nmemcheck\r\nmemtrace\r\nmemheaptrace\r\nmemtrace_heap\r\nmsh />mem",
  );
  expect(tab("list_m")).toContain("list_module\r\nlist_mutex\r\nlist_mailbox\r\nlist_msgqueue\r\n");
  expect(tab("memtr")).toEndWith("memtrace\r\nmemtrace_heap\r\nmsh />memtrace");
});

test("a word without a blank is first a path, which then no command matches", () => {
  expect(tab("hello")).toBe("\b\b\b\b\b\r\nmsh />hello.mo");
  expect(tab("hel")).toBe("\b\b\b\r\nhello.mo\r\nhelp.txt\r\nhelp\r\nmsh />help");
});

test("the word behind the last blank is a path", () => {
  expect(tab("ls sin")).toBe("\b".repeat(6) + "\r\nmsh />ls single");
  expect(tab("cp x dir/i")).toBe("\b".repeat(10) + "\r\nin.txt\r\ninner.txt\r\nmsh />cp x dir/in");
  expect(tab("cat /dir/U")).toBe("\b".repeat(10) + "\r\nmsh />cat /dir/Upper");
  expect(tab("cat dir/u")).toBe("\b".repeat(9) + "\r\nmsh />cat dir/u");
});

test("an empty last part lists the directory", () => {
  expect(tab("ls dir/")).toBe("\b".repeat(7) + "\r\nin.txt\r\ninner.txt\r\nUpper\r\nmsh />ls dir/");
  expect(tab("ls ")).toContain("\r\nhello.mo\r\nhelp.txt\r\n");
});

test("an unknown directory completes nothing", () => {
  expect(tab("ls nodir/x")).toBe("\b".repeat(10) + "\r\nmsh />ls nodir/x");
});

test("the whole line is completed wherever the cursor is", () => {
  const board = new FakeBoard(FILES);
  board.received();
  board.type("ls sin\x1b[D\x1b[D");
  expect(board.type("\t")).toBe("\b".repeat(4) + "\r\nmsh />ls single");
  expect(board.type("X\r")).toStartWith("X\r\n");
});

test("a name that does not fit in the line is not completed", () => {
  const long = "n".repeat(100);
  const board = new FakeBoard({ "/": [long] });
  board.received();
  board.type("ls nn");
  expect(board.type("\t")).toBe("\b".repeat(5) + "\r\nmsh />ls nn");
});
