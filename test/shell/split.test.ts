import { expect, test } from "bun:test";
import fc from "fast-check";
import { splitArguments } from "../../src/shell/split.ts";

/** Lines of the recorded sessions and what the commands there made of them. */
const CASES: [line: string, argv: string[], tooMany?: boolean][] = [
  ['echo "a  b" c', ["echo", "a  b", "c"]],
  ["echo a\tb", ["echo", "a", "b"]],
  ['echo "a"b', ["echo", "a", "b"]],
  ['echo a"b c"', ["echo", 'a"b', 'c"']],
  ['echo "a\\"b"', ["echo", 'a\\"b']],
  ['echo "unclosed x', ["echo", "unclosed x"]],
  ['pwd "', ["pwd", ""]],
  ['ls ""', ["ls", ""]],
  ["  pwd  ", ["pwd"]],
  ["ls 1 2 3 4 5 6 7 8 9", ["ls", "1", "2", "3", "4", "5", "6", "7", "8", "9"]],
  ["ls 1 2 3 4 5 6 7 8 9 ", ["ls", "1", "2", "3", "4", "5", "6", "7", "8", "9"], true],
  ["ls 1 2 3 4 5 6 7 8 9 10", ["ls", "1", "2", "3", "4", "5", "6", "7", "8", "9"], true],
];

for (const [line, argv, tooMany = false] of CASES) {
  test(`split ${JSON.stringify(line)}`, () => {
    expect(splitArguments(line)).toEqual({ argv, tooMany });
  });
}

test("words joined by blanks come back, quoted when they hold blanks", () => {
  const word = fc.string({
    unit: fc.constantFrom("a", "B", "/", "-", " ", "'", "$"),
    maxLength: 6,
  });
  const blanks = fc.string({ unit: fc.constantFrom(" ", "\t"), minLength: 1, maxLength: 3 });
  fc.assert(
    fc.property(fc.array(fc.tuple(word, blanks), { maxLength: 9 }), (pairs) => {
      const line = pairs.map(([text, gap]) => `${gap}"${text}"`).join("");
      expect(splitArguments(line).argv).toEqual(pairs.map(([text]) => text));
    }),
  );
});
