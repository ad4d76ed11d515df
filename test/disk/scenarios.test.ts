/** What a user does in msh, on every kind of disk, and what fsck.fat, mdir and mcopy see of it afterwards. */
import { afterAll, beforeAll, describe, expect, setDefaultTimeout, test } from "bun:test";
import { chmodSync, readFileSync } from "node:fs";
import { have } from "../fat/tools.ts";
import { damageIn } from "../fat/verdict.ts";
import { Bench, bytesOf, RTT_SIM } from "./tool.ts";

setDefaultTimeout(60_000);
const bench = new Bench();
afterAll(() => bench.remove());

const BIG = bytesOf(120_000, 4);
beforeAll(() => {
  bench.file("from/Big source file.bin", BIG);
  bench.file("from/small.txt", "small\n");
});

const FULL = process.env.RTT_SIM_FULL === "1";
const DISKS: { name: string; options: string[] }[] = [
  { name: "FAT12", options: ["--fat", "12", "--size", "2M"] },
  { name: "FAT16", options: ["--fat", "16", "--size", "16M"] },
  { name: "FAT32", options: ["--fat", "32", "--size", "40M"] },
  { name: "FAT12 with one FAT", options: ["--fat", "12", "--size", "2M", "--fats", "1"] },
  { name: "sectors of 4096 bytes", options: ["--size", "16M", "--sector", "4096"] },
  { name: "a partition", options: ["--size", "16M", "--mbr"] },
];

interface Scenario {
  readonly name: string;
  readonly lines: readonly string[];
  /** Names in the root afterwards, as mdir shows them. */
  readonly root: readonly string[];
  /** A file and its contents afterwards. */
  readonly file: readonly [string, Uint8Array | string];
}

const SCENARIOS: readonly Scenario[] = [
  {
    name: "write, copy, overwrite",
    lines: ['cp "/Big source file.bin" /copy.bin', "echo first /a.txt", "echo 2 /a.txt"],
    root: ["Big source file.bin", "a.txt", "copy.bin", "small.txt"],
    file: ["copy.bin", BIG],
  },
  {
    name: "folders, and moves through them",
    lines: [
      "mkdir /d",
      'mkdir "/d/a longer name"',
      'mv "/Big source file.bin" "/d/a longer name/moved.bin"',
      'mv "/d/a longer name" /up',
      "rm /small.txt",
      "rm -r /d",
    ],
    root: ["up"],
    file: ["up/moved.bin", BIG],
  },
  {
    name: "a folder that grows and is emptied, file by file",
    lines: [
      "mkdir /many",
      ...Array.from({ length: 40 }, (_, i) => `echo ${i} "/many/a long file name ${i}.text"`),
      ...Array.from({ length: 39 }, (_, i) => `rm "/many/a long file name ${i}.text"`),
    ],
    root: ["Big source file.bin", "many", "small.txt"],
    file: ["many/a long file name 39.text", "39"],
  },
  {
    name: "mkfs, and use",
    lines: ["mkfs sd0", "mkdir /new", "echo x /new/x.txt"],
    root: ["new"],
    file: ["new/x.txt", "x"],
  },
];

// The quick set takes the ends.
describe.each(DISKS.filter(({ name }) => FULL || name === "FAT12" || name === "FAT32"))(
  "$name",
  ({ options }) => {
    test.each([...SCENARIOS])("$name", ({ lines, root, file: [path, contents] }) => {
      bench.out("disk", "create", "-f", ...options, "--from", "from", "disk.img");
      const { code, err } = bench.run(["disk.img", ...lines.flatMap((line) => ["-c", line])]);
      expect([code, err]).toEqual([0, ""]);
      judge(options.includes("--mbr"), root, path, Buffer.from(contents));
    });

    test("until it is full, and again with room", () => {
      bench.out("disk", "create", "-f", ...options, "--from", "from", "disk.img");
      const copies = options.includes("2M") ? 25 : 4;
      // What is left is taken by one file of zeros that the host puts there; the guest finds the end.
      const { freeBytes } = JSON.parse(bench.out("disk", "info", "--json", "disk.img"));
      bench.file("fill.bin", new Uint8Array(Math.max(0, freeBytes - 200_000)));
      bench.out("disk", "cp", "fill.bin", "disk.img:/fill.bin");
      const copy = (i: number): string[] => ["-c", `cp "/Big source file.bin" /copy${i}.bin`];
      const full = bench.run([
        "disk.img",
        ...Array.from({ length: copies }, (_, i) => copy(i)).flat(),
      ]);
      expect(full.out).toContain("failed");
      expect(JSON.parse(bench.out("disk", "info", "--json", "disk.img")).freeBytes).toBeLessThan(
        32768,
      );
      bench.out("disk.img", "-c", "rm /fill.bin", "-c", "echo room /room.txt");
      const names = Array.from({ length: copies }, (_, i) => `copy${i}.bin`);
      const there = bench
        .out("disk", "ls", "disk.img")
        .split("\n")
        .map((line) => line.slice(1));
      const root = [
        "Big source file.bin",
        "room.txt",
        "small.txt",
        ...names.filter((name) => there.includes(name)),
      ];
      judge(options.includes("--mbr"), root.sort(), "copy0.bin", Buffer.from(BIG));
    });
  },
);

function judge(partition: boolean, root: readonly string[], path: string, contents: Buffer): void {
  expect(bench.out("disk", "fsck", "disk.img")).toContain("sound");
  if (!have("fsck.fat") || !have("mcopy")) return;
  if (!partition) {
    const { code, out } = bench.tool(["fsck.fat", "-n", "disk.img"]);
    expect({ code, bad: code === 0 ? [] : damageIn(out) }).toEqual({ code: 0, bad: [] });
  }
  const at = partition ? "disk.img@@1048576" : "disk.img";
  const shown = bench.tool(["mdir", "-b", "-i", at, "::"]).out;
  const names = shown
    .split("\n")
    .filter(Boolean)
    .map((line) => line.replace(/^::\//, "").replace(/\/$/, ""));
  expect(names.sort()).toEqual([...root].sort());
  bench.tool(["mcopy", "-n", "-o", "-i", at, `::${path}`, "mcopy.bin"]);
  expect(Buffer.compare(readFileSync(bench.path("mcopy.bin")), contents)).toBe(0);
}

describe("disks that are not written to", () => {
  const LINES = ["echo x /new.txt", "cat /new.txt", "rm /small.txt", "mkdir /d", "ls"].flatMap(
    (line) => ["-c", line],
  );

  test("--snapshot: the guest sees its changes, the file does not have a single one", () => {
    bench.out("disk", "create", "-f", "--size", "8M", "--from", "from", "snap.img");
    const before = readFileSync(bench.path("snap.img"));
    const { code, out, err } = bench.run(["--snapshot", "snap.img", ...LINES]);
    expect([code, err]).toEqual([0, ""]);
    expect(out).toMatch(/^x/);
    expect(out).toMatch(/new\.txt +1/);
    expect(readFileSync(bench.path("snap.img")).equals(before)).toBe(true);
  });

  const setpriv = process.getuid?.() === 0 && have("setpriv");
  test.skipIf(process.getuid?.() === 0 && !setpriv)(
    "without write permission: one warning, the guest works, the file stays (as root it needs setpriv)",
    () => {
      bench.out("disk", "create", "-f", "--size", "8M", "--from", "from", "protected.img");
      const before = readFileSync(bench.path("protected.img"));
      chmodSync(bench.path("protected.img"), 0o444);
      chmodSync(bench.folder, 0o755);
      const as = setpriv ? ["setpriv", "--reuid=65534", "--clear-groups"] : [];
      const run = (...args: string[]) => bench.tool([...as, ...RTT_SIM, ...args]);
      const { code, out, err } = run("protected.img", ...LINES);
      expect([code, out]).toEqual([0, expect.stringMatching(/^x/)]);
      expect(err).toBe(
        "rtt-sim: protected.img is write-protected: changes are kept in memory and discarded at the end\n",
      );
      expect(run("disk", "mkdir", "protected.img:/x")).toMatchObject({
        code: 74,
        err: expect.stringContaining("write-protected"),
      });
      expect(readFileSync(bench.path("protected.img")).equals(before)).toBe(true);
    },
  );
});
