/** Names of the guest are bytes: in reports, those that are UTF-8 are text. */
import { expect, test } from "bun:test";
import { reportObject } from "../../src/debug/mod.ts";
import { crash, moduleOf } from "./faulty.ts";

/** The module with another string of as many bytes in the place of one. */
function renamed(kind: string, from: string, to: string): Uint8Array {
  const bytes = Buffer.from(moduleOf(kind, "a9"));
  const at = bytes.indexOf(`${from}\0`);
  expect(at).toBeGreaterThan(0);
  bytes.write(to, at);
  expect(Buffer.byteLength(to)).toBe(from.length);
  return bytes;
}

test("of the thread that faults", () => {
  const [report] = crash(renamed("thread", "worker", "wörkr")).reports;
  expect(report.title).toContain("thread wörkr");
  expect(reportObject(report).thread).toBe("wörkr");
});

test("of what threads wait for, and who waits", () => {
  const { standstill } = crash(renamed("deadlock", "second", "größ"));
  const { text, threads } = standstill as { text: string; threads: { thread: string }[] };
  expect(text).toContain("thread größ (priority 20) waits for mutex left");
  expect(text).toContain("held by größ");
  expect(threads.map(({ thread }) => thread)).toContain("größ");
});
