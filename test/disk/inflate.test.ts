/** Unpacking in pieces gives what gzip packed, and says so when that is damaged or cut off. */
import { describe, expect, test } from "bun:test";
import { deflateRawSync, gzipSync } from "node:zlib";
import { inflate } from "../../src/cli/disk/inflate.ts";

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
  inflate(kind, source, (piece) => void pieces.push(Buffer.from(piece)));
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
