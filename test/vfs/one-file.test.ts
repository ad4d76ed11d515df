import { afterEach, describe, expect, test } from "bun:test";
import * as host from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { Vfs } from "../../src/vfs/mod.ts";
import { makeDisk } from "../../src/fat/mod.ts";
import { O } from "./board.ts";

// Several descriptors on one file: the host's file system says what POSIX has them do.

const folder = host.mkdtempSync(join(tmpdir(), "one-file-"));
afterEach(() => host.rmSync(folder, { recursive: true, force: true }));

/** What a descriptor does, on either system; results are compared. */
interface One {
  write(bytes: Uint8Array): number;
  read(length: number): number[];
  seek(position: number): void;
  truncate(size: number): void;
  size(): number;
  close(): void;
}

function ours(vfs: Vfs, append: boolean): One {
  const fd = vfs.open("/file", append ? O.RDWR | O.APPEND : O.RDWR);
  return {
    write(bytes) {
      // What write of the C library does for O_APPEND.
      if (append) vfs.lseek(fd, 0, 2);
      return vfs.write(fd, bytes);
    },
    read(length) {
      const bytes = new Uint8Array(length);
      return [...bytes.subarray(0, vfs.read(fd, bytes))];
    },
    seek: (position) => void vfs.lseek(fd, position, 0),
    truncate: (size) => vfs.ftruncate(fd, size),
    size: () => vfs.fstat(fd).size,
    close: () => void vfs.close(fd),
  };
}

function hosts(append: boolean): One {
  const path = join(folder, "file");
  const fd = host.openSync(path, append ? host.constants.O_RDWR | host.constants.O_APPEND : "r+");
  let position = 0;
  return {
    write(bytes) {
      const at = append ? host.fstatSync(fd).size : position;
      const length = host.writeSync(fd, bytes, 0, bytes.length, append ? null : at);
      position = at + length;
      return length;
    },
    read(length) {
      const bytes = new Uint8Array(length);
      const got = host.readSync(fd, bytes, 0, length, position);
      position += got;
      return [...bytes.subarray(0, got)];
    },
    seek: (to) => void (position = to),
    truncate: (size) => host.ftruncateSync(fd, size),
    size: () => host.fstatSync(fd).size,
    close: () => host.closeSync(fd),
  };
}

/** The same numbers for the same seed. */
function numbers(seed: number): (below: number) => number {
  let state = seed;
  return (below) => {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
    return Math.floor((state / 2 ** 32) * below);
  };
}

function vfsWith(compat404: boolean): Vfs {
  const disk = makeDisk([{ path: "/file", bytes: new Uint8Array(0) }], { size: 4 << 20, mtime: 0 });
  const vfs = new Vfs({ disk: () => disk, compat404 });
  vfs.mount("sd0", "/", "elm");
  return vfs;
}

describe("descriptors of one file", () => {
  test.each([1, 2, 3, 4, 5, 6])("share its data and size, as on the host (%d)", (seed) => {
    host.mkdirSync(folder, { recursive: true });
    host.writeFileSync(join(folder, "file"), "");
    const random = numbers(seed);
    const vfs = vfsWith(false);
    const appends = [false, false, true];
    const pairs = appends.map((append) => [ours(vfs, append), hosts(append)] as const);
    for (let step = 0; step < 600; step++) {
      const [a, b] = pairs[random(pairs.length)];
      const what = random(8);
      if (what < 3) {
        const length = random(4) === 0 ? random(3000) : 1 + random(40);
        const bytes = new Uint8Array(length).fill(1 + random(255));
        expect(a.write(bytes)).toBe(b.write(bytes));
      } else if (what < 6) {
        const length = random(3) === 0 ? random(3000) : random(50);
        expect(a.read(length)).toEqual(b.read(length));
      } else if (what === 6) {
        // Not beyond the end, where lseek of the board makes the file longer.
        const to = random(b.size() + 1);
        a.seek(to);
        b.seek(to);
      } else if (random(4) === 0) {
        const size = random(6000);
        a.truncate(size);
        b.truncate(size);
      }
      for (const [mine, other] of pairs) expect(mine.size()).toBe(other.size());
      expect(vfs.stat("/file").size).toBe(b.size());
    }
    for (const pair of pairs) for (const one of pair) one.close();
    expect(vfs.readFile("/file")).toEqual(new Uint8Array(host.readFileSync(join(folder, "file"))));
  });

  const text = (vfs: Vfs): string => new TextDecoder().decode(vfs.readFile("/file"));
  const logger = (compat404: boolean): string => {
    const vfs = vfsWith(compat404);
    const bytes = (line: string): Uint8Array => new TextEncoder().encode(line);
    const log = vfs.open("/file", O.WRONLY);
    vfs.write(log, bytes("line1\n"));
    const other = vfs.open("/file", O.WRONLY | O.APPEND);
    vfs.write(other, bytes("line2\n"));
    vfs.close(other);
    vfs.lseek(log, 0, 2);
    vfs.write(log, bytes("line3\n"));
    vfs.close(log);
    return text(vfs);
  };

  test("lose nothing of each other", () => {
    expect(logger(false)).toBe("line1\nline2\nline3\n");
  });

  test("keep their own sector and size under --compat 4.0.4, as FatFs", () => {
    expect(logger(true)).not.toContain("line2");
  });
});
