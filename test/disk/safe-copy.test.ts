/** What a copy must not cost: the image that `:/` was forgotten behind, the file that was there before, the rest of a folder. */
import { afterAll, describe, expect, setDefaultTimeout, test } from "bun:test";
import {
  chmodSync,
  existsSync,
  lstatSync,
  readdirSync,
  readFileSync,
  statSync,
  symlinkSync,
  utimesSync,
  writeFileSync,
} from "node:fs";
import { Bench, bytesOf, RTT_SIM } from "./tool.ts";

setDefaultTimeout(60_000);
const bench = new Bench();
afterAll(() => bench.remove());

const OLD = "what was there before\n";

/** A FAT16 image with a folder of two files; the chain of /data/bad.bin breaks in its third cluster. */
function image(name: string, broken = false): string {
  bench.file("tree/data/bad.bin", bytesOf(20_000, 5));
  bench.file("tree/data/good.txt", "good\n");
  bench.file("tree/data/sub/inner.txt", "inner\n");
  utimesSync(bench.path("tree/data"), 1_500_000_000, 1_500_000_000);
  utimesSync(bench.path("tree/data/sub"), 1_400_000_000, 1_400_000_000);
  bench.out("disk", "create", "-f", "--size", "16M", "--fat", "16", "--cluster", "2K", name);
  bench.out("disk", "cp", "-r", "tree/data", `${name}:/`);
  if (broken) breakChain(name, "BAD     BIN", 0);
  return bench.path(name);
}

/** Sets the FAT entry of the third cluster of a file, in both copies. */
function breakChain(name: string, short: string, value: number): void {
  const bytes = readFileSync(bench.path(name));
  const entry = bytes.indexOf(short, 0, "latin1");
  const first = bytes.readUInt16LE(entry + 26);
  const fats = bytes.readUInt16LE(14) * 512;
  for (let copy = 0; copy < bytes[16]; copy++)
    bytes.writeUInt16LE(value, fats + copy * bytes.readUInt16LE(22) * 512 + (first + 2) * 2);
  writeFileSync(bench.path(name), bytes);
}

const parts = () => readdirSync(bench.folder).filter((name) => name.includes(".part"));

describe("an image is never replaced by a file", () => {
  test.each([
    ["the source itself", ["self.img:/data/good.txt", "self.img"]],
    ["the source itself, under another name", ["self.img:/data/good.txt", "./self.img"]],
    ["another image", ["self.img:/data/good.txt", "other.img"]],
    ["a folder of that name, into the one it lies in", ["-r", "data:/data", "."]],
    ["an image called like the file", ["self.img:/data/good.txt", "sub"]],
  ])("%s", (_, words) => {
    image("self.img");
    for (const copy of ["other.img", "data", "sub/good.txt"])
      bench.file(copy, readFileSync(bench.path("self.img")));
    const before = readFileSync(bench.path("self.img"));
    const { code, err } = bench.run(["disk", "cp", ...words]);
    expect(code).not.toBe(0);
    if (!words.includes("-r")) expect(err).toContain(":/ for a place in it?");
    for (const name of ["self.img", "other.img", "data", "sub/good.txt"])
      expect(readFileSync(bench.path(name)).equals(before)).toBe(true);
  });

  test("one that a live session has", async () => {
    image("live.img");
    image("source.img");
    const shell = Bun.spawn([...RTT_SIM, "live.img"], {
      cwd: bench.folder,
      stdin: "pipe",
      stdout: "pipe",
      stderr: "ignore",
    });
    await shell.stdout.getReader().read();
    const size = statSync(bench.path("live.img")).size;
    const { code, err } = bench.run(["disk", "cp", "source.img:/data/good.txt", "live.img"]);
    expect([code, err]).toEqual([66, expect.stringContaining("did you mean live.img:/")]);
    expect(statSync(bench.path("live.img")).size).toBe(size);
    shell.kill();
    await shell.exited;
  });
});

describe("a copy out of an image that fails", () => {
  test("leaves the old file as it was", () => {
    image("bad.img", true);
    bench.file("out.bin", OLD);
    const { code, err } = bench.run(["disk", "cp", "bad.img:/data/bad.bin", "out.bin"]);
    expect([code, err]).toEqual([65, expect.stringContaining("bad.img:/data/bad.bin: the file")]);
    expect(readFileSync(bench.path("out.bin"), "utf8")).toBe(OLD);
    expect(parts()).toEqual([]);
  });

  test("also where a link leads, and the link stays; one that works is written through it", () => {
    image("bad.img", true);
    bench.file("target.bin", OLD);
    if (!existsSync(bench.path("link"))) symlinkSync("target.bin", bench.path("link"));
    expect(bench.run(["disk", "cp", "bad.img:/data/bad.bin", "link"]).code).toBe(65);
    expect(readFileSync(bench.path("target.bin"), "utf8")).toBe(OLD);
    chmodSync(bench.path("target.bin"), 0o640);
    bench.out("disk", "cp", "bad.img:/data/good.txt", "link");
    expect(lstatSync(bench.path("link")).isSymbolicLink()).toBe(true);
    expect(readFileSync(bench.path("target.bin"), "utf8")).toBe("good\n");
    expect(statSync(bench.path("target.bin")).mode & 0o777).toBe(0o640);
  });

  test("on a host that is full leaves the old file", () => {
    image("full.img");
    bench.file("out.bin", OLD);
    // A file-size limit is the full disk that needs no privileges.
    const ran = bench.tool([
      "bash",
      "-c",
      `trap '' XFSZ; ulimit -f 8; exec ${RTT_SIM.join(" ")} disk cp full.img:/data/bad.bin out.bin`,
    ]);
    expect([ran.code, ran.err]).toEqual([74, expect.stringContaining("cannot write out.bin")]);
    expect(readFileSync(bench.path("out.bin"), "utf8")).toBe(OLD);
    expect(parts()).toEqual([]);
  });

  test("does not touch a pipe or a device, which get what can be read", async () => {
    image("bad.img", true);
    bench.tool(["mkfifo", "pipe"]);
    const reader = Bun.spawn(["cat", "pipe"], { cwd: bench.folder, stdout: "pipe" });
    expect(bench.run(["disk", "cp", "bad.img:/data/good.txt", "pipe"]).code).toBe(0);
    expect(await new Response(reader.stdout).text()).toBe("good\n");
    expect(statSync(bench.path("pipe")).isFIFO()).toBe(true);
    expect(bench.run(["disk", "cp", "bad.img:/data/bad.bin", "/dev/null"]).code).toBe(65);
    expect(statSync("/dev/null").isCharacterDevice()).toBe(true);
  });

  test("with -r the rest is copied, and the exit code is 65; so is ls -R", () => {
    image("bad.img", true);
    breakChain("bad.img", "SUB        ", 0);
    const { code, err } = bench.run(["disk", "cp", "-r", "bad.img:/data", "rest"]);
    expect([code, err]).toEqual([65, expect.stringContaining("bad.img:/data/bad.bin")]);
    expect(readdirSync(bench.path("rest")).sort()).toEqual(["good.txt", "sub"]);
    expect(readFileSync(bench.path("rest/sub/inner.txt"), "utf8")).toBe("inner\n");
    // A directory that leads nowhere.
    const bytes = readFileSync(bench.path("bad.img"));
    bytes.writeUInt16LE(0xfff0, bytes.indexOf("SUB        ", 0, "latin1") + 26);
    writeFileSync(bench.path("bad.img"), bytes);
    const listed = bench.run(["disk", "ls", "-R", "bad.img"]);
    expect([listed.code, listed.out.split("\n").sort()]).toEqual([
      65,
      ["", "/data/", "/data/bad.bin", "/data/good.txt", "/data/sub/"],
    ]);
    expect(bench.run(["disk", "cp", "-r", "bad.img:/data", "again"]).code).toBe(65);
    expect(readFileSync(bench.path("again/good.txt"), "utf8")).toBe("good\n");
  });
});

describe("a copy into an image that fails leaves the old file", () => {
  test("when the source is damaged: the message names the source", () => {
    image("bad.img", true);
    image("to.img");
    bench.run(["disk", "cp", "-", "to.img:/old.bin"], OLD);
    const { code, err } = bench.run(["disk", "cp", "bad.img:/data/bad.bin", "to.img:/old.bin"]);
    expect([code, err]).toEqual([65, expect.stringContaining("rtt-sim: bad.img:/data/bad.bin")]);
    expect(bench.out("disk", "cat", "to.img:/old.bin")).toBe(OLD);
    expect(bench.out("disk", "ls", "to.img")).toBe("/data/\n/old.bin\n");
    expect(bench.out("disk", "fsck", "to.img")).toContain("sound");
  });

  test("when it is killed: nothing else is left either, but clusters", async () => {
    image("left.img");
    bench.run(["disk", "cp", "-", "left.img:/data/good.txt"], OLD);
    const copy = Bun.spawn([...RTT_SIM, "disk", "cp", "-", "left.img:/data/good.txt"], {
      cwd: bench.folder,
      stdin: "pipe",
      stdout: "ignore",
      stderr: "ignore",
    });
    copy.stdin.write(bytesOf(3_000_000, 1));
    await copy.stdin.flush();
    // Until something of it is on the disk.
    while (readFileSync(bench.path("left.img")).indexOf(bytesOf(3_000, 1)) < 0) await Bun.sleep(50);
    copy.kill("SIGKILL");
    await copy.exited;
    expect(bench.out("disk", "cat", "left.img:/data/good.txt")).toBe(OLD);
    expect(bench.out("disk", "ls", "left.img:/data")).toBe(
      "/data/bad.bin\n/data/good.txt\n/data/sub/\n",
    );
    const { code, out } = bench.run(["disk", "fsck", "--repair", "--lost", "free", "left.img"]);
    expect([code, out]).toEqual([0, expect.stringContaining("no faults")]);
    expect(bench.out("disk", "fsck", "left.img")).toContain("sound");
  });

  test("when the new one does not fit; one that fits in its place only does take it", () => {
    bench.out("disk", "create", "-f", "--size", "1M", "small.img");
    bench.run(["disk", "cp", "-", "small.img:/old.bin"], OLD);
    bench.file("huge.bin", bytesOf(2_000_000, 1));
    bench.file("most.bin", bytesOf(700_000, 2));
    for (const input of [undefined, readFileSync(bench.path("huge.bin"))]) {
      const words = ["disk", "cp", input ? "-" : "huge.bin", "small.img:/old.bin"];
      const { code, err } = bench.run(words, input);
      expect([code, err]).toEqual([74, expect.stringContaining("small.img is full")]);
      expect(bench.out("disk", "cat", "small.img:/old.bin")).toBe(OLD);
      expect(bench.out("disk", "ls", "small.img")).toBe("/old.bin\n");
    }
    bench.out("disk", "cp", "most.bin", "small.img:/Old.bin");
    bench.out("disk", "cp", "most.bin", "small.img:/old.bin");
    expect(bench.out("disk", "ls", "small.img")).toBe("/old.bin\n");
    expect(bench.out("disk", "fsck", "small.img")).toContain("sound");
  });

  test("when the host's disk is full under the image, in words of a host tool", () => {
    bench.out("disk", "create", "-f", "--size", "32M", "--fat", "16", "thin.img");
    bench.run(["disk", "cp", "-", "thin.img:/old.bin"], OLD);
    bench.file("large.bin", bytesOf(8_000_000, 3));
    const ran = bench.tool([
      "bash",
      "-c",
      `trap '' XFSZ; ulimit -f 4000; exec ${RTT_SIM.join(" ")} disk cp large.bin thin.img:/old.bin`,
    ]);
    expect([ran.code, ran.err]).toEqual([74, expect.not.stringContaining("guest")]);
    expect(bench.out("disk", "cat", "thin.img:/old.bin")).toBe(OLD);
    expect(bench.out("disk", "ls", "thin.img")).toBe("/old.bin\n");
    expect(bench.run(["disk", "fsck", "thin.img"]).code).toBe(0);
  });

  test.each([
    ["SIGTERM", 143],
    ["SIGINT", 130],
  ] as const)("when it is ended by %s", async (signal, code) => {
    image("ended.img");
    bench.run(["disk", "cp", "-", "ended.img:/old.bin"], OLD);
    const copy = Bun.spawn([...RTT_SIM, "disk", "cp", "-", "ended.img:/old.bin"], {
      cwd: bench.folder,
      stdin: "pipe",
      stdout: "ignore",
      stderr: "ignore",
    });
    copy.stdin.write(bytesOf(100_000, 1));
    await copy.stdin.flush();
    await Bun.sleep(700);
    copy.kill(signal);
    expect(await copy.exited).toBe(code);
    expect(bench.out("disk", "cat", "ended.img:/old.bin")).toBe(OLD);
    expect(bench.out("disk", "ls", "ended.img")).toBe("/data/\n/old.bin\n");
    expect(bench.out("disk", "fsck", "ended.img")).toContain("sound");
  });
});

describe("what a copy keeps and refuses", () => {
  test("times of directories, in all three directions", () => {
    image("times.img");
    const inImage = (name: string) => {
      const rows = JSON.parse(bench.out("disk", "ls", "-R", "--json", name));
      return rows
        .filter(({ type }: { type: string }) => type === "directory")
        .map(({ modified }: { modified: string }) => Date.parse(modified) / 1000);
    };
    const times = [1_500_000_000, 1_400_000_000];
    expect(inImage("times.img")).toEqual(times);
    bench.out("disk", "create", "-f", "--size", "8M", "twin.img");
    bench.out("disk", "cp", "-r", "times.img:/data", "twin.img:/");
    expect(inImage("twin.img")).toEqual(times);
    bench.out("disk", "cp", "-r", "twin.img:/data", "kept");
    expect([
      statSync(bench.path("kept")).mtimeMs / 1000,
      statSync(bench.path("kept/sub")).mtimeMs / 1000,
    ]).toEqual(times);
  });

  test.each([
    [["cp", "a.img:/data/good.txt", "b.img:/nodir/"], 66, "b.img:/nodir/ is not a directory"],
    [["cp", "-r", "a.img:/data", "a.img:/data/new"], 2, "cannot be copied into itself"],
    [["cp", "-r", "a.img:/data", "a.img:/DATA/SUB"], 2, "cannot be copied into itself"],
    [["cp", "-r", "a.img:/", "a.img:/data"], 2, "cannot be copied into itself"],
    [["cp", "-r", "a.img:/data", "-"], 2, "a directory cannot go to standard output"],
    [["create", "--size", "64K", "--mbr", "p.img"], 2, "give --size 1088K or more"],
    [["cat", "a.img"], 66, "is a directory"],
    [["cat", "a.img:/data"], 66, "is a directory"],
    [["mkdir", "a.img:/no/dir"], 66, "/no/dir: no does not exist"],
  ])("disk %p: exit code %d, says '%s'", (words, code, text) => {
    image("a.img");
    bench.out("disk", "create", "-f", "--size", "8M", "b.img");
    const ran = bench.run(["disk", ...words]);
    expect([ran.code, ran.err]).toEqual([code, expect.stringContaining(text)]);
    expect(bench.out("disk", "ls", "-R", "a.img").split("\n").length).toBe(6);
    expect(bench.out("disk", "ls", "b.img")).toBe("");
  });

  test("- is standard output; an image may have a name of one letter; names on stderr are one line", () => {
    image("k");
    expect(bench.out("disk", "cp", "k:/data/good.txt", "-")).toBe("good\n");
    expect(existsSync(bench.path("-"))).toBe(false);
    const { code, err } = bench.run(["disk", "cp", "k:/data/good.txt", "no\nwhere/\x1b[2Jx"]);
    expect(code).toBe(74);
    expect(err).toBe("rtt-sim: cannot write no\\nwhere/\\x1b[2Jx: its folder does not exist\n");
  });
});

test("--root-entries that becomes another number says so", () => {
  const ran = bench.run(["disk", "create", "-f", "--size", "8M", "--root-entries", "100", "r.img"]);
  expect([ran.code, ran.err]).toEqual([
    0,
    "rtt-sim: --root-entries 100 became 112: whole sectors\n",
  ]);
});
