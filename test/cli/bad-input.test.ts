import { expect, test } from "bun:test";
import {
  chmodSync,
  closeSync,
  existsSync,
  mkdirSync,
  openSync,
  readFileSync,
  writeFileSync,
} from "node:fs";
import { join } from "node:path";
import { BINARY, ROOT, rttSim, scratch } from "./binary.ts";

const HELLO = join(ROOT, "disk/prebuilt/a9/hello.mo");
const DISK = join(ROOT, "disk/disk.img");

/** A user must never see a JavaScript stack trace, and messages of the simulator go to stderr with its name. */
function clear(err: string): void {
  expect(err).toStartWith("rtt-sim: ");
  expect(err).not.toMatch(/internal error|\bat .*\(|\.ts:\d|undefined/);
}

test("a missing disk: 66", () => {
  const { code, err, out } = rttSim(["/no/such/disk.img"]);
  expect(code).toBe(66);
  expect(err).toContain("/no/such/disk.img: no such file");
  expect(out).toBe("");
  clear(err);
});

test.skipIf(!existsSync("/dev/full"))("output that cannot be written: 74", () => {
  const full = openSync("/dev/full", "w");
  const child = Bun.spawnSync([BINARY, "-c", "hello"], { stdout: full, stderr: "pipe" });
  closeSync(full);
  expect(child.exitCode).toBe(74);
  expect(child.stderr.toString()).toContain("cannot write the output: ENOSPC");
  clear(child.stderr.toString());
});

test("a missing module: 66", () => {
  const { code, err } = rttSim(["run", "/no/such.mo"]);
  expect(code).toBe(66);
  expect(err).toContain("/no/such.mo: no such file");
  clear(err);
});

test("a directory as module: 66", () => {
  using dir = scratch();
  const { code, err } = rttSim(["run", dir.path("")]);
  expect(code).toBe(66);
  expect(err).toContain("is a directory");
  clear(err);
});

test("an empty disk image: 65", () => {
  using dir = scratch();
  writeFileSync(dir.path("empty.img"), "");
  const { code, err } = rttSim([dir.path("empty.img"), "-c", "ls"]);
  expect(code).toBe(65);
  expect(err).toContain("0 bytes");
  clear(err);
});

test("an image without FAT boots as the board does, and says what is wrong", () => {
  using dir = scratch();
  writeFileSync(dir.path("zero.img"), new Uint8Array(1 << 20));
  const { code, out, err } = rttSim([dir.path("zero.img"), "-c", "ls"]);
  expect(code).toBe(65);
  expect(out).toBe("No such directory\n");
  expect(err).toContain("no file system");
  clear(err);
});

test("an image that is not FAT can be formatted", () => {
  using dir = scratch();
  writeFileSync(dir.path("zero.img"), new Uint8Array(1 << 20));
  expect(rttSim([dir.path("zero.img"), "-c", "mkfs sd0"]).code).toBe(0);
  expect(rttSim([dir.path("zero.img"), "-c", "ls"])).toEqual({
    code: 0,
    out: "Directory /:\n",
    err: "",
  });
});

// On the default disk the data begins at sector 98, and hello.mo lies in sectors 122 to 129.
test.each([
  [
    1,
    65,
    "hello: command not found.\n",
    "the image is cut off: 1 sectors, but the data begins at 98",
  ],
  [
    78,
    65,
    "hello: command not found.\n",
    "the image is cut off: 78 sectors, but the data begins at 98",
  ],
  [110, 126, "", "/hello.mo cannot be loaded"],
  [129, 126, "", "/hello.mo cannot be loaded"],
  [130, 0, "Hello, world\n", "the file system has 131072 sectors, the device only 130"],
] as [number, number, string, string][])(
  "an image cut off after %d sectors: exit code %d",
  (sectors, expected, prints, says) => {
    using dir = scratch();
    writeFileSync(dir.path("cut.img"), readFileSync(DISK).subarray(0, sectors * 512));
    const { code, out, err } = rttSim([dir.path("cut.img"), "--snapshot", "-c", "hello"]);
    expect({ code, out }).toEqual({ code: expected, out: prints });
    expect(err).toContain(says);
    clear(err);
  },
);

/** Root may write anywhere, so this can be seen by ordinary users only. */
const root = process.getuid?.() === 0;
test.skipIf(root)(
  "not as root: a write-protected image is used as with --snapshot, with one warning",
  () => {
    using dir = scratch();
    writeFileSync(dir.path("ro.img"), readFileSync(DISK));
    chmodSync(dir.path("ro.img"), 0o444);
    const { code, out, err } = rttSim([
      dir.path("ro.img"),
      "-c",
      'echo "x" /x.txt',
      "-c",
      "cat /x.txt",
    ]);
    expect(code).toBe(0);
    expect(out).toBe("x\n");
    expect(err.match(/write-protected/g)?.length).toBe(1);
  },
);

test("two processes on one image: the second is refused", async () => {
  using dir = scratch();
  writeFileSync(dir.path("a.img"), readFileSync(DISK));
  const first = Bun.spawn([BINARY, dir.path("a.img")], { stdin: "pipe", stdout: "pipe" });
  const reader = first.stdout.getReader();
  let seen = "";
  while (!seen.includes("msh />")) seen += new TextDecoder().decode((await reader.read()).value);
  const { code, err } = rttSim([dir.path("a.img"), "-c", "ls"]);
  expect(code).toBe(66);
  expect(err).toContain("in use by another rtt-sim");
  expect(rttSim([dir.path("a.img"), "--snapshot", "-c", "hello"]).out).toBe("Hello, world\n");
  first.stdin.end();
  expect(await first.exited).toBe(0);
});

/** hello.mo with some bytes changed. */
function patched(change: (bytes: Uint8Array) => Uint8Array): Uint8Array {
  return change(new Uint8Array(readFileSync(HELLO)));
}
const set =
  (offset: number, ...values: number[]) =>
  (bytes: Uint8Array) => {
    bytes.set(values, offset);
    return bytes;
  };

test.each([
  ["0 bytes", patched(() => new Uint8Array(0)), "empty"],
  ["text, not ELF", new TextEncoder().encode("#!/bin/sh\necho no\n"), "ELF"],
  ["x86-64 machine", patched(set(18, 62, 0)), "EM_X86_64"],
  ["big-endian", patched(set(5, 2)), "endian"],
  ["64-bit class", patched(set(4, 2)), "64-bit"],
  ["an executable, not a shared object", patched(set(16, 2, 0)), "ET_EXEC"],
  ["cut in the middle", patched((bytes) => bytes.slice(0, 400)), "lies outside the file"],
] as [string, Uint8Array, string][])("a module that is %s: 126 and why", (_what, bytes, says) => {
  using dir = scratch();
  writeFileSync(dir.path("bad.mo"), bytes);
  const { code, err } = rttSim(["run", dir.path("bad.mo")]);
  expect(code).toBe(126);
  expect(err).toContain(says);
  clear(err);
});

test("unresolved symbols: all of them, and 126", () => {
  const { code, out, err } = rttSim(["run", join(ROOT, "test/fixtures/transcripts/t_undef.mo")]);
  expect(code).toBe(126);
  for (const name of ["no_such_function", "no_such_other"]) {
    expect(out).toContain(`can't find ${name} in kernel symbol table`);
    expect(err).toContain(name);
  }
  clear(err);
});

test("a library run as a program has no entry: 126", () => {
  const { code, err } = rttSim(["run", join(ROOT, "disk/prebuilt/a9/lib.so")]);
  expect(code).toBe(126);
  expect(err).toContain("entry");
});

test("an unknown command: 127", () => {
  const { code, out } = rttSim(["-c", "nosuch"]);
  expect(code).toBe(127);
  expect(out).toBe("nosuch: command not found.\n");
});

test("a hostile bunfig.toml and .env in the current directory do nothing", () => {
  using dir = scratch();
  mkdirSync(dir.path("evil"));
  writeFileSync(dir.path("evil/bunfig.toml"), 'preload = ["./evil.ts"]\n');
  writeFileSync(dir.path("evil/evil.ts"), 'console.log("PRELOADED"); process.exit(99);\n');
  writeFileSync(dir.path("evil/.env"), "RTT_SIM_DEBUG=1\n");
  const { code, out } = rttSim(["-c", "hello"], "", dir.path("evil"));
  expect(code).toBe(0);
  expect(out).toBe("Hello, world\n");
});

test("a reader that goes away is no error", () => {
  const shell = Bun.spawnSync(["sh", "-c", `${BINARY} -c help -c help -c help | head -1`], {
    stderr: "pipe",
  });
  expect(shell.stdout.toString()).toBe("RT-Thread shell commands:\n");
  expect(shell.stderr.toString()).toBe("");
});

test.each([
  ["--log", (image: string) => [image, "--log", image, "-c", "hello"]],
  ["--serial", (image: string) => [image, "--serial", `file:${image}`, "-c", "hello"]],
  ["--coverage", (image: string) => ["run", "--coverage", image, image]],
  ["--trace-output", (image: string) => ["run", "--trace", "calls", "-o", image, image]],
] as [string, (image: string) => string[]][])(
  "%s onto a file that is read is refused, and the file is as before",
  (option, argv) => {
    using dir = scratch();
    const image = dir.path("disk.img");
    writeFileSync(image, readFileSync(DISK));
    const { code, err } = rttSim(argv(image));
    expect(code).toBe(2);
    expect(err).toContain(`${option}: ${image} is read by this run`);
    expect(readFileSync(image).equals(readFileSync(DISK))).toBe(true);
    clear(err);
  },
);

test.skipIf(Bun.which("mkfifo") === null)("a named pipe as disk: 66 at once", () => {
  using dir = scratch();
  Bun.spawnSync(["mkfifo", dir.path("pipe")]);
  const { code, err } = rttSim([dir.path("pipe"), "-c", "ls"]);
  expect(code).toBe(66);
  expect(err).toContain("not a regular file");
});

test("a firmware that is none: 65", () => {
  const { code, err } = rttSim(["--firmware", "disk/prebuilt/a9/hello.mo", "-c", "hello"]);
  expect(code).toBe(65);
  expect(err).toContain("firmware image: not an ARM executable");
  clear(err);
});

test("arguments beyond ASCII arrive in UTF-8", () => {
  const args = join(ROOT, "test/fixtures/transcripts/t_args.mo");
  const { code, out } = rttSim(["run", args, "é", "€", "日本", "Ā"]);
  expect(code).not.toBe(125);
  for (const word of ["é", "€", "日本", "Ā"])
    expect(out).toContain(`[${Buffer.from(word).toString("latin1")}]`);
});
