/** `rtt-sim disk`: what a user sees, and what mtools and fsck.fat see of the result. */
import { afterAll, describe, expect, setDefaultTimeout, test } from "bun:test";
import {
  chmodSync,
  existsSync,
  readFileSync,
  statSync,
  symlinkSync,
  utimesSync,
  rmSync,
  truncateSync,
} from "node:fs";
import { RamDevice } from "../../src/block/mod.ts";
import { FatVolume } from "../../src/fat/mod.ts";
import { have } from "../fat/tools.ts";
import { Bench, bytesOf, RTT_SIM } from "./tool.ts";

setDefaultTimeout(60_000);
const bench = new Bench();
afterAll(() => bench.remove());

const BIG = bytesOf(300_000, 5);
bench.file("tree/hello.txt", "hello\n");
bench.file("tree/Sub Folder/A long name, really.text", BIG);
bench.file("tree/Sub Folder/deeper/x", "");
utimesSync(bench.path("tree/hello.txt"), 1_600_000_000, 1_600_000_000);

function image(name: string, ...options: string[]): string {
  const path = bench.path(name);
  if (!existsSync(path))
    bench.out("disk", "create", "--size", "8M", "--from", "tree", ...options, name);
  return path;
}

function volume(name: string): FatVolume {
  const bytes = readFileSync(bench.path(name));
  return FatVolume.mount(new RamDevice(bytes.length, bytes));
}

const CREATED: { name: string; options: string[]; type: 12 | 16 | 32 }[] = [
  { name: "fat12", options: ["--size", "2M", "--fat", "12"], type: 12 },
  { name: "fat16", options: ["--size", "64M", "--fat", "16", "--label", "my disk"], type: 16 },
  { name: "fat32", options: ["--size", "64M", "--fat", "32", "--cluster", "512"], type: 32 },
  { name: "one FAT", options: ["--size", "16M", "--fats", "1", "--serial", "1A2B-3C4D"], type: 16 },
  { name: "large sectors", options: ["--size", "64M", "--sector", "4096"], type: 16 },
  { name: "partition", options: ["--size", "64M", "--mbr"], type: 16 },
  { name: "no size", options: [], type: 16 },
];

describe("create", () => {
  test.each(CREATED)("$name: has the folder's files, and is sound", ({ name, options, type }) => {
    const file = `create-${name.replace(" ", "-")}.img`;
    bench.out("disk", "create", ...options, "--from", "tree", file);
    const facts = JSON.parse(bench.out("disk", "info", "--json", file));
    expect(facts.fat).toBe(type);
    if (options.includes("--label")) expect(facts.label).toBe("MY DISK");
    if (options.includes("--serial")) expect(facts.serial).toBe("1A2B-3C4D");
    expect(facts.partitions.length).toBe(name === "partition" ? 1 : 0);
    expect(bench.out("disk", "fsck", file)).toContain("3 files, 3 directories");
    const at = name === "partition" ? "@@1048576" : "";
    if (have("mcopy") && name !== "large sectors") {
      const copied = Bun.spawnSync(
        ["mcopy", "-i", `${bench.path(file)}${at}`, "::Sub Folder/A long name, really.text", "-"],
        { env: { ...process.env, MTOOLSRC: "/dev/null" } },
      );
      expect(Buffer.compare(copied.stdout, BIG)).toBe(0);
    }
    if (have("fsck.fat") && at === "") expect(bench.tool(["fsck.fat", "-n", file]).code).toBe(0);
  });

  test("a 4 GiB image takes next to nothing of the host's disk, and works behind its middle", () => {
    bench.out("disk", "create", "--size", "4G", "--fat", "32", "sparse.img");
    const { size, blocks } = statSync(bench.path("sparse.img"));
    expect(size).toBe(4 * 2 ** 30);
    expect(blocks * 512).toBeLessThan(32 << 20);
    bench.out("disk", "cp", "-r", "tree", "sparse.img:/");
    expect(bench.run(["sparse.img", "-c", "cat /tree/hello.txt"]).out).toContain("hello");
    expect(bench.out("disk", "fsck", "sparse.img")).toContain("sound");
  });

  test("more files than the root directory of FAT16 has room for: FAT32, or a larger root directory", () => {
    for (let i = 0; i < 700; i++) bench.file(`crowd/a name of its own, ${i}`, "");
    const facts = (...options: string[]) => {
      bench.out("disk", "create", "-f", "--from", "crowd", ...options, "crowd.img");
      expect(bench.out("disk", "ls", "crowd.img").trim().split("\n").length).toBe(700);
      expect(bench.out("disk", "fsck", "crowd.img")).toContain("sound");
      if (have("fsck.fat")) expect(bench.tool(["fsck.fat", "-n", "crowd.img"]).code).toBe(0);
      return JSON.parse(bench.out("disk", "info", "--json", "crowd.img"));
    };
    expect(facts().fat).toBe(32);
    expect(facts("--fat", "16").rootEntries).toBeGreaterThan(2100);
    expect(facts("--size", "4M").fat).toBe(12);
    const { code, err } = bench.run([
      "disk",
      "create",
      "-f",
      "--fat",
      "16",
      "--root-entries",
      "512",
      "--from",
      "crowd",
      "no.img",
    ]);
    expect([code, err]).toEqual([74, expect.stringContaining("has room for 512 entries")]);
  });

  test.each([
    [["create", "tree"], 2, "exists already"],
    [["create", "--size", "1K", "x.img"], 2, "is not a size"],
    [["create", "--fat", "13", "x.img"], 2, "choose one of: 12, 16, 32"],
    [
      ["create", "--fat", "32", "--size", "1M", "x.img"],
      2,
      "1 MiB cannot be a FAT32 disk: FAT32 has 65526 or more clusters",
    ],
    [["create", "--label", "much too long a label", "x.img"], 2, "more than 11"],
    [["create", "--from", "nowhere", "x.img"], 66, "no such file"],
    [["create", "--size", "64K", "--from", "tree", "x.img"], 74, "x.img is too small for tree"],
    [["create", "none/x.img"], 74, "folder does not exist"],
    [["create"], 2, "usage: rtt-sim disk create"],
    [["creat"], 2, "did you mean disk create?"],
    [["ls", "--lnog", "x"], 2, "did you mean --long?"],
    [["ls", "nowhere.img"], 66, "no such file"],
    [["cp", "a", "b"], 2, "neither side is in an image"],
  ])("disk %p: exit code %d, says '%s'", (args, code, text) => {
    const ran = bench.run(["disk", ...args]);
    expect([ran.code, ran.err]).toEqual([code, expect.stringContaining(text)]);
    expect(existsSync(bench.path("x.img"))).toBe(false);
    expect(ran.err).not.toContain("    at ");
  });
});

describe("files", () => {
  test("ls: names, details, JSON; times as mdir shows them", () => {
    image("ls.img");
    expect(bench.out("disk", "ls", "ls.img")).toBe("/Sub Folder/\n/hello.txt\n");
    const long = bench.out("disk", "ls", "-lR", "ls.img");
    expect(long).toContain("----a          6 2020-09-13 12:26 HELLO.TXT    /hello.txt\n");
    expect(long).toContain("/Sub Folder/deeper/x\n");
    const json = JSON.parse(bench.out("disk", "ls", "--json", "ls.img:/hello.txt"));
    expect(json).toEqual([
      {
        image: "ls.img",
        path: "/hello.txt",
        alias: "HELLO.TXT",
        type: "file",
        size: 6,
        readOnly: false,
        hidden: false,
        system: false,
        archive: true,
        modified: "2020-09-13T12:26:40.000Z",
      },
    ]);
    if (have("mdir"))
      expect(bench.tool(["mdir", "-i", "ls.img", "::"]).out).toContain("2020-09-13  12:26");
  });

  test("cp both ways, recursively and through standard input, keeps bytes and times", () => {
    image("cp.img");
    bench.out("disk", "cp", "-r", "cp.img:/", "back");
    expect(
      readFileSync(bench.path("back/Sub Folder/A long name, really.text")).equals(Buffer.from(BIG)),
    ).toBe(true);
    expect(statSync(bench.path("back/hello.txt")).mtimeMs).toBe(1_600_000_000_000);
    bench.out("disk", "cp", "-r", "tree/Sub Folder", "cp.img:/copy");
    expect(volume("cp.img").readFile("/copy/A long name, really.text")).toEqual(BIG);
    expect(bench.run(["disk", "cp", "-", "cp.img:/in.txt"], "typed").code).toBe(0);
    bench.out("disk", "cp", "cp.img:/in.txt", "cp.img:/hello.txt", "cp.img:/copy");
    expect(bench.out("disk", "cat", "cp.img:/copy/in.txt", "cp.img:/copy/hello.txt")).toBe(
      "typedhello\n",
    );
    // From image to image.
    image("other.img");
    bench.out("disk", "cp", "-r", "cp.img:/copy", "other.img:/");
    expect(volume("other.img").readFile("/copy/in.txt").length).toBe(5);
    expect(bench.run(["disk", "cp", "-n", "-", "cp.img:/in.txt"], "other").code).toBe(0);
    expect(bench.out("disk", "cat", "cp.img:/in.txt")).toBe("typed");
  });

  test("mkdir, mv and rm; an existing file is replaced as by rename(2)", () => {
    image("edit.img");
    expect(bench.run(["disk", "mkdir", "edit.img:/a/b"]).code).toBe(66);
    bench.out("disk", "mkdir", "-p", "edit.img:/a/b", "edit.img:/a");
    bench.run(["disk", "cp", "-", "edit.img:/one"], "1");
    bench.run(["disk", "cp", "-", "edit.img:/two"], "22");
    bench.out("disk", "mv", "edit.img:/two", "/one");
    expect(bench.out("disk", "cat", "edit.img:/one")).toBe("22");
    bench.out("disk", "mv", "edit.img:/one", "/a/b");
    expect(bench.out("disk", "ls", "edit.img:/a/b")).toBe("/a/b/one\n");
    expect(bench.run(["disk", "mv", "edit.img:/a", "/a/b"]).code).not.toBe(0);
    expect(bench.run(["disk", "rm", "edit.img:/a"]).err).toContain("-r removes it");
    expect(bench.run(["disk", "rm", "edit.img:/"]).err).toContain("the root directory stays");
    bench.out("disk", "rm", "-r", "edit.img:/a");
    expect(bench.run(["disk", "rm", "edit.img:/a"]).code).toBe(66);
    bench.out("disk", "rm", "-f", "edit.img:/a");
    expect(bench.out("disk", "fsck", "edit.img")).toContain("sound");
  });

  test("mv changes the case of a directory, and of a file", () => {
    image("case.img");
    bench.out("disk", "mkdir", "-p", "case.img:/docs/in");
    bench.run(["disk", "cp", "-", "case.img:/docs/readme"], "1");
    bench.out("disk", "mv", "case.img:/docs", "/Docs");
    bench.out("disk", "mv", "case.img:/Docs/readme", "/docs/README");
    bench.out("disk", "mv", "case.img:/docs/in", "/DOCS/In");
    expect(bench.out("disk", "ls", "-R", "case.img:/Docs")).toContain("/Docs/In");
    expect(bench.out("disk", "ls", "case.img:/")).toContain("/Docs/\n");
    expect(bench.out("disk", "cat", "case.img:/Docs/README")).toBe("1");
    expect(bench.run(["disk", "mv", "case.img:/Docs", "/docs/In"]).err).toContain("into itself");
    expect(bench.run(["disk", "mv", "case.img:/Docs", "/Docs"]).err).toContain("into itself");
    expect(bench.out("disk", "fsck", "case.img")).toContain("sound");
  });

  test("a file larger than FAT can have is refused before anything is written", () => {
    bench.out("disk", "create", "--size", "5G", "--fat", "32", "huge.img");
    const before = statSync(bench.path("huge.img")).blocks;
    bench.file("huge.bin", "");
    truncateSync(bench.path("huge.bin"), 2 ** 32);
    const { code, err } = bench.run(["disk", "cp", "huge.bin", "huge.img:/"]);
    expect([code, err]).toEqual([74, expect.stringContaining("FAT files end at 4 GiB - 1")]);
    expect(statSync(bench.path("huge.img")).blocks).toBe(before);
    expect(bench.out("disk", "ls", "huge.img:/")).not.toContain("huge.bin");
    for (const name of ["huge.img", "huge.bin"]) rmSync(bench.path(name));
  });

  test("a file that does not fit leaves no part of itself, and the image sound", () => {
    bench.out("disk", "create", "--size", "128K", "small.img");
    const { code, err } = bench.run([
      "disk",
      "cp",
      "tree/Sub Folder/A long name, really.text",
      "small.img:/",
    ]);
    expect([code, err]).toEqual([74, expect.stringContaining("small.img is full")]);
    expect(bench.out("disk", "ls", "small.img")).toBe("");
    expect(bench.out("disk", "fsck", "small.img")).toContain("sound");
  });

  test("links that lead out, circles and names FAT cannot hold are told, not followed", () => {
    bench.file("odd/a:b", "1");
    bench.file("odd/case", "2");
    bench.file("odd/Case", "3");
    symlinkSync("/etc/passwd", bench.path("odd/evil"));
    symlinkSync("..", bench.path("odd/up"));
    symlinkSync("case", bench.path("odd/inner"));
    const { code, err } = bench.run(["disk", "create", "--from", "odd", "odd.img"]);
    expect(code).toBe(0);
    expect(err).toContain("evil: left out, the link leads outside");
    expect(err).toContain("up: left out, the link leads outside");
    expect(err).toContain("a:b: is called a_b");
    expect(bench.out("disk", "ls", "odd.img").split("\n").filter(Boolean).length).toBe(4);
    expect(bench.out("disk", "cat", "odd.img:/inner")).toBe("2");
  });
});

describe("fsck", () => {
  test("exit code 1 and words for a damaged image, 0 after --repair; mtools reads it again", () => {
    const path = image("bad.img", "--fat", "16");
    const bytes = readFileSync(path);
    const at = bytes.indexOf("HELLO   TXT", 0, "latin1");
    bytes.writeUInt32LE(99_999_999, at + 28);
    bench.file("bad.img", bytes);
    const found = bench.run(["disk", "fsck", "bad.img"]);
    expect([found.code, found.out]).toEqual([
      1,
      expect.stringContaining("/hello.txt: 99999999 bytes, but its chain holds"),
    ]);
    expect(readFileSync(path).equals(bytes)).toBe(true);
    expect(bench.run(["disk", "fsck", "--repair", "bad.img"]).code).toBe(0);
    expect(bench.out("disk", "fsck", "bad.img")).toContain("sound");
    if (have("fsck.fat")) expect(bench.tool(["fsck.fat", "-n", "bad.img"]).code).toBe(0);
    expect(JSON.parse(bench.out("disk", "fsck", "--json", "bad.img")).total).toBe(0);
  });

  test("what is no FAT volume has exit code 65", () => {
    bench.file("noise.img", bytesOf(100_000, 1));
    const { code, err } = bench.run(["disk", "fsck", "--repair", "noise.img"]);
    expect([code, err]).toEqual([65, expect.stringContaining("no usable FAT file system")]);
  });
});

describe("two writers", () => {
  test("while a shell has an image, disk commands that write are refused; looking is not", async () => {
    image("locked.img");
    const shell = Bun.spawn([...RTT_SIM, "locked.img"], {
      cwd: bench.folder,
      stdin: "pipe",
      stdout: "pipe",
      stderr: "ignore",
    });
    const reader = shell.stdout.getReader();
    await reader.read();
    const refused = bench.run(["disk", "mkdir", "locked.img:/x"]);
    expect([refused.code, refused.err]).toEqual([
      66,
      expect.stringContaining("in use by another rtt-sim"),
    ]);
    expect(bench.run(["locked.img", "-c", "ls"]).code).toBe(66);
    // Replacing it would let the shell write to a file without a name.
    expect(bench.run(["disk", "create", "--force", "--size", "8M", "locked.img"]).code).toBe(66);
    expect(bench.run(["--save", "locked.img", "-c", "ls"]).code).toBe(66);
    expect(bench.out("disk", "ls", "locked.img")).toContain("/hello.txt");
    expect(bench.run(["--snapshot", "locked.img", "-c", "ls"]).code).toBe(0);
    shell.stdin.end();
    await shell.exited;
    bench.out("disk", "mkdir", "locked.img:/x");
  });

  test.skipIf(process.getuid?.() === 0)("an image without write permission (not as root)", () => {
    chmodSync(image("ro.img"), 0o444);
    expect(bench.run(["disk", "mkdir", "ro.img:/x"]).err).toContain("write-protected");
  });
});
