/** The default disk, looked at with other people's tools. */
import { expect, setDefaultTimeout, test } from "bun:test";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { diskPrefix } from "../../disk/make-disk.ts";
import { DEFAULT_DISK_SECTORS, defaultDiskFiles } from "../../disk/recipe.ts";

// Compilers, disk tools and whole programs take their time on a busy machine.
setDefaultTimeout(60_000);

const files = defaultDiskFiles();

test("the same files make the same image", () => {
  const once = Bun.hash(diskPrefix(files, 1));
  expect(Bun.hash(diskPrefix(files, 1))).toBe(once);
});

test.skipIf(Bun.which("mcopy") === null)("mtools reads every file back (needs mtools)", () => {
  withImage((image) => {
    for (const { path, bytes } of files) {
      const run = Bun.spawnSync(["mcopy", "-n", "-i", image, `::${path}`, "-"], { stdout: "pipe" });
      expect([path, Buffer.from(bytes).equals(run.stdout)]).toEqual([path, true]);
    }
  });
});

test.skipIf(Bun.which("fsck.fat") === null)("fsck.fat finds no fault (needs dosfstools)", () => {
  withImage((image) => {
    const run = Bun.spawnSync(["fsck.fat", "-n", image], { stdout: "pipe" });
    expect(run.exitCode).toBe(0);
  });
});

function withImage(use: (path: string) => void): void {
  const dir = mkdtempSync(join(tmpdir(), "image-"));
  try {
    const image = join(dir, "disk.img");
    const bytes = new Uint8Array(DEFAULT_DISK_SECTORS * 512);
    bytes.set(diskPrefix(files, 1));
    writeFileSync(image, bytes);
    use(image);
  } finally {
    rmSync(dir, { recursive: true, force: true });
  }
}
