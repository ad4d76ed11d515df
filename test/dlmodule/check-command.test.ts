/** `rtt-sim check` as a command: its exit codes, its JSON, archives, and files that tools have changed. */
import { describe, expect, setDefaultTimeout, test } from "bun:test";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { zipSync } from "fflate";
import type { CheckReport } from "../../src/dlmodule/check/mod.ts";
import { fixture } from "./board.ts";

setDefaultTimeout(120_000);

const root = join(import.meta.dir, "../..");

describe("the command", () => {
  const command = (...args: string[]) => {
    const { stdout, stderr, exitCode } = Bun.spawnSync(
      [process.execPath, "src/main.ts", "check", ...args],
      { cwd: root },
    );
    return { out: stdout.toString(), err: stderr.toString(), code: exitCode };
  };
  const HELLO = "disk/prebuilt/a9/hello.mo";
  const UNDEFINED = "test/fixtures/transcripts/t_undef.mo";
  test("exit codes: the worst of the files", () => {
    expect(command(HELLO)).toMatchObject({ code: 0, err: "" });
    expect(command(HELLO, UNDEFINED).code).toBe(126);
    expect(command(UNDEFINED, "README.md").code).toBe(65);
    expect(command(HELLO, "README.md", "/no/such/file").code).toBe(66);
    expect(command().code).toBe(2);
  }, 30_000);
  test("JSON for scripts", () => {
    const { out, code } = command("--json", HELLO, UNDEFINED);
    expect(code).toBe(126);
    const [hello, undef] = JSON.parse(out) as CheckReport[];
    expect(hello).toMatchObject({ file: HELLO, verdict: "loadable", details: { kind: "program" } });
    expect(undef.reasons).toHaveLength(2);
    // Of files that are none there is no less.
    const dir = mkdtempSync(join(tmpdir(), "check-"));
    try {
      const zip = join(dir, "broken.zip");
      writeFileSync(zip, "PK\x03\x04 and no more");
      const odd = join(dir, "a\x9b2Jb.mo");
      const none = command("--json", "/none.mo", zip, odd);
      expect(none.out).not.toMatch(/[\x80-\x9f]/);
      expect(JSON.parse(none.out)).toMatchObject(
        [
          ["/none.mo", "unreadable"],
          [zip, "malformed"],
          [odd, "unreadable"],
        ].map(([file, verdict]) => ({
          file,
          verdict,
          against: "rtt-sim",
          reasons: [expect.any(String)],
          warnings: [],
        })),
      );
    } finally {
      rmSync(dir, { recursive: true });
    }
  }, 30_000);
  test("every module of a ZIP archive", () => {
    const dir = mkdtempSync(join(tmpdir(), "check-"));
    try {
      const [apps, texts] = ["apps.zip", "texts.zip"].map((name) => join(dir, name));
      const hello = fixture(HELLO);
      writeFileSync(apps, zipSync({ "bin/a.mo": hello, "b.so": hello, "c.txt": hello }));
      writeFileSync(texts, zipSync({ "c.txt": hello }));
      const { out, code } = command(apps);
      expect(code).toBe(0);
      expect(out.match(/^\S.*: loadable/gm)).toEqual([
        `${apps}/bin/a.mo: loadable`,
        `${apps}/b.so: loadable`,
      ]);
      expect(command(texts)).toMatchObject({
        code: 65,
        out: expect.stringContaining("ZIP archive without a module"),
      });
    } finally {
      rmSync(dir, { recursive: true });
    }
  }, 30_000);
  test("one module of a ZIP archive by its path, packed or only stored", () => {
    const dir = mkdtempSync(join(tmpdir(), "check-"));
    try {
      const apps = join(dir, "apps.zip");
      const hello = fixture(HELLO);
      // Stored entries lie wherever they happen to: at every alignment of the four.
      for (const pad of ["", "1", "12", "123"]) {
        writeFileSync(apps, zipSync({ [`bin/a${pad}.mo`]: hello, "b.mo": hello }, { level: 0 }));
        const { out, err, code } = command(apps);
        expect({ err, code }).toEqual({ err: "", code: 0 });
        expect(out.match(/: loadable/g)).toHaveLength(2);
        expect(command(`${apps}/bin/A${pad}.mo`)).toMatchObject({
          code: 0,
          out: expect.stringContaining(`A${pad}.mo: loadable`),
        });
      }
      expect(command(`${apps}/c.mo`, HELLO)).toMatchObject({
        code: 66,
        out: expect.stringMatching(/apps.zip has no module called c.mo[^]*hello.mo: loadable/),
      });
    } finally {
      rmSync(dir, { recursive: true });
    }
  }, 60_000);
  test("a program without main, linked with -e main", () => {
    const dir = mkdtempSync(join(tmpdir(), "check-"));
    try {
      const path = join(dir, "program.mo");
      writeFileSync(path, fixture("test/dlmodule/ends/slow.so"));
      expect(command(path).out).toContain("a program has a function main");
      expect(command("test/dlmodule/ends/slow.so").out).not.toContain("function main");
    } finally {
      rmSync(dir, { recursive: true });
    }
  }, 30_000);
  test("a symbol table anywhere in the file, as objcopy may place it", () => {
    const dir = mkdtempSync(join(tmpdir(), "check-"));
    try {
      const path = join(dir, "odd.mo");
      for (let shift = 0; shift < 4; shift++) {
        writeFileSync(path, movedSymbols(fixture("test/dlmodule/objects/one.mo"), shift));
        expect(command(path)).toMatchObject({ code: 0, err: "" });
      }
    } finally {
      rmSync(dir, { recursive: true });
    }
  }, 60_000);
  test("against 4.0.4, and a list that has no symbols", () => {
    expect(command("--against", "4.0.4", HELLO).code).toBe(0);
    expect(command("--against", "disk/prebuilt/a9/md5.mo", HELLO)).toMatchObject({
      code: 65,
      err: expect.stringContaining("no symbols found"),
    });
  }, 30_000);
});

/** The same file with its symbol tables for the linker moved to its end, `shift` bytes from a multiple of 4. */
function movedSymbols(file: Uint8Array, shift: number): Uint8Array {
  const SHT_SYMTAB = 2;
  const view = new DataView(file.buffer, file.byteOffset, file.length);
  const sections = view.getUint32(0x20, true);
  const count = view.getUint16(0x30, true);
  for (let n = 0; n < count; n++) {
    const header = sections + 40 * n;
    if (view.getUint32(header + 4, true) !== SHT_SYMTAB) continue;
    const [offset, size] = [16, 20].map((field) => view.getUint32(header + field, true));
    const end = ((file.length + 3) & ~3) + shift;
    const moved = new Uint8Array(end + size);
    moved.set(file);
    moved.set(file.subarray(offset, offset + size), end);
    new DataView(moved.buffer).setUint32(header + 16, end, true);
    return moved;
  }
  throw new Error("the file has no symbol table");
}
