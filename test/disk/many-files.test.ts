/** Folders with very many small files: they take a cluster each, and the disk has room for all of them and the promised rest. */
import { afterAll, describe, expect, setDefaultTimeout, test } from "bun:test";
import { mkdirSync, writeFileSync } from "node:fs";
import { Need, typeFor } from "../../src/cli/disk/room.ts";
import { have } from "../fat/tools.ts";
import { Bench } from "./tool.ts";

setDefaultTimeout(300_000);
const bench = new Bench();
afterAll(() => bench.remove());

const COUNTS = process.env.RTT_SIM_FULL === "1" ? [20_000, 70_000] : [20_000];

describe.each(COUNTS)("%d files of one byte", (count) => {
  const folder = `files${count}`;
  for (let i = 0; i < count; i++) {
    if (i % 1000 === 0) mkdirSync(bench.path(`${folder}/d${i / 1000}`), { recursive: true });
    writeFileSync(bench.path(`${folder}/d${Math.floor(i / 1000)}/f${i % 1000}`), "x");
  }

  test("on an image, with 16 MiB free", () => {
    bench.out("disk", "create", "--from", folder, `${folder}.img`);
    const { freeBytes } = JSON.parse(bench.out("disk", "info", "--json", `${folder}.img`));
    expect(freeBytes).toBeGreaterThanOrEqual(16 << 20);
    if (have("fsck.fat"))
      expect(bench.tool(["fsck.fat", "-n", `${folder}.img`])).toMatchObject({
        code: 0,
        out: expect.stringContaining(`${count + count / 1000} files`),
      });
  });

  test("as a disk, with 64 MiB free", () => {
    const { freeBytes } = JSON.parse(bench.out("disk", "info", "--json", folder));
    expect(freeBytes).toBeGreaterThanOrEqual(64 << 20);
    const { out, code } = bench.run([folder, "-c", `cat /d${count / 1000 - 1}/f999`]);
    expect([code, out]).toEqual([0, expect.stringContaining("x")]);
  });
});

test("a disk of a given size gets FAT32 when only that has clusters enough", () => {
  const files = (count: number, size: number) =>
    new Need(
      Array.from({ length: count }, (_, i) => ({
        path: `/d${i % 99}/f${i}`,
        size,
        directory: false,
      })),
    );
  expect(typeFor(files(70_000, 1), 300 << 20, {})).toBe(32);
  expect(typeFor(files(20_000, 1), 120 << 20, {})).toBeUndefined();
  expect(typeFor(files(24_000, 1), 160 << 20, {})).toBe(32);
  expect(typeFor(files(24_000, 1), 160 << 20, { type: 16 })).toBe(16);
  // What board and mkfs choose, where that will do.
  expect(typeFor(files(10_000, 1), 160 << 20, {})).toBeUndefined();
  expect(typeFor(files(20, 1 << 20), 160 << 20, {})).toBeUndefined();
});
