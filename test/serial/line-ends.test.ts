/** Line ends on their way from the guest to the host, against the same said with strings. */
import { expect, test } from "bun:test";
import fc from "fast-check";
import { LineEndFilter } from "../../src/cli/output.ts";
import { Console } from "../../src/kernel/device/console.ts";
import type { Kernel } from "../../src/kernel/mod.ts";

const bytes = (text: string): Uint8Array => Buffer.from(text, "latin1");
const text = (pieces: readonly Uint8Array[]): string => Buffer.concat(pieces).toString("latin1");
const piece = fc.string({ unit: fc.constantFrom("a", "b", "\r", "\n", "\xff"), maxLength: 300 });

test("the console sends CR LF for LF, and in between everything as it is", () => {
  fc.assert(
    fc.property(piece, (printed) => {
      const sent: Uint8Array[] = [];
      const options = { output: (part: Uint8Array) => sent.push(part) };
      const console = new Console({ options } as unknown as Kernel);
      console.write(bytes(printed), true);
      console.write(bytes(printed), false);
      expect(text(sent)).toBe(printed.replaceAll("\n", "\r\n") + printed);
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
