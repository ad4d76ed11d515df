import { describe, expect, test } from "bun:test";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { format, type Formatted, wholeText } from "../../src/kernel/format.ts";
import { HostArguments, kprintf, latin1 } from "../../src/kernel/kprintf.ts";

const RECORDED = join(import.meta.dir, "../fixtures/probes/kernel/expected");
const text = ({ bytes, size }: Formatted) => String.fromCharCode(...bytes.subarray(0, size));
const fmtOf = (fmt: string) => wholeText(latin1(fmt));
const print = (fmt: string, ...args: (number | string)[]) =>
  text(format(fmtOf(fmt), new HostArguments(args), 1000));

/** The values of the probe fmt_int; %c was tried with the fourth only. */
const VALUES = [0, 7, -42, 65601, -0x80000000];

describe("integer conversions as the real kernel printed them", () => {
  const rows = readFileSync(join(RECORDED, "fmt_int.txt"), "latin1")
    .replace("msh />", "")
    .split("\n")
    .filter((line) => line.includes(" : "))
    .map((line) => line.split(" :", 2) as [string, string]);
  test("the recording has them all", () => expect(rows.length).toBeGreaterThan(45));
  test.each(rows)("%s", (conversion, recorded) => {
    const values = conversion.endsWith("c") ? [VALUES[3]] : VALUES;
    expect(values.map((value) => ` ${print(`|${conversion}|`, value)}`).join("")).toBe(recorded);
  });
});

// From the probe fmt_str: [format, arguments, recorded line].
const STRINGS: [string, (number | string)[], string][] = [
  [
    "s1|%s|%3s|%8s|%-8s|%.3s|%8.3s|%-8.3s|",
    Array(7).fill("hello"),
    "s1|hello|hel|   hello|hello   |hel|     hel|hel     |",
  ],
  [
    "s3|%*s|%-*s|%.*s|%*.*s|",
    [7, "ab", 7, "ab", 2, "xyz", 6, 2, "xyz"],
    "s3|     ab|ab     |xy|    xy|",
  ],
  ["s4|%*d|%-*d|%*d|%.*d|", [6, 42, 6, 42, -6, 42, 4, 42], "s4|    42|42    |42    |0042|"],
  ["p1|%%|%5%|100%%|", [], "p1|%|%|100%|"],
  ["u1|%f|%d|", [11, 22], "u1|%f|11|"],
  ["u2|%5f|%e|%g|%n|%a|%d", [11, 22, 33, 44], "u2|%f|%e|%g|%n|%a|11"],
  ["u3|%lld|%d|", [11, 22], "u3|%ld|11|"],
  ["u4|%q|%y|%b|%d", [1, 2, 3, 4], "u4|%q|%y|%b|1"],
  ["t1|%", [], "t1|%"],
  ["t2|%5", [], "t2|%"],
  [
    "p2|%p|%p|%12p|%-12p|",
    [0, 0x1234, 0xabcdef, 0xabcdef],
    "p2|00000000|00001234|      abcdef|abcdef      |",
  ],
];

test.each(STRINGS)("%s", (fmt, args, recorded) => {
  expect(print(fmt, ...args)).toBe(recorded);
});

test.each(STRINGS)("%s, somewhere in memory", (fmt, args, recorded) => {
  // What follows the NUL is not looked at, also behind a lonely `%`.
  const memory = latin1(`before%d${fmt}\0s%d5`);
  const place = { bytes: memory, at: 8, length: fmt.length };
  expect(text(format(place, new HostArguments(args), 1000))).toBe(recorded);
});

test("what is behind the limit is counted, whatever it consists of", () => {
  const parts = ["x".repeat(300), "abcdefgh", "", "y".repeat(700), "z"];
  for (const limit of [0, 1, 10, 255, 256, 257, 299, 300, 304, 1008, 1009, 2000])
    for (const fmt of ["%s%s%s%s%s", "%s%.8s%s%.700s%c", parts.join("")]) {
      const args = fmt.includes("%c") ? [...parts.slice(0, 4), 0x7a] : parts;
      const result = format(fmtOf(fmt), new HostArguments(args), limit);
      expect(text(result)).toBe(parts.join("").slice(0, limit));
      expect(result.length).toBe(1009);
    }
});

test("a huge width costs no memory and is counted", () => {
  const result = format(fmtOf("%2000000000d"), new HostArguments([1]), 10);
  expect(result.length).toBe(2_000_000_000);
  expect(text(result)).toBe(" ".repeat(10));
});

test("rt_kprintf sends at most 254 characters and then a NUL", () => {
  expect(kprintf(fmtOf("x".repeat(254)), new HostArguments([])).size).toBe(254);
  const cut = kprintf(fmtOf("x".repeat(300)), new HostArguments([]));
  expect(text(cut)).toBe(`${"x".repeat(254)}\0`);
});
