import { expect, test } from "bun:test";
import { LineFeeder } from "../../src/serial/mod.ts";

function feeder(delay?: number) {
  const sent: string[] = [];
  const lines = new LineFeeder(
    {
      feed: (bytes) => sent.push(new TextDecoder("latin1").decode(bytes)),
      end: () => sent.push("<end>"),
    },
    { delay },
  );
  const push = (text: string): void => lines.push(new TextEncoder().encode(text));
  return { sent, lines, push };
}

test("each line is typed with one CR, whatever ends it on the host", () => {
  const { sent, lines, push } = feeder();
  push("pwd\nls\r");
  push("\nfree\r\n\nlast");
  expect(lines.step(0)).toBe("typed");
  for (let i = 0; i < 3; i++) lines.step(0);
  expect(sent).toEqual(["pwd\r", "ls\r", "free\r", "\r"]);
  expect(lines.step(0)).toBe("starved");
  lines.close();
  expect(lines.step(0)).toBe("typed");
  expect(lines.step(0)).toBe("ended");
  expect(sent.slice(4)).toEqual(["last", "<end>"]);
});

test("a delay holds the next line back", () => {
  const { sent, lines, push } = feeder(100);
  push("a\nb\n");
  expect(lines.step(7)).toBe("typed");
  expect(lines.step(7)).toEqual({ wait: 107 });
  expect(lines.step(107)).toBe("typed");
  expect(sent).toEqual(["a\r", "b\r"]);
});
