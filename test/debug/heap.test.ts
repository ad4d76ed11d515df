/** Mistakes with the heap: how the run is taken. */
import { expect, test } from "bun:test";
import { crash, moduleOf } from "./faulty.ts";

test.each(["a9", "thumb"] as const)("a heap found overwritten is a failure, %s", (target) => {
  const { said, reports, verdict, code } = crash(moduleOf("heap-malloc", target));
  expect(reports.map(({ kind }) => kind)).toEqual(["heap corruption"]);
  // Once: the end of the module has nothing new to say.
  expect(said.join("\n")).not.toContain("was overwritten");
  expect(verdict).toBe("done");
  expect(code).toBe(134);
});

/** Everything that is said of headers of the heap. */
const mentions = ({ said, reports }: ReturnType<typeof crash>): string[] =>
  [...said, ...reports.map(({ text }) => text)]
    .flatMap((text) => text.split("\n"))
    .filter((line) => line.includes("was overwritten"));

test.each(["a9", "thumb"] as const)("one that only the end of the module finds, %s", (target) => {
  const made = crash(moduleOf("heap-end", target));
  expect(made.reports).toEqual([]);
  expect(mentions(made).length).toBe(1);
  expect(mentions(made)[0]).toMatch(
    /beyond the end of the block before it: 24 bytes at 0x\w+, from/,
  );
  expect(made.code).toBe(134);
});

test.each(["a9", "thumb"] as const)("stores before a block are its own doing, %s", (target) => {
  const made = crash(moduleOf("heap-underrun", target));
  expect(made.reports.map(({ title }) => title)).toEqual([
    "heap corruption, found by rt_free in thread faults, module faults (/faults.mo)",
  ]);
  expect(mentions(made).length).toBe(1);
  expect(mentions(made)[0]).toContain(" of 40 bytes, allocated at faults+");
  const { text, hint } = made.reports[0];
  expect(text).not.toContain("the block before it");
  expect(hint).toContain("negative index");
  expect(hint).not.toContain("beyond the end");
  expect(made.code).toBe(134);
});

test.each(["a9", "thumb"] as const)(
  "a store beyond the end blames the block before, %s",
  (target) => {
    const made = crash(moduleOf("heap-overrun", target));
    expect(mentions(made).length).toBe(1);
    expect(made.reports[0].text).toContain("the block before it has 24 bytes");
    expect(made.reports[0].hint).not.toContain("negative index");
  },
);

/** C's malloc and memset: a header of nothing but zeros reads as that of a free block. */
test.each(
  ["heap-zeros", "heap-zeros-free", "heap-zeros-last"].flatMap((kind) => [
    [kind, "a9"] as const,
    [kind, "thumb"] as const,
  ]),
)("%s: a header filled with zeros is an overwritten one, %s", (kind, target) => {
  const { reports, code } = crash(moduleOf(kind, target));
  const [{ text, hint }] = reports;
  expect(text).toMatch(
    /the header of the heap block at 0x\w+.* was overwritten: it begins with 0x0+$/m,
  );
  expect(text).toMatch(
    /the block before it has 20 bytes at 0x\w+, allocated at faults\+0x\w+ \(main\+0x\w+\), .*\.c:7$/m,
  );
  expect(hint).toContain("beyond the end of the block before");
  for (const report of reports)
    expect(report.text + report.hint).not.toMatch(/given back|freed at|twice/);
  expect(code).toBe(134);
});

test.each(["a9", "thumb"] as const)(
  "a block given back twice is told as one also when its neighbour was given back in between, %s",
  (target) => {
    const [{ text, hint }] = crash(moduleOf("double-free-joined", target)).reports;
    expect(text).toMatch(
      /0x\w+ is a heap block of 24 bytes that was given back before: allocated at/,
    );
    expect(text).toMatch(/double-free-joined\.c:7; freed at .*double-free-joined\.c:9$/m);
    expect(hint).toContain("given back twice");
  },
);
