/** Archives with the long numbers of ZIP64, which streams and large archives have. */
import { afterAll, expect, setDefaultTimeout, test } from "bun:test";
import { readFileSync } from "node:fs";
import { have } from "../fat/tools.ts";
import { Bench, bytesOf } from "./tool.ts";
import { zip } from "./zip.ts";

setDefaultTimeout(60_000);
const bench = new Bench();
afterAll(() => bench.remove());

const BIG = bytesOf(200_000, 4);

/** An archive with every number of its directory moved to where ZIP64 has it (APPNOTE.TXT 4.3.14, 4.3.15, 4.5.3). */
function lengthened(archive: Uint8Array): Buffer {
  const bytes = Buffer.from(archive);
  const end = bytes.length - 22;
  const count = bytes.readUInt16LE(end + 10);
  const start = bytes.readUInt32LE(end + 16);
  const rows: Buffer[] = [];
  for (let at = start, i = 0; i < count; i++) {
    const [name, extra, comment] = [28, 30, 32].map((field) => bytes.readUInt16LE(at + field));
    const fixed = Buffer.from(bytes.subarray(at, at + 46));
    const field = Buffer.alloc(4 + 24);
    field.writeUInt16LE(1, 0);
    field.writeUInt16LE(24, 2);
    for (const [n, from] of [24, 20, 42].entries()) {
      field.writeBigUInt64LE(BigInt(fixed.readUInt32LE(from)), 4 + n * 8);
      fixed.writeUInt32LE(0xffffffff, from);
    }
    // Behind a field that is somebody else's.
    const other = Buffer.from([0x55, 0x54, 1, 0, 0]);
    fixed.writeUInt16LE(extra + other.length + field.length, 30);
    const tail = bytes.subarray(at + 46, at + 46 + name + extra);
    rows.push(
      fixed,
      tail,
      other,
      field,
      bytes.subarray(at + 46 + name + extra).subarray(0, comment),
    );
    at += 46 + name + extra + comment;
  }
  const directory = Buffer.concat(rows);
  const record = Buffer.alloc(56);
  record.writeUInt32LE(0x06064b50, 0);
  record.writeBigUInt64LE(44n, 4);
  record.writeBigUInt64LE(BigInt(count), 24);
  record.writeBigUInt64LE(BigInt(count), 32);
  record.writeBigUInt64LE(BigInt(directory.length), 40);
  record.writeBigUInt64LE(BigInt(start), 48);
  const locator = Buffer.alloc(20);
  locator.writeUInt32LE(0x07064b50, 0);
  locator.writeBigUInt64LE(BigInt(start + directory.length), 8);
  locator.writeUInt32LE(1, 16);
  record.writeUInt16LE(45, 12);
  record.writeUInt16LE(45, 14);
  const last = Buffer.from(bytes.subarray(end));
  last.fill(0xff, 8, 20);
  return Buffer.concat([bytes.subarray(0, start), directory, record, locator, last]);
}

const archive = lengthened(zip({ "a.txt": Buffer.from("alpha\n"), "d/b.bin": BIG }));

test("every number is a long one", () => {
  bench.file("long.zip", archive);
  expect(bench.out("disk", "ls", "-R", "long.zip")).toBe("/a.txt\n/d/\n/d/b.bin\n");
  expect(bench.out("disk", "cat", "long.zip:/a.txt")).toBe("alpha\n");
  bench.out("disk", "cp", "long.zip:/d/b.bin", "b.bin");
  expect(readFileSync(bench.path("b.bin")).equals(Buffer.from(BIG))).toBe(true);
});

test.skipIf(!have("unzip"))("unzip takes the archive of this test for a sound one", () => {
  bench.file("long.zip", archive);
  expect(bench.tool(["unzip", "-t", "long.zip"])).toMatchObject({ code: 0 });
});

test.skipIf(!have("zip"))("archives of Info-ZIP: forced, and of a stream", () => {
  bench.file("b.bin", BIG);
  expect(bench.tool(["zip", "-q", "-fz", "forced.zip", "b.bin"]).code).toBe(0);
  expect(bench.tool(["bash", "-c", "cat b.bin | zip -q -fz - - > stream.zip"]).code).toBe(0);
  for (const [name, path] of [
    ["forced.zip", "/b.bin"],
    ["stream.zip", "/-"],
  ]) {
    bench.out("disk", "cp", `${name}:${path}`, "out.bin");
    expect(readFileSync(bench.path("out.bin")).equals(Buffer.from(BIG))).toBe(true);
  }
});

test("numbers that lie: a sentence, exit code 65", () => {
  const lie = (at: number, value: bigint): Buffer => {
    const bytes = Buffer.from(archive);
    bytes.writeBigUInt64LE(value, at < 0 ? bytes.length + at : at);
    return bytes;
  };
  const [locator, record] = [-22 - 20, -22 - 20 - 56];
  const cut = Buffer.from(archive);
  // The field of the first entry says that it is shorter.
  cut.writeUInt16LE(8, cut.indexOf(Buffer.from([1, 0, 24, 0])) + 2);
  const lies: [Buffer, RegExp][] = [
    [lie(locator + 8, 2n ** 63n), /not where it should be/],
    [lie(locator + 8, 5n), /not where it should be/],
    [lie(record + 32, 2n ** 40n), /members; unpack it/],
    [lie(record + 40, 2n ** 62n), /members; unpack it/],
    [lie(record + 48, 2n ** 62n), /entry 1 of 2 .* is damaged/],
    [cut, /a number of an entry \(ZIP64\) is missing/],
  ];
  for (const [bytes, reason] of lies) {
    bench.file("lie.zip", bytes);
    const { code, err } = bench.run(["disk", "ls", "lie.zip"]);
    expect([code, err]).toEqual([65, expect.stringMatching(reason)]);
  }
});
