/** `--mount`: folders of the host, images and RAM disks beside the disk, and what msh does with them. */
import { afterAll, beforeAll, describe, expect, setDefaultTimeout, test } from "bun:test";
import { mkdirSync, readFileSync, readdirSync, renameSync, symlinkSync } from "node:fs";
import { Bench, bytesOf } from "./tool.ts";

setDefaultTimeout(60_000);
const bench = new Bench();
afterAll(() => bench.remove());

const BIG = bytesOf(100_000, 4);

beforeAll(() => {
  bench.file("data/readme.txt", "from the host\n");
  bench.file("data/Sub Folder/big.bin", BIG);
  bench.file("data/with\nnewline and \x1b[31mcolour", "x");
  bench.file("data/日本.txt", "y");
  bench.file("data/case.TXT", "z");
  bench.file("secret.txt", "must not be seen");
  symlinkSync("../secret.txt", bench.path("data/link out"));
  symlinkSync("/etc", bench.path("data/etc"));
  symlinkSync("readme.txt", bench.path("data/link in"));
  symlinkSync("nowhere", bench.path("data/dangling"));
  bench.tool(["mkfifo", "data/pipe"]);
  bench.out("disk", "create", "--size", "4M", "disk.img");
  bench.out("disk", "create", "--size", "4M", "--from", "data/Sub Folder", "card.img");
});

const run = (...lines: string[]) =>
  bench.run([
    "disk.img",
    "--mount",
    "data:/host",
    "--mount",
    "card.img:/card",
    "--mount",
    "ram:1M:/tmp",
    ...lines.flatMap((line) => ["-c", line]),
  ]);

describe("a folder of the host", () => {
  test("is listed and read; nothing outside it can be seen, by no name", () => {
    const { out } = run(
      "ls /host",
      "cat /host/readme.txt",
      'cat "/host/link in"',
      'cat "/host/link out"',
      "ls /host/etc",
      "cat /host/etc/passwd",
      "cat /host/../secret.txt",
      "cat /host/pipe",
    );
    expect(out.match(/from the host/g)?.length).toBe(2);
    for (const hidden of ["must not", "root:", "pipe  ", "dangling  ", "link out  ", "etc  "])
      expect(out).not.toContain(hidden);
    expect(out).toContain("Sub Folder");
    expect(out).not.toMatch(/\x1b|colour\n/);
  });

  test("names come as the guest can read them; case does not matter", () => {
    const { out } = run("ls /host", "cat /host/CASE.txt", "cat /host/__.txt");
    expect(out).toContain("with_newline and _[3");
    expect(out).toMatch(/\nz/);
    expect(out).toMatch(/\ny/);
  });

  test("large files come whole", () => {
    run('cp "/host/Sub Folder/big.bin" /copy.bin');
    bench.out("disk", "cp", "disk.img:/copy.bin", "copy.bin");
    expect(readFileSync(bench.path("copy.bin")).equals(Buffer.from(BIG))).toBe(true);
  });

  test("cannot be changed in any way", () => {
    const before = readdirSync(bench.path("data"), { recursive: true }).map(String).sort();
    const { out } = run(
      "echo x /host/readme.txt",
      "echo x /host/new",
      "rm /host/readme.txt",
      "mkdir /host/d",
      "mv /host/readme.txt /host/r",
      "cp /host/readme.txt /host/r",
      "cat /host/readme.txt",
    );
    expect(readdirSync(bench.path("data"), { recursive: true }).map(String).sort()).toEqual(before);
    expect(out).toContain("from the host");
  });

  test("a link that is put in the place of a file later is not followed out", () => {
    mkdirSync(bench.path("moving"));
    bench.file("moving/a", "inside");
    renameSync(bench.path("moving/a"), bench.path("moving/b"));
    symlinkSync("../secret.txt", bench.path("moving/a"));
    const { out } = bench.run([
      "disk.img",
      "--mount",
      "moving:/m",
      "-c",
      "ls /m",
      "-c",
      "cat /m/a",
      "-c",
      "cat /m/b",
    ]);
    expect(out).not.toContain("must not");
    expect(out).toContain("inside");
  });
});

describe("images and RAM disks", () => {
  test("are listed in the root, keep what is written (an image), and unmount, format and mount again", () => {
    const { out, code } = run(
      "ls /",
      "mount",
      "echo kept /card/kept.txt",
      "echo gone /tmp/gone.txt",
      "cat /tmp/gone.txt",
      "umount /tmp",
      "mkfs ram0",
      "mkdir /mnt",
      "mount ram0 /mnt elm",
      "ls /mnt",
      "df /mnt",
      "list_device",
      "umount /host",
      "mkdir /h",
      "mount host0 /h hostfs",
      "cat /h/readme.txt",
      "umount /h",
      // The place it had first, which no file system has a directory for.
      "mount host0 /host hostfs",
      "ls /host",
    );
    expect(code).toBe(0);
    for (const text of [
      "hostfs      host0   /host",
      "elm         sd1     /card",
      "elm         ram0    /tmp",
    ])
      expect(out).toContain(text);
    expect(out).toMatch(/\nhost +<DIR>/);
    expect(out).toContain("gone");
    expect(out).toContain("mount device host0(hostfs) onto /host ... succeed!");
    expect(out).toContain("mount device ram0(elm) onto /mnt ... succeed!");
    expect(out).toMatch(/ram0 +Block Device/);
    expect(out).toContain("from the host");
    expect(bench.out("disk", "cat", "card.img:/kept.txt")).toBe("kept");
    expect(bench.out("disk", "fsck", "card.img")).toContain("sound");
  });

  test("a RAM disk that is full says so and stays sound for what fits", () => {
    const { out } = bench.run([
      "disk.img",
      "--mount",
      "data:/host",
      "--mount",
      "ram:64K:/tmp",
      "-c",
      'cp "/host/Sub Folder/big.bin" /tmp/big',
      "-c",
      "echo ok /tmp/ok",
      "-c",
      "rm /tmp/big",
      "-c",
      "echo ok /tmp/ok",
      "-c",
      "cat /tmp/ok",
    ]);
    expect(out).toContain("failed");
    expect(out).toContain("ok");
  });

  test.each([
    ["data", "does not say where"],
    ["data:/", "nothing can be mounted on /"],
    ["data:/dev", "nothing can be mounted on /dev"],
    ["data:/a/../b", "nothing can be mounted"],
    ["nowhere:/x", "no such file"],
    ["ram:1:/x", "is not a size"],
  ])("--mount %s is refused: %s", (what, text) => {
    const { code, err } = bench.run(["disk.img", "--mount", what, "-c", "ls"]);
    expect(err).toContain(text);
    expect([2, 66]).toContain(code);
  });
});
