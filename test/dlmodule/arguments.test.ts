import { expect, test } from "bun:test";
import { splitArguments } from "../../src/dlmodule/arguments.ts";
import { GuestMemory } from "../../src/memory/mod.ts";

/** Lines typed at the prompt of a real RT-Thread 4.0.4 and the arguments that the program saw. */
const RECORDED: readonly [line: string, args: string[]][] = [
  ["a_argv", ["a_argv"]],
  ["a_argv a", ["a_argv", "a"]],
  ["a_argv   a    b ", ["a_argv", "a", "b"]],
  ['a_argv "x  y" z', ["a_argv", "x  y", "z"]],
  ['a_argv ""', ["a_argv", ""]],
  ['a_argv "" b', ["a_argv", "", "b"]],
  ['a_argv a""b', ["a_argv", 'a""b']],
  ['a_argv "a"b c', ["a_argv", "a", "b", "c"]],
  ['a_argv "a""b"', ["a_argv", "a", "b"]],
  ['a_argv a"b c"d', ["a_argv", 'a"b', 'c"d']],
  ['a_argv "open end', ["a_argv", "open end"]],
  ['a_argv "', ["a_argv", ""]],
  ['a_argv \\"', ["a_argv", '\\"']],
  ['a_argv "a\\"b" c', ["a_argv", 'a\\"b', "c"]],
  ['a_argv "a\\\\" c', ["a_argv", "a\\\\", "c"]],
  ["a_argv \\x \\n", ["a_argv", "\\x", "\\n"]],
  ["a_argv 'a b'", ["a_argv", "'a", "b'"]],
  ["a_argv $HOME * ?", ["a_argv", "$HOME", "*", "?"]],
  ["a_argv a;b|c>d&", ["a_argv", "a;b|c>d&"]],
  ["a_argv 1 2 3 4 5 6", ["a_argv", "1", "2", "3", "4", "5", "6"]],
  ["a_argv 1 2 3 4 5 6 7", ["a_argv", "1", "2", "3", "4", "5", "6", "7"]],
  ["a_argv 1 2 3 4 5 6 7 8", ["a_argv", "1", "2", "3", "4", "5", "6", "7 8"]],
  ["a_argv 1 2 3 4 5 6 7   8   9  ", ["a_argv", "1", "2", "3", "4", "5", "6", "7   8   9  "]],
  ['a_argv 1 2 3 4 5 6 "7 7" 8', ["a_argv", "1", "2", "3", "4", "5", "6", "7 7"]],
  ["a_argv 1 2 3 4 5 6 7 ", ["a_argv", "1", "2", "3", "4", "5", "6", "7 "]],
  ["a_argv #c", ["a_argv", "#c"]],
  ["  a_argv lead", ["a_argv", "lead"]],
  ["a_argv.mo ext", ["a_argv.mo", "ext"]],
  ["/a_argv.mo abs", ["/a_argv.mo", "abs"]],
  ["A_ARGV up", ["A_ARGV", "up"]],
  ["a_argv.MO upx", ["a_argv.MO", "upx"]],
  ["./a_argv.mo dot", ["./a_argv.mo", "dot"]],
  ["../a_argv dd", ["../a_argv", "dd"]],
  ["a_argv -x --y=z /p", ["a_argv", "-x", "--y=z", "/p"]],
  ['a_argv "x" "y" "z"', ["a_argv", "x", "y", "z"]],
];

const LINE = 0x60100000;
const memory = new GuestMemory();

function split(line: string): string[] {
  memory.write(LINE, Buffer.from(`${line}\0`, "latin1"));
  return splitArguments(memory, LINE).map((address) => memory.cstring(address));
}

for (const [line, args] of RECORDED)
  test(JSON.stringify(line), () => {
    expect(split(line)).toEqual(args);
  });

test("a blank line has no arguments", () => {
  expect(split("")).toEqual([]);
  expect(split(" \t ")).toEqual([]);
});

test("tabs separate", () => {
  expect(split("prog\tx \t y")).toEqual(["prog", "x", "y"]);
});

test("a backslash at the end of a quoted word does not run out of the line", () => {
  memory.write(LINE, Buffer.from('p "a\\\0XX" y\0', "latin1"));
  expect(splitArguments(memory, LINE).map((address) => memory.cstring(address))).toEqual([
    "p",
    "a\\",
  ]);
});

test("the line is split in place, so that the arguments are parts of one block", () => {
  memory.write(LINE, Buffer.from('m_argvw one  "two three" four\0'));
  expect(splitArguments(memory, LINE).map((address) => address - LINE)).toEqual([0, 8, 14, 25]);
});
