/** `disk create` for files that do not fit: it says how much they need, and what it says would do does. */
import { afterAll, beforeAll, describe, expect, setDefaultTimeout, test } from "bun:test";
import { existsSync, lstatSync, readdirSync, symlinkSync } from "node:fs";
import { Bench, bytesOf } from "./tool.ts";

setDefaultTimeout(60_000);
const bench = new Bench();
afterAll(() => bench.remove());

beforeAll(() => {
  for (let i = 0; i < 4200; i++) bench.file(`many/f${i}`, "x");
  bench.file("big/a", bytesOf(3_000_000, 1));
});

describe("files that do not fit", () => {
  test.each([
    [["--fat", "12", "--from", "many"], 2, /take at least 4200 clusters: FAT12 has at most 4085/],
    [["--fat", "12", "--size", "400M", "--from", "big"], 2, /400 MiB cannot be a FAT12 disk/],
    [["--fat", "32", "--size", "10M", "--from", "big"], 2, /FAT32 has 65526 or more clusters/],
    [["--size", "1M", "--from", "big"], 74, /take 5860 clusters of 512 bytes \(2.9 MiB\)/],
    [["--size", "2M", "--from", "many"], 74, /take 4200 clusters of 1024 bytes/],
    [["--mbr", "--size", "3M", "--from", "big"], 74, /of 2 MiB has \d+\n/],
  ] as const)("%p", (options, code, words) => {
    const ran = bench.run(["disk", "create", ...options, "new.img"]);
    expect([ran.code, ran.err]).toEqual([code, expect.stringMatching(words)]);
    expect(existsSync(bench.path("new.img"))).toBe(false);
    const advised = [...ran.err.matchAll(/--(?:size|fat) \d+M?/g)].map(([text]) => text);
    expect(advised.length).toBeGreaterThan(0);
    for (const advice of advised) {
      const [name, value] = advice.split(" ");
      const kept = options.filter((_, i) => options[i] !== name && options[i - 1] !== name);
      bench.out("disk", "create", "-f", ...kept, name, value, "advised.img");
      expect(bench.out("disk", "fsck", "advised.img")).toContain("sound");
    }
  });

  test("a directory that is full is named", () => {
    bench.out("disk", "create", "--size", "8M", "--root-entries", "16", "small.img");
    bench.file("root/a", "");
    for (let i = 0; i < 16; i++) bench.file(`root/a long name, number ${i}`, "");
    const { code, err } = bench.run(["disk", "cp", "-r", "root", "small.img:/"]);
    expect(code).toBe(0);
    const many = bench.run([
      "disk",
      "mkdir",
      ...Array.from({ length: 16 }, (_, i) => `small.img:/d${i}`),
    ]);
    expect([err, many.code, many.err]).toEqual([
      "",
      74,
      expect.stringContaining("small.img: the root directory is full"),
    ]);
  });
});

describe("a name that cannot be written", () => {
  const saved = (name: string) => [
    { words: ["disk", "create", name] },
    { words: ["--save", name, "-c", "ls"] },
  ];

  test.each(saved(""))("an empty one: $words", ({ words }) => {
    const before = readdirSync(bench.folder);
    const { code, err } = bench.run(words);
    expect([code, err]).toEqual([2, expect.stringContaining("without a name")]);
    expect(readdirSync(bench.folder)).toEqual(before);
  });

  test.each(saved("dangling"))("a link that leads nowhere stays: $words", ({ words }) => {
    if (!lstatSync(bench.path("dangling"), { throwIfNoEntry: false }))
      symlinkSync("nowhere", bench.path("dangling"));
    const { code, err } = bench.run(words);
    expect([code, err]).toEqual([74, expect.stringContaining("dangling: the link leads nowhere")]);
    expect(lstatSync(bench.path("dangling")).isSymbolicLink()).toBe(true);
  });
});

test("a label that cannot be gets one sentence", () => {
  const { code, err } = bench.run(["disk", "create", "--label", "日本", "label.img"]);
  expect([code, err.trim().split("\n").length]).toEqual([2, 1]);
});

test("what does not fit from standard input is not taken for a path in the image", () => {
  bench.out("disk", "create", "--size", "64K", "tiny.img");
  const { code, err } = bench.run(["disk", "cp", "-", "tiny.img:/a:b"], "x");
  expect([code, err]).toEqual([2, expect.not.stringContaining("tiny.img:-")]);
  expect(err).toContain("tiny.img");
});
