/** Unpacking in pieces gives what gzip packed, and says so when that is damaged or cut off. */
import { describe, expect, test } from "bun:test";
import { deflateRawSync, gzipSync } from "node:zlib";
import { gunzip } from "../../src/cli/disk/gunzip.ts";
import { inflate, PackedInput } from "../../src/cli/disk/inflate.ts";

const DATA = Buffer.from(
  Uint8Array.from({ length: 2_500_000 }, (_, i) => ((i * 7919) >> 5) & 0xff),
);

/** Unpacked, when at most so many bytes come at a time. */
function unpacked(kind: "gzip" | "deflate", packed: Uint8Array, most = 1 << 20): Buffer {
  const pieces: Buffer[] = [];
  let at = 0;
  const source = (into: Uint8Array): number => {
    const n = Math.min(into.length, most, packed.length - at);
    into.set(packed.subarray(at, at + n));
    at += n;
    return n;
  };
  const sink = (piece: Uint8Array) => void pieces.push(Buffer.from(piece));
  if (kind === "gzip") gunzip(source, sink);
  else inflate(new PackedInput(source), sink);
  return Buffer.concat(pieces);
}

describe("inflate", () => {
  test.each([1 << 20, 1000, 7])("pieces of %d bytes", (most) => {
    expect(unpacked("gzip", gzipSync(DATA), most).equals(DATA)).toBe(true);
    expect(unpacked("deflate", deflateRawSync(DATA), most).equals(DATA)).toBe(true);
  });

  test.each([(1 << 18) - 1, 1 << 18, (1 << 18) + 1, 1 << 20, 3 << 20])(
    "%d bytes: at the edges of its buffers",
    (length) => {
      const random = Buffer.from(crypto.getRandomValues(new Uint8Array(65536)));
      const bytes = Buffer.alloc(length, random);
      for (const level of [0, 6])
        expect(unpacked("gzip", gzipSync(bytes, { level })).equals(bytes)).toBe(true);
    },
  );

  test("several members, one of them empty, are one file, as for gunzip", () => {
    const packed = [DATA.subarray(0, 900_000), Buffer.alloc(0), DATA.subarray(900_000)].map(
      (part) => gzipSync(part),
    );
    for (const most of [1 << 20, 13])
      expect(unpacked("gzip", Buffer.concat(packed), most).equals(DATA)).toBe(true);
    // A file on a tape ends in zeros.
    expect(unpacked("gzip", Buffer.concat([...packed, Buffer.alloc(700)])).equals(DATA)).toBe(true);
  });

  const packed = gzipSync(DATA);
  const flipped = (at: number): Buffer => {
    const bytes = Buffer.from(packed);
    bytes[at < 0 ? bytes.length + at : at] ^= 1;
    return bytes;
  };
  test.each<[string, Uint8Array, string]>([
    ["cut in its trailer", packed.subarray(0, -1), "unexpected end of file"],
    ["cut in the middle", packed.subarray(0, packed.length >> 1), "unexpected end of file"],
    ["cut in its header", packed.subarray(0, 5), "unexpected end of file"],
    ["empty", packed.subarray(0, 0), "unexpected end of file"],
    ["another checksum", flipped(-6), "incorrect data check"],
    ["another length", flipped(-2), "incorrect length check"],
    ["another beginning", flipped(0), "incorrect header check"],
  ])("%s", (_, bytes, words) => {
    expect(() => unpacked("gzip", bytes)).toThrow(words);
  });
});

/** What gzip(1) makes of a file: 0 all is well, 1 an error, 2 a warning; and what comes out. */
function byGzip(packed: Uint8Array): { code: number; out: Buffer; err: string } {
  const ran = Bun.spawnSync(["gzip", "-dc"], { stdin: packed, stderr: "pipe" });
  return { code: ran.exitCode, out: Buffer.from(ran.stdout), err: ran.stderr.toString() };
}

describe.skipIf(!Bun.which("gzip"))("as gzip(1) does it", () => {
  const one = gzipSync(DATA.subarray(0, 70_000));
  const two = gzipSync(DATA.subarray(70_000, 90_000));
  /** A header with all there can be. */
  const named = (flags: number, ...parts: (string | number[])[]): Buffer =>
    Buffer.concat([
      Buffer.from([0x1f, 0x8b, 8, flags, 1, 2, 3, 4, 0, 3]),
      ...parts.map((part) => Buffer.from(part as string, "latin1")),
      one.subarray(10),
    ]);
  const withSum = named(0x12, "comment\0");
  const sum = Bun.hash.crc32(withSum.subarray(0, 18)) & 0xffff;
  const zeros = (n: number) => Buffer.alloc(n);
  test.each<[string, Uint8Array]>([
    ["one member", one],
    ["two", Buffer.concat([one, two])],
    ["a zero behind it", Buffer.concat([one, zeros(1)])],
    ["zeros behind it, as on a tape", Buffer.concat([one, zeros(10_000)])],
    ["zeros behind two", Buffer.concat([one, two, zeros(512)])],
    ["many zeros", Buffer.concat([one, zeros(600_000)])],
    ["garbage behind it", Buffer.concat([one, Buffer.from("garbage")])],
    ["half of what begins a member", Buffer.concat([one, Buffer.from([0x1f])])],
    ["zeros and garbage", Buffer.concat([one, zeros(700), Buffer.from("x")])],
    ["zeros and another member", Buffer.concat([one, zeros(512), two])],
    ["garbage behind two", Buffer.concat([one, two, Buffer.from("\xff\xfe", "latin1")])],
    ["a second one that is cut off", Buffer.concat([one, two.subarray(0, 900)])],
    ["a second one that is nothing but its beginning", Buffer.concat([one, two.subarray(0, 2)])],
    ["a second one packed in another way", Buffer.concat([one, Buffer.from([0x1f, 0x8b, 7, 0])])],
    ["a second one with a bad sum", Buffer.concat([one, two.subarray(0, -8), zeros(8)])],
    ["name, comment, extra field", named(0x1c, [3, 0, 1, 2, 3], "a.img\0", "comment\0")],
    [
      "a checksum of the header",
      Buffer.concat([
        withSum.subarray(0, 18),
        Buffer.from([sum & 0xff, sum >> 8]),
        withSum.subarray(18),
      ]),
    ],
    ["a wrong one", Buffer.concat([withSum.subarray(0, 18), zeros(2), withSum.subarray(18)])],
    ["flags that nobody knows", named(0xc0)],
    ["a name without an end", Buffer.from([0x1f, 0x8b, 8, 8, 0, 0, 0, 0, 0, 3, 65, 66])],
  ])("%s", (_, packed) => {
    const { code, out, err } = byGzip(packed);
    for (const most of [1 << 20, 1]) {
      const pieces: Buffer[] = [];
      let at = 0;
      const source = (into: Uint8Array): number => {
        const n = Math.min(into.length, most, packed.length - at);
        into.set(packed.subarray(at, at + n));
        at += n;
        return n;
      };
      let ours = 0;
      try {
        const ignored = gunzip(source, (piece) => void pieces.push(Buffer.from(piece)));
        if (ignored !== undefined) ours = 2;
      } catch {
        ours = 1;
      }
      expect({ err, code: ours }).toEqual({ err, code });
      if (code !== 1) expect(Buffer.concat(pieces).equals(out)).toBe(true);
    }
  });

  test("a single byte behind it, which gzip calls the end of a file come too early", () => {
    expect(
      byGzip(Buffer.concat([one, Buffer.from("\n")])).out.equals(DATA.subarray(0, 70_000)),
    ).toBe(true);
    expect(unpacked("gzip", Buffer.concat([one, Buffer.from("\n")]))).toEqual(
      DATA.subarray(0, 70_000),
    );
  });
});
