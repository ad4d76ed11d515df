/** A disk as gzipped image, archive or folder; --save and --snapshot; a host that runs full. */
import { afterAll, beforeAll, describe, expect, setDefaultTimeout, test } from "bun:test";
import {
  appendFileSync,
  existsSync,
  lstatSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from "node:fs";
import { have } from "../fat/tools.ts";
import { Bench, bytesOf, RTT_SIM } from "./tool.ts";
import { zip } from "./zip.ts";

setDefaultTimeout(60_000);
const bench = new Bench();
afterAll(() => bench.remove());

const BIG = bytesOf(150_000, 9);

beforeAll(() => {
  bench.file("tree/hello.txt", "hello from the host\n");
  bench.file("tree/Long Folder Name/big file.bin", BIG);
  bench.out("disk", "create", "--size", "4M", "--from", "tree", "raw.img");
  bench.file("packed.img.gz", Bun.gzipSync(readFileSync(bench.path("raw.img"))));
  bench.file("inside.zip", zip({ "raw.img": readFileSync(bench.path("raw.img")) }));
  bench.file(
    "files.zip",
    zip({
      "hello.txt": readFileSync(bench.path("tree/hello.txt")),
      "Long Folder Name/big file.bin": BIG,
    }),
  );
});

const FORMS =
  process.env.RTT_SIM_FULL === "1"
    ? ["raw.img", "packed.img.gz", "inside.zip", "files.zip", "tree"]
    : ["raw.img", "packed.img.gz", "files.zip", "tree"];

describe.each(FORMS)("%s", (disk) => {
  test("boots; the guest reads its files, disk commands too", () => {
    expect(bench.out(disk, "-c", "cat /hello.txt")).toContain("hello from the host");
    expect(bench.out("disk", "ls", "-R", disk).trim().split("\n").sort()).toEqual([
      "/Long Folder Name/",
      "/Long Folder Name/big file.bin",
      "/hello.txt",
    ]);
    bench.out("disk", "cp", `${disk}:/Long Folder Name/big file.bin`, "out.bin");
    expect(readFileSync(bench.path("out.bin")).equals(Buffer.from(BIG))).toBe(true);
    expect(bench.out("disk", "fsck", disk)).toContain("2 files, 2 directories");
  });

  test("--save keeps what the guest wrote in another file; the disk itself is as before", () => {
    const before = snapshotOf(disk);
    bench.out(disk, "--save", "kept.img", "-c", "echo written /new.txt");
    expect(bench.out("disk", "cat", "kept.img:/new.txt")).toBe("written");
    expect(bench.out("disk", "fsck", "kept.img")).toContain("sound");
    if (have("fsck.fat")) expect(bench.tool(["fsck.fat", "-n", "kept.img"]).code).toBe(0);
    bench.out("disk", "cp", "kept.img:/Long Folder Name/big file.bin", "out.bin");
    expect(readFileSync(bench.path("out.bin")).equals(Buffer.from(BIG))).toBe(true);
    expect(snapshotOf(disk)).toEqual(before);
    bench.out(disk, "--save", "kept.img.gz", "-c", "echo packed /new.txt");
    expect(bench.out("disk", "cat", "kept.img.gz:/new.txt")).toBe("packed");
    expect(readdirSync(bench.folder).filter((name) => name.includes(".part"))).toEqual([]);
  });

  test("without --save changes persist in a raw image only, and nobody is left in the dark", () => {
    const before = snapshotOf(disk);
    const { err } = bench.run([disk, "-c", "echo written /new.txt", "-c", "ls"]);
    if (disk === "raw.img") {
      expect(err).toBe("");
      expect(bench.out("disk", "cat", "raw.img:/new.txt")).toBe("written");
      bench.out("disk", "rm", "raw.img:/new.txt");
    } else {
      expect(err).toContain("--save FILE.img keeps them");
      expect(snapshotOf(disk)).toEqual(before);
      expect(bench.run([disk, "-c", "ls"]).err).toBe("");
      expect(bench.run(["--snapshot", disk, "-c", "echo x /y"]).err).toBe("");
    }
  });
});

/** Names and contents of a file, or of all files of a folder. */
function snapshotOf(disk: string): string[] {
  if (disk !== "tree") return [String(Bun.hash(readFileSync(bench.path(disk))))];
  return readdirSync(bench.path(disk), { recursive: true }).map(String).sort();
}

describe("archives that are no good", () => {
  const bad: [string, () => Uint8Array, RegExp][] = [
    [
      "cut.img.gz",
      () => readFileSync(bench.path("packed.img.gz")).subarray(0, 500),
      /damaged or cut off/,
    ],
    [
      "cut.zip",
      () => readFileSync(bench.path("files.zip")).subarray(0, 1000),
      /ends before its directory/,
    ],
    ["flipped.zip", () => flipped(), /checksum is wrong|invalid|cannot be read/],
    ["empty.gz", () => Bun.gzipSync(new Uint8Array(0)), /less than one sector/],
    ["bomb.gz", () => bomb(), /more than 1 GiB/],
  ];
  test.each(bad)("%s: exit code 65 and the reason", (name, make, reason) => {
    bench.file(name, make());
    const { code, err } = bench.run([name, "-c", "ls"]);
    expect([code, err]).toEqual([65, expect.stringMatching(reason)]);
    expect(err).not.toContain("internal error");
  });

  test("an image with something behind it: padding is none, garbage a warning", () => {
    const packed = readFileSync(bench.path("packed.img.gz"));
    bench.file("padded.img.gz", Buffer.concat([packed, Buffer.alloc(5000)]));
    bench.file("signed.img.gz", Buffer.concat([packed, Buffer.from("-- signature --")]));
    const padded = bench.run(["padded.img.gz", "-c", "cat /hello.txt"]);
    expect([padded.code, padded.out.trim(), padded.err]).toEqual([0, "hello from the host", ""]);
    const signed = bench.run(["disk", "cat", "signed.img.gz:/hello.txt"]);
    expect([signed.code, signed.out]).toEqual([0, "hello from the host\n"]);
    expect(signed.err).toBe(
      `rtt-sim: signed.img.gz: trailing garbage ignored: what follows byte ${packed.length} is not gzip, the image before it is complete\n`,
    );
  });

  test("names that lead out of an archive are left out", () => {
    bench.file(
      "slip.zip",
      zip({
        "../../evil.txt": new Uint8Array(3),
        "a/../../b": new Uint8Array(1),
        "ok.txt": new Uint8Array(2),
        "/abs.txt": new Uint8Array(1),
      }),
    );
    const { out, err } = bench.run(["disk", "ls", "slip.zip"]);
    expect(out.trim().split("\n").sort()).toEqual(["/abs.txt", "/ok.txt"]);
    expect(err).toContain("leads out of the archive");
    expect(existsSync(bench.path("../evil.txt"))).toBe(false);
  });

  function flipped(): Uint8Array {
    const bytes = new Uint8Array(readFileSync(bench.path("files.zip")));
    for (let i = 2000; i < 2040; i++) bytes[i] ^= 0x5a;
    return bytes;
  }

  /** 1.1 GiB of zeros in many members. */
  function bomb(): Uint8Array {
    const one = Bun.gzipSync(new Uint8Array(64 << 20));
    return Buffer.concat(Array.from({ length: 18 }, () => one));
  }
});

describe("folders", () => {
  test("contents are read when they are asked for: a file that is gone is an I/O error for the guest, not an end", async () => {
    bench.file("lazy/a.txt", "a".repeat(3000));
    bench.file("lazy/b.txt", "b");
    const shell = Bun.spawn([...RTT_SIM, "lazy"], {
      cwd: bench.folder,
      stdin: "pipe",
      stdout: "pipe",
      stderr: "pipe",
    });
    const reader = shell.stdout.getReader();
    await reader.read();
    rmSync(bench.path("lazy/a.txt"));
    shell.stdin.write("cat /a.txt\ncat /b.txt\n");
    shell.stdin.end();
    let text = "";
    for (let piece; !(piece = await reader.read()).done;)
      text += new TextDecoder().decode(piece.value);
    expect(await shell.exited).toBe(0);
    expect(text).toMatch(/cat \/b\.txt\r\nb/);
  });

  test("a folder that grows a file meanwhile shows what it was when it was opened", () => {
    bench.file("grow/log.txt", "12345");
    appendFileSync(bench.path("grow/log.txt"), "678");
    expect(bench.out("grow", "-c", "cat /log.txt")).toContain("12345678");
  });
});

describe("the host", () => {
  test.skipIf(process.platform === "win32")(
    "lets the image grow no further: told on stderr, an I/O error for the guest, exit code 74, sound up to lost clusters",
    () => {
      bench.file("large.bin", bytesOf(3_000_000, 1));
      bench.out("disk", "create", "--size", "32M", "full.img");
      bench.out("disk", "cp", "large.bin", "full.img:/");
      // A file-size limit is the full disk that needs no privileges: EFBIG instead of ENOSPC.
      const { code, out, err } = bench.tool([
        "sh",
        "-c",
        `trap '' XFSZ; ulimit -f 8000; exec ${RTT_SIM.join(" ")} full.img -c "cp /large.bin /copy" -c "cat /large.bin"`,
      ]);
      expect(err).toContain(
        "full.img: the host does not let the file become so large; the guest gets an I/O error",
      );
      expect(err).toContain("does not have everything that was written");
      expect(code).toBe(74);
      expect(out).toContain("failed");
      const check = bench.run(["disk", "fsck", "full.img"]);
      expect(check.out).toMatch(/sound|all harmless/);
      bench.out("disk", "cp", "full.img:/large.bin", "again.bin");
      expect(
        readFileSync(bench.path("again.bin")).equals(readFileSync(bench.path("large.bin"))),
      ).toBe(true);
    },
  );

  test.each(["raw.img", "./raw.img"])("--save %s, which is the disk itself, is refused", (file) => {
    const before = readFileSync(bench.path("raw.img"));
    const { code, err } = bench.run(["raw.img", "--save", file, "-c", "echo lost /x"]);
    expect([code, err]).toEqual([2, expect.stringContaining("is read by this run")]);
    expect(readFileSync(bench.path("raw.img")).equals(before)).toBe(true);
  });

  test("--save to a device or a folder replaces neither; to a link, what it leads to", () => {
    Bun.spawnSync(["mkfifo", bench.path("pipe")]);
    for (const place of ["pipe", "."]) {
      const { code, out, err } = bench.run(["raw.img", "--save", place, "-c", "echo lost /x"]);
      expect([code, out, err]).toEqual([74, "", expect.stringContaining("no regular file")]);
    }
    expect(statSync(bench.path("pipe")).isFIFO()).toBe(true);
    writeFileSync(bench.path("old.img"), "");
    symlinkSync("old.img", bench.path("link.img"));
    bench.out("raw.img", "--save", "link.img", "-c", "echo kept /x");
    expect(lstatSync(bench.path("link.img")).isSymbolicLink()).toBe(true);
    expect(statSync(bench.path("old.img")).size).toBeGreaterThan(0);
  });

  test("--save to where nothing can be written fails before the guest runs", () => {
    const { code, out, err } = bench.run([
      "raw.img",
      "--save",
      "no/such/place.img",
      "-c",
      "echo lost /x",
    ]);
    expect([code, out, err]).toEqual([
      74,
      "",
      expect.stringContaining("its folder does not exist"),
    ]);
  });
});
