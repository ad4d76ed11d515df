/** A guest on a damaged volume: the user is told what is broken, once, and nothing more is written. */
import { afterAll, expect, setDefaultTimeout, test } from "bun:test";
import { readFileSync, writeFileSync } from "node:fs";
import { Bench, bytesOf } from "./tool.ts";

setDefaultTimeout(60_000);
const bench = new Bench();
afterAll(() => bench.remove());

/** /one.txt and /two.txt of 5 clusters each; `change` gets their first clusters and sets entries of the FAT. */
function image(
  change: (set: (cluster: number, value: number) => void, a: number, b: number) => void,
) {
  bench.file("one.txt", bytesOf(10_000, 1));
  bench.file("two.txt", bytesOf(10_000, 2));
  bench.out("disk", "create", "-f", "--size", "16M", "--fat", "16", "--cluster", "2K", "bad.img");
  bench.out("disk", "cp", "one.txt", "two.txt", "bad.img:/");
  const bytes = readFileSync(bench.path("bad.img"));
  const first = (short: string) => bytes.readUInt16LE(bytes.indexOf(short, 0, "latin1") + 26);
  const fats = bytes.readUInt16LE(14) * 512;
  const set = (cluster: number, value: number): void => {
    for (let copy = 0; copy < bytes[16]; copy++)
      bytes.writeUInt16LE(value, fats + copy * bytes.readUInt16LE(22) * 512 + cluster * 2);
  };
  change(set, first("ONE     TXT"), first("TWO     TXT"));
  writeFileSync(bench.path("bad.img"), bytes);
}

test.each([
  ["a circle", (set: (c: number, v: number) => void, a: number) => set(a + 1, a)],
  ["a free cluster", (set: (c: number, v: number) => void, a: number) => set(a + 1, 0)],
  ["no cluster", (set: (c: number, v: number) => void, a: number) => set(a + 1, 0xfff0)],
])(
  "a file whose chain leads to %s: one message, then read-only; it can be removed",
  (_, change) => {
    image(change);
    const lines = ["-c", "cat /one.txt", "-c", "cat /one.txt", "-c", "mkdir /new"];
    const { err } = bench.run(["bad.img", ...lines]);
    expect(err.match(/sd0: \/one\.txt: the file system is damaged/g)?.length).toBe(1);
    expect(err).toContain("rtt-sim disk fsck --repair");
    expect(bench.out("disk", "ls", "bad.img")).toBe("/one.txt\n/two.txt\n");
    expect(bench.run(["bad.img", "-c", "rm /one.txt"]).code).toBe(0);
    expect(bench.out("disk", "ls", "bad.img")).toBe("/two.txt\n");
  },
);

test("files that share clusters: neither is written to", () => {
  image((set, a, b) => set(a + 1, b + 2));
  const before = bench.run(["disk", "cat", "bad.img:/two.txt"]).out;
  const { err } = bench.run(["bad.img", "-c", 'echo "over" /one.txt', "-c", 'echo "x" /two.txt']);
  expect(err).toMatch(/cluster \d+ of \/(one|two)\.txt belongs to another file or directory, too/);
  expect(bench.run(["disk", "cat", "bad.img:/two.txt"]).out).toBe(before);
});
