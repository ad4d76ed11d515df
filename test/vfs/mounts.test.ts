import { describe, expect, test } from "bun:test";
import { RamDevice } from "../../src/block/mod.ts";
import { makeDisk } from "../../src/fat/mod.ts";
import { Vfs, VfsError } from "../../src/vfs/mod.ts";

/** The errno of a failure. */
function errno(call: () => unknown): number {
  try {
    call();
  } catch (error) {
    if (error instanceof VfsError) return error.errno;
    throw error;
  }
  return 0;
}

function board(disk = new RamDevice(64 << 20)) {
  return new Vfs({
    nodes: () => [{ name: "sd0", block: true }],
    disk: (name) => (name === "sd0" ? disk : undefined),
  });
}

const CARD = [{ path: "/hello.mo", bytes: new Uint8Array(1236) }, { path: "/dir" }];

describe("boot without a file system", () => {
  test("a blank card cannot be mounted; nothing is found, /dev works", () => {
    const vfs = board();
    expect(errno(() => vfs.mount("sd0", "/", "elm"))).toBe(2);
    expect(vfs.mounts()).toEqual([{ fs: "devfs", device: undefined, path: "/dev" }]);
    expect(errno(() => vfs.list("/"))).toBe(2);
    expect(errno(() => vfs.stat("/"))).toBe(2);
    expect(errno(() => vfs.mkdir("/x"))).toBe(2);
    expect(errno(() => vfs.open("/x", 0x200))).toBe(2);
    expect(errno(() => vfs.statfs("/"))).toBe(1);
    expect(vfs.cwd).toBe("/");
    expect(vfs.list("/dev").length).toBe(1);
  });

  test("mkfs formats it and leaves it unmounted; then it mounts", () => {
    const vfs = board();
    vfs.mkfs("elm", "sd0");
    expect(errno(() => vfs.list("/"))).toBe(2);
    vfs.mount("sd0", "/", "elm");
    expect(vfs.list("/")).toEqual([]);
    vfs.writeFile("/f", new Uint8Array(5));
    expect(vfs.list("/")).toEqual([{ name: "f", directory: false, size: 5 }]);
  });
});

describe("mount, unmount, mkfs", () => {
  test("the errors of the recorded session", () => {
    const vfs = board(makeDisk(CARD));
    vfs.mount("sd0", "/", "elm");
    expect(errno(() => vfs.mount("sd0", "/dir", "elm"))).toBe(28);
    expect(errno(() => vfs.mount("none", "/dir", "elm"))).toBe(19);
    expect(errno(() => vfs.mount("sd0", "/nodir", "elm"))).toBe(2);
    expect(errno(() => vfs.mount("sd0", "/", "elm"))).toBe(22);
    expect(errno(() => vfs.mount("sd0", "/dir", "nofs"))).toBe(19);
    expect(errno(() => vfs.unmount("/dir"))).toBe(2);
    expect(errno(() => vfs.mkfs("elm", "nodev"))).toBe(19);
    expect(vfs.mounts().length).toBe(2);
  });

  test("mkfs of the mounted card: empty at once, open files are dead, new ones work", () => {
    const vfs = board(makeDisk(CARD));
    vfs.mount("sd0", "/", "elm");
    const fd = vfs.open("/hello.mo", 2);
    vfs.mkfs("elm", "sd0");
    expect(vfs.list("/")).toEqual([]);
    expect(errno(() => vfs.read(fd, new Uint8Array(4)))).toBe(5);
    expect(errno(() => vfs.write(fd, new Uint8Array(4)))).toBe(5);
    vfs.close(fd);
    vfs.writeFile("/y", new Uint8Array(1));
    expect(vfs.list("/").length).toBe(1);
  });

  test("unmount writes what was open; the files are unusable", () => {
    const disk = makeDisk(CARD);
    const vfs = board(disk);
    vfs.mount("sd0", "/", "elm");
    const fd = vfs.open("/new.txt", 0x201);
    vfs.write(fd, new Uint8Array(1000).fill(7));
    vfs.unmount("/");
    expect(errno(() => vfs.write(fd, new Uint8Array(1)))).toBe(5);
    vfs.close(fd);
    const other = board(disk);
    other.mount("sd0", "/", "elm");
    expect(other.readFile("/new.txt")).toEqual(new Uint8Array(1000).fill(7));
  });

  test("sync writes open files, so that another look at the disk sees them", () => {
    const disk = makeDisk(CARD);
    const vfs = board(disk);
    vfs.mount("sd0", "/", "elm");
    vfs.write(vfs.open("/log", 0x201), new Uint8Array(100));
    vfs.sync();
    const other = board(disk);
    other.mount("sd0", "/", "elm");
    expect(other.stat("/log").size).toBe(100);
  });

  test("a write-protected disk: reading works, every change is EROFS", () => {
    const disk = makeDisk(CARD);
    const locked = {
      sectorSize: 512,
      sectors: disk.sectors,
      readOnly: true,
      read: disk.read.bind(disk),
      write: () => {
        throw new Error("written");
      },
      flush() {},
      close() {},
    };
    const vfs = new Vfs({ disk: () => locked });
    vfs.mount("sd0", "/", "elm");
    expect(vfs.readFile("/hello.mo").length).toBe(1236);
    const changes = [
      () => vfs.open("/hello.mo", 2),
      () => vfs.open("/x", 0x201),
      () => vfs.mkdir("/x"),
      () => vfs.unlink("/hello.mo"),
      () => vfs.rename("/hello.mo", "/y"),
      () => vfs.mkfs("elm", "sd0"),
    ];
    for (const change of changes) expect(errno(change)).toBe(30);
    vfs.sync();
  });

  test("a device that fails gives EIO with its words", () => {
    const disk = makeDisk(CARD);
    let broken = false;
    const flaky = {
      sectorSize: 512,
      sectors: disk.sectors,
      readOnly: false,
      read: disk.read.bind(disk),
      write(sector: number, from: Uint8Array) {
        if (broken) throw new Error("no space left on the host");
        disk.write(sector, from);
      },
      flush() {},
      close() {},
    };
    const vfs = new Vfs({ disk: () => flaky });
    vfs.mount("sd0", "/", "elm");
    broken = true;
    expect(errno(() => vfs.writeFile("/x", new Uint8Array(4096)))).toBe(5);
    expect(() => vfs.mkdir("/y")).toThrow(/no space left on the host/);
    expect(vfs.openFiles()).toEqual([]);
  });
});

describe("paths", () => {
  const vfs = board(makeDisk([{ path: "/a/b/c", bytes: new Uint8Array(1) }]));
  vfs.mount("sd0", "/", "elm");

  test.each([
    ["/", "/"],
    ["//a//b/", "/a/b"],
    ["/a/./b/../x", "/a/x"],
    ["a/b/..", "/a"],
    ["/..", "/"],
    ["", "/"],
  ])("%s is %s", (path, normal) => expect(vfs.resolve(path)).toBe(normal));

  test.each(["/../x", "../../x", "/a/../../x", "/../.."])("%s leads nowhere", (path) =>
    expect(errno(() => vfs.resolve(path))).toBe(2),
  );

  test("a descriptor is free again when opening fails and after close", () => {
    for (let i = 0; i < 100; i++) {
      expect(errno(() => vfs.open("/nope", 0))).toBe(2);
      expect(errno(() => vfs.mkdir("/a"))).toBe(17);
      vfs.list("/a");
      vfs.readFile("/a/b/c");
    }
    expect(vfs.openFiles()).toEqual([]);
  });
});
