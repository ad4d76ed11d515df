/** Line ends on their way from the guest to the host, against the same said with strings. */
import { expect, test } from "bun:test";
import fc from "fast-check";
import { LineEndFilter } from "../../src/cli/output.ts";
import { Console } from "../../src/kernel/device/console.ts";
import type { Kernel } from "../../src/kernel/mod.ts";

const bytes = (text: string): Uint8Array => Buffer.from(text, "latin1");
const text = (pieces: readonly Uint8Array[]): string => Buffer.concat(pieces).toString("latin1");
const unit = fc.constantFrom("a", "b", "\r", "\n", "\xff");
const piece = fc.oneof(
  fc.string({ unit, maxLength: 300 }),
  fc.string({ unit, minLength: 1000, maxLength: 1100 }),
);

test("the console sends CR LF for LF, and in between everything as it is", () => {
  fc.assert(
    fc.property(piece, (printed) => {
      const sent: Uint8Array[] = [];
      const options = { output: (part: Uint8Array) => sent.push(part) };
      const console = new Console({ options } as unknown as Kernel);
      console.write(bytes(printed), true);
      console.write(bytes(printed), false);
      console.write(bytes(`\n${printed}\n`), true, 1, printed.length + 1);
      const line = printed.replaceAll("\n", "\r\n");
      expect(text(sent)).toBe(line + printed + line);
    }),
  );
});

test("files and pipes get LF for CR LF, wherever the output is cut", () => {
  fc.assert(
    fc.property(fc.array(piece, { maxLength: 8 }), fc.nat(255), (printed, flushed) => {
      const sent: Uint8Array[] = [];
      const filter = new LineEndFilter((part) => sent.push(Uint8Array.from(part)));
      for (const [n, part] of printed.entries()) {
        filter.write(bytes(part));
        if ((flushed >> n) & 1) filter.flush();
      }
      filter.end();
      expect(text(sent)).toBe(printed.join("").replaceAll("\r\n", "\n"));
    }),
  );
});

test("and so do texts longer than what is collected, wherever their lines end", () => {
  for (let before = 65_530; before < 65_542; before++)
    for (const end of ["\r\n", "\r", "\r\r\n", "\n"]) {
      const printed = `${"a".repeat(before)}${end}${"b".repeat(70_000)}${end}`;
      const sent: Uint8Array[] = [];
      const filter = new LineEndFilter((part) => sent.push(Uint8Array.from(part)));
      filter.write(bytes("first"));
      filter.write(bytes(printed));
      filter.write(bytes("last"));
      filter.end();
      expect(text(sent) === `first${printed}last`.replaceAll("\r\n", "\n")).toBeTrue();
    }
});

/** What the line carries for a piece, and what files and pipes get of all of them. */
const carried = (part: string, stream: boolean) => (stream ? part.replaceAll("\n", "\r\n") : part);

test("what is taken before the line has put its returns is what is left of it without them", () => {
  const some = fc.tuple(piece, fc.boolean(), fc.boolean());
  fc.assert(
    fc.property(fc.array(some, { maxLength: 12 }), (printed) => {
      const sent: Uint8Array[] = [];
      const filter = new LineEndFilter((part) => sent.push(Uint8Array.from(part)));
      const options = {
        output: (part: Uint8Array) => filter.write(part),
        text: (part: Uint8Array, start: number, end: number) => filter.text(part, start, end),
      };
      const console = new Console({ options } as unknown as Kernel);
      for (const [part, stream, flushed] of printed) {
        console.write(bytes(`<${part}>`), stream, 1, part.length + 1);
        if (flushed) filter.flush();
      }
      filter.end();
      const line = printed.map(([part, stream]) => carried(part, stream)).join("");
      expect(text(sent)).toBe(line.replaceAll("\r\n", "\n"));
    }),
    { numRuns: 1000 },
  );
});

test("also of texts longer than what is collected", () => {
  for (let before = 65_530; before < 65_542; before++)
    for (const end of ["\r\n", "\r", "\n"])
      for (const stream of [true, false]) {
        const printed = `${"a".repeat(before)}${end}${"b".repeat(70_000)}${end}`;
        const sent: Uint8Array[] = [];
        const filter = new LineEndFilter((part) => sent.push(Uint8Array.from(part)));
        filter.write(bytes("first\r"));
        filter.text(bytes(printed), 0, printed.length);
        if (stream) filter.text(bytes("\nlast"), 0, 5);
        else filter.write(bytes("\nlast"));
        filter.end();
        const line = `first\r${carried(printed, true)}${carried("\nlast", stream)}`;
        expect(text(sent) === line.replaceAll("\r\n", "\n")).toBeTrue();
      }
});
