/** A compressed disk takes the memory of a piece of it, not of the whole; what does not fit goes to a file without a name. */
import { afterAll, expect, setDefaultTimeout, test } from "bun:test";
import { appendFileSync, readdirSync, readFileSync } from "node:fs";
import { Zip, ZipDeflate, ZipPassThrough } from "fflate";
import { makeDisk } from "../../src/fat/mod.ts";
import { Bench, bytesOf, RTT_SIM } from "./tool.ts";

setDefaultTimeout(300_000);
const bench = new Bench();
afterAll(() => bench.remove());

const MIB = 1 << 20;
const CONTENTS = process.env.RTT_SIM_FULL === "1" ? 320 : 160;
const piece = bytesOf(MIB, 7);
const volume = makeDisk([{ path: "/hello.txt", bytes: bytesOf(3000, 1) }], {
  size: 40 * MIB,
  type: 32,
}).image();

/** A shell on this disk: its peak of memory in MiB when the first prompt is there, and what `cat /hello.txt` gives. */
async function peak(disk: string): Promise<{ megabytes: number; said: string }> {
  bench.file("temporary/keep", "");
  const child = Bun.spawn([...RTT_SIM, disk], {
    cwd: bench.folder,
    stdin: "pipe",
    stdout: "pipe",
    stderr: "inherit",
    env: { ...process.env, TMPDIR: bench.path("temporary") },
  });
  const reader = child.stdout.getReader();
  let said = "";
  const read = async (): Promise<boolean> => {
    const { value, done } = await reader.read();
    if (value) said += new TextDecoder("latin1").decode(value);
    return !done;
  };
  while (!said.includes("msh />") && (await read()));
  const status = readFileSync(`/proc/${child.pid}/status`, "utf8");
  child.stdin.write("ls /\n");
  child.stdin.end();
  while (await read());
  await child.exited;
  const megabytes = Number(/^VmHWM:\s+(\d+) kB/m.exec(status)?.[1]) / 1024;
  return { megabytes, said };
}

/** Megabytes that are not zero, behind the end of the volume. */
function gzipped(): void {
  bench.file("large.img.gz", Bun.gzipSync(volume.slice()));
  const packed = Bun.gzipSync(piece.slice());
  for (let i = 0; i < CONTENTS; i++) appendFileSync(bench.path("large.img.gz"), packed);
}

function zipped(name: string, members: Record<string, number>, first?: Uint8Array): void {
  bench.file(name, "");
  const zip = new Zip((error, bytes) => {
    if (error) throw error;
    appendFileSync(bench.path(name), bytes);
  });
  for (const [path, pieces] of Object.entries(members)) {
    const member = first ? new ZipDeflate(path, { level: 1 }) : new ZipPassThrough(path);
    zip.add(member);
    if (first) member.push(first);
    for (let i = 0; i < pieces; i++) member.push(piece, i === pieces - 1);
  }
  zip.end();
}

test.skipIf(process.platform !== "linux")(
  "a large disk as .img.gz, as image in a .zip, and as files in a .zip (seen on Linux)",
  async () => {
    bench.file("small.img", volume);
    gzipped();
    zipped("image.zip", { "large.img": CONTENTS }, volume);
    zipped("files.zip", { "a.bin": CONTENTS / 2, "b.bin": CONTENTS / 2 });
    const plain = await peak("small.img");
    for (const disk of ["large.img.gz", "image.zip", "files.zip"]) {
      const { megabytes, said } = await peak(disk);
      expect(said).toMatch(disk === "files.zip" ? /b\.bin +(83886080|167772160)/ : /hello\.txt/);
      expect({ disk, more: megabytes - plain.megabytes > 128 }).toEqual({ disk, more: false });
    }
    expect(readdirSync(bench.path("temporary"))).toEqual(["keep"]);
    // Without a place for it: a sentence.
    for (const disk of ["large.img.gz", "image.zip", "files.zip"]) {
      const { code, err } = bench.tool([
        "env",
        "TMPDIR=/nonexistent",
        ...RTT_SIM,
        disk,
        "-c",
        "ls",
      ]);
      expect([disk, code, err]).toEqual([
        disk,
        74,
        expect.stringContaining("TMPDIR names another"),
      ]);
      expect(err).toContain("/nonexistent");
    }
    // What went to the temporary file is what was packed.
    bench.out("disk", "cp", "files.zip:/b.bin", "b.bin");
    const back = readFileSync(bench.path("b.bin"));
    expect(back.length).toBe((CONTENTS / 2) * MIB);
    for (let at = 0; at < back.length; at += MIB)
      expect(Buffer.compare(back.subarray(at, at + MIB), piece)).toBe(0);
  },
);
