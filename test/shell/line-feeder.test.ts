import { expect, test } from "bun:test";
import { LineFeeder, type LineFeederOptions } from "../../src/serial/mod.ts";

function feeder(options?: LineFeederOptions) {
  const sent: string[] = [];
  const lines = new LineFeeder(
    {
      feed: (bytes) => sent.push(new TextDecoder("latin1").decode(bytes)),
      end: () => sent.push("<end>"),
    },
    options,
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

test("Enter behind a last line without an end, where that is wanted", () => {
  const { sent, lines, push } = feeder({ enterLast: true });
  push("pwd\nlast");
  lines.close();
  while (lines.step(0) !== "ended");
  expect(sent).toEqual(["pwd\r", "last\r", "<end>"]);
  const ended = feeder({ enterLast: true });
  ended.push("pwd\r\n");
  ended.lines.close();
  while (ended.lines.step(0) !== "ended");
  expect(ended.sent).toEqual(["pwd\r", "<end>"]);
});

test("a delay holds the next line back", () => {
  const { sent, lines, push } = feeder({ delay: 100 });
  push("a\nb\n");
  expect(lines.step(7)).toBe("typed");
  expect(lines.step(7)).toEqual({ wait: 107 });
  expect(lines.step(107)).toBe("typed");
  expect(sent).toEqual(["a\r", "b\r"]);
});

test("at a pace each line waits for silence, counted from the last output, and for its time", () => {
  const rows = [
    { silence: 100, least: 0 },
    { silence: 30, least: 0 },
    { silence: 30, least: 400 },
  ];
  const { sent, lines, push } = feeder({ pace: (line) => rows[Math.min(line, 2)] });
  push("a\nb\n");
  lines.heard(50);
  expect(lines.step(50)).toEqual({ wait: 150 });
  expect(lines.step(150)).toBe("typed");
  expect(lines.step(150)).toEqual({ wait: 180 });
  lines.heard(170);
  expect(lines.step(180)).toEqual({ wait: 200 });
  expect(lines.step(200)).toBe("typed");
  expect(lines.step(200)).toBe("starved");
  lines.close();
  expect(lines.step(200)).toEqual({ wait: 600 });
  expect(lines.step(600)).toBe("ended");
  expect(sent).toEqual(["a\r", "b\r", "<end>"]);
});

test("of a line without an end 64 KiB are typed at once, the rest without a pause, and it counts as one line", () => {
  const { sent, lines, push } = feeder({ pace: () => ({ silence: 100, least: 0 }) });
  push("x".repeat(150_000));
  expect(lines.waiting).toBe(150_000);
  expect(lines.step(0)).toEqual({ wait: 100 });
  expect(lines.step(100)).toBe("typed");
  expect(lines.step(100)).toBe("typed");
  expect(lines.step(100)).toBe("starved");
  expect(lines.waiting).toBe(150_000 - 131_072);
  push("y\nz\n");
  expect(lines.step(100)).toBe("typed");
  expect(lines.step(100)).toEqual({ wait: 200 });
  expect(sent.join("")).toBe(`${"x".repeat(150_000)}y\r`);
});

test("Enter behind a last line of exactly 64 KiB", () => {
  const { sent, lines, push } = feeder({ enterLast: true });
  push("x".repeat(65_536));
  lines.close();
  while (lines.step(0) !== "ended");
  expect(sent.join("")).toBe(`${"x".repeat(65_536)}\r<end>`);
});
