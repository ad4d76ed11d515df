/** Memory does not follow the size of the image: a sparse one of 2 TiB (512 GiB in the quick set) beside one of 64 MiB. */
import { afterAll, expect, setDefaultTimeout, test } from "bun:test";
import { closeSync, openSync, readSync, statSync, writeSync } from "node:fs";
import { Bench, RTT_SIM } from "./tool.ts";

setDefaultTimeout(300_000);
const bench = new Bench();
afterAll(() => bench.remove());

const FULL = process.env.RTT_SIM_FULL === "1";
const GIB = FULL ? 2047 : 512;
/** Mebibytes more than on the small image. */
const MOST = 100;

/** Peak of resident memory in MiB. */
function peak(...args: string[]): { megabytes: number; code: number; out: string } {
  const ran = Bun.spawnSync([...RTT_SIM, ...args], { cwd: bench.folder, stderr: "pipe" });
  const out = ran.stdout.toString() + ran.stderr.toString();
  return { megabytes: ran.resourceUsage.maxRSS / (1 << 20), code: ran.exitCode, out };
}

const COMMANDS: [name: string, args: (image: string) => string[], said: RegExp][] = [
  ["disk ls", (image) => ["disk", "ls", image], /^/],
  ["disk info", (image) => ["disk", "info", image], /free/],
  ["disk cp", (image) => ["disk", "cp", "hello.txt", `${image}:/`], /^$/],
  ["disk fsck", (image) => ["disk", "fsck", image], /sound/],
  [
    "the guest, df and a new file",
    (image) => [image, "-c", "df", "-c", 'echo "x" /y'],
    /disk free/,
  ],
  ["disk rm", (image) => ["disk", "rm", `${image}:/hello.txt`], /^$/],
];

test("every command, the guest too", () => {
  bench.file("hello.txt", "hello\n");
  bench.out("disk", "create", "--size", "64M", "--fat", "32", "small.img");
  bench.out("disk", "create", "--size", `${GIB}G`, "--cluster", "32K", "large.img");
  expect(statSync(bench.path("large.img")).size).toBe(GIB * 2 ** 30);
  expect(statSync(bench.path("large.img")).blocks * 512).toBeLessThan(1 << 20);
  for (const [name, args, said] of COMMANDS) {
    const small = peak(...args("small.img"));
    const large = peak(...args("large.img"));
    for (const { code, out } of [small, large]) {
      expect([name, code]).toEqual([name, 0]);
      expect(out).toMatch(said);
    }
    const more = large.megabytes - small.megabytes;
    expect({ name, more: more > MOST ? more : "little" }).toEqual({ name, more: "little" });
  }
});

/** Damage as large as the image: every cluster is the end of a chain, in one copy of the FAT. */
test("an image that is all damage", () => {
  const gib = FULL ? 512 : 32;
  bench.out("disk", "create", "-f", "--size", `${gib}G`, "--cluster", "32K", "lost.img");
  const file = openSync(bench.path("lost.img"), "r+");
  const head = Buffer.alloc(512);
  readSync(file, head, 0, 512, 0);
  const fat = head.readUInt16LE(14) * 512;
  const bytes = head.readUInt32LE(36) * 512;
  const ends = Buffer.alloc(1 << 20);
  for (let i = 0; i < ends.length; i += 4) ends.writeUInt32LE(0x0fffffff, i);
  for (let at = 4096; at < bytes; at += ends.length)
    writeSync(file, ends, 0, Math.min(ends.length, bytes - at), fat + at);
  closeSync(file);
  const small = peak("disk", "fsck", "small.img");
  for (const options of [[], ["--repair", "--lost", "free"]]) {
    const { megabytes, out } = peak("disk", "fsck", ...options, "lost.img");
    expect(out).toContain("belong to nothing");
    const more = megabytes - small.megabytes;
    expect({ options, more: more > MOST ? more : "little" }).toEqual({ options, more: "little" });
  }
  expect(bench.out("disk", "fsck", "lost.img")).toContain("sound");
});
