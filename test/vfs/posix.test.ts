import { afterEach, beforeEach, describe, expect, test } from "bun:test";
import { GuestFault } from "../../src/memory/mod.ts";
import { Errno, VfsError } from "../../src/vfs/mod.ts";
import { Board, bytes, O } from "./board.ts";

let board: Board;
beforeEach(() => {
  board = new Board([
    { path: "/one.txt", bytes: bytes("one") },
    { path: "/Second file.text", bytes: bytes("second") },
    { path: "/dir/inner", bytes: bytes("x") },
    { path: "/zürich", bytes: bytes("z") },
    { path: "/日本", bytes: bytes("j") },
  ]);
});
afterEach(() => board.dispose());

const entryName = (entry: number) => board.memory.cstring(entry + 4);

describe("directory streams", () => {
  test("struct dirent: type, length of the name, length of the record", () => {
    const dir = board.call("opendir", "/");
    const found: [string, number, number, number][] = [];
    for (let e; (e = board.call("readdir", dir)) !== 0;)
      found.push([
        entryName(e),
        board.memory.ld8(e),
        board.memory.ld8(e + 1),
        board.memory.ld16(e + 2),
      ]);
    expect(found).toEqual([
      ["one.txt", 1, 7, 260],
      ["Second file.text", 1, 16, 260],
      ["dir", 2, 3, 260],
      ["z\x81rich", 1, 6, 260],
      // Not in code page 437: the 8.3 name.
      ["__~1", 1, 4, 260],
    ]);
    expect(board.errno).toBe(0);
    expect(board.call("closedir", dir)).toBe(0);
  });

  test("telldir is the entry just read, seekdir goes back to it", () => {
    const dir = board.call("opendir", "/");
    board.call("readdir", dir);
    expect(board.call("telldir", dir)).toBe(0);
    board.call("readdir", dir);
    expect(board.call("telldir", dir)).toBe(260);
    const third = entryName(board.call("readdir", dir));
    const place = board.call("telldir", dir);
    board.call("readdir", dir);
    board.call("seekdir", dir, place);
    expect(entryName(board.call("readdir", dir))).toBe(third);
    board.call("rewinddir", dir);
    expect(entryName(board.call("readdir", dir))).toBe("one.txt");
  });

  test("entries may be removed while they are read", () => {
    board.call("mkdir", "/many", 0);
    for (let i = 0; i < 50; i++) board.makeFile(`/many/file number ${i}`, "x");
    const dir = board.call("opendir", "/many");
    let count = 0;
    for (let e; (e = board.call("readdir", dir)) !== 0; count++)
      expect(board.call("unlink", `/many/${entryName(e)}`)).toBe(0);
    expect(count).toBe(50);
    board.call("closedir", dir);
    expect(board.call("rmdir", "/many")).toBe(0);
  });

  test("a directory removed under its stream has no more entries", () => {
    board.call("mkdir", "/gone", 0);
    const dir = board.call("opendir", "/GONE");
    expect(board.call("rmdir", "/gone")).toBe(0);
    board.call("mkdir", "/other", 0);
    board.makeFile("/other/x", "x");
    expect(board.call("readdir", dir)).toBe(0);
    expect(board.call("closedir", dir)).toBe(0);
  });

  test("/dev lists the devices", () => {
    expect(board.names("/dev")).toEqual(["sd0", "rtc", "uart1", "uart0"]);
  });

  test("opendir of what is not a directory: NULL and ENOENT", () => {
    expect(board.call("opendir", "/one.txt")).toBe(0);
    expect(board.errno).toBe(-2);
  });
});

describe("files", () => {
  test("code page 437 names go through: the bytes a program writes are the bytes it reads", () => {
    for (let byte = 0x80; byte < 0x100; byte++)
      board.makeFile(`/dir/n${String.fromCharCode(byte)} ${byte}`, "x");
    const names = board.names("/dir").slice(1);
    expect(names).toEqual(
      Array.from({ length: 128 }, (_, i) => `n${String.fromCharCode(i + 0x80)} ${i + 0x80}`),
    );
  });

  test("lseek behind the end of a writable file makes it grow, of a read-only one does not", () => {
    let fd = board.call("open", "/one.txt", O.RDWR);
    expect(board.call("lseek", fd, 1000, 0)).toBe(1000);
    expect(board.call("write", fd, "!", 1)).toBe(1);
    board.call("close", fd);
    fd = board.call("open", "/one.txt", O.RDONLY);
    expect(board.call("lseek", fd, 0, 2)).toBe(1001);
    expect(board.call("lseek", fd, 5000, 0)).toBe(5000);
    expect(board.call("lseek", fd, 0, 1)).toBe(1001);
    expect(board.call("lseek", fd, -1, 0)).toBe(-1);
    expect(board.errno).toBe(-22);
    expect(board.call("lseek", fd, 0, 7)).toBe(-1);
  });

  test("ftruncate shortens, lengthens, and leaves the position", () => {
    const fd = board.call("open", "/Second file.text", O.RDWR);
    board.call("lseek", fd, 2, 0);
    expect(board.call("ftruncate", fd, 4)).toBe(0);
    expect(board.call("lseek", fd, 0, 1)).toBe(2);
    expect(board.call("lseek", fd, 0, 2)).toBe(4);
    expect(board.call("ftruncate", fd, 3000)).toBe(0);
    board.call("close", fd);
    expect(board.vfs.stat("/Second file.text").size).toBe(3000);
    const reader = board.call("open", "/one.txt", O.RDONLY);
    expect(board.call("ftruncate", reader, 0)).toBe(-1);
    expect(board.errno).toBe(-30);
    expect(board.call("ftruncate", reader, -1)).toBe(-1);
    expect(board.errno).toBe(-22);
  });

  test.each([
    ["short write, and then ENOSPC", false, -1, -28],
    ["short write, not an error, in RT-Thread 4.0.4", true, 0, 0],
  ])("a full disk gives a %s", (_, compat404, result, errno) => {
    const own = new Board([], true, compat404);
    const { free, blockSize } = own.vfs.statfs("/");
    const fd = own.call("open", "/big", O.WRONLY | O.CREAT);
    expect(own.call("lseek", fd, free * blockSize - 100, 0)).toBe(free * blockSize - 100);
    expect(own.call("write", fd, own.buffer(300), 300)).toBe(100);
    expect(own.call("write", fd, own.buffer(300), 300)).toBe(result);
    expect(own.errno).toBe(errno);
    own.call("close", fd);
    expect(own.vfs.statfs("/").free).toBe(0);
    expect(own.call("mkdir", "/none", 0)).toBe(-1);
    expect(own.errno).toBe(compat404 ? -30 : -28);
  });

  test("an open file cannot be removed, by whatever name", () => {
    const fd = board.call("open", "/one.txt", O.RDONLY);
    for (const path of ["/one.txt", "/ONE.TXT", "/dir/../one.txt"]) {
      expect(board.call("unlink", path)).toBe(-1);
      expect(board.errno).toBe(-16);
    }
    board.call("close", fd);
    expect(board.call("unlink", "/ONE.TXT")).toBe(0);
  });

  test("two writers on one file do not damage the file system", () => {
    const before = board.vfs.statfs("/").free;
    const a = board.call("open", "/new", O.RDWR | O.CREAT);
    const b = board.call("open", "/new", O.RDWR);
    for (let i = 0; i < 40; i++) {
      board.call("write", a, board.buffer(3000, 0x61), 3000);
      board.call("write", b, board.buffer(1700, 0x62), 1700);
    }
    expect(board.call("ftruncate", a, 10)).toBe(0);
    board.call("write", b, board.buffer(1700, 0x62), 1700);
    board.call("close", a);
    board.call("close", b);
    board.call("unlink", "/new");
    expect(board.vfs.statfs("/").free).toBe(before);
  });
});

describe("console", () => {
  test("read gives what is there, at least one byte, and 0 at the end of input", () => {
    board.input.push(...bytes("line\nrest"));
    const buffer = board.buffer(64);
    expect(board.call("read", 0, buffer, 4)).toBe(4);
    expect(board.call("read", 0, buffer, 64)).toBe(5);
    expect(board.memory.cstring(buffer, 5)).toBe("\nrest");
    expect(board.call("read", 0, buffer, 64)).toBe(0);
  });

  test("closing it changes nothing", () => {
    for (const fd of [0, 1, 2, 3]) expect(board.call("close", fd)).toBe(0);
    expect(board.call("write", 1, "still\n", 6)).toBe(6);
    expect(board.output).toBe("still\n");
  });
});

describe("pointers out of memory fault before anything happens", () => {
  const BAD = 0x10;
  const cases: [string, () => number][] = [
    ["open", () => board.call("open", BAD, 0)],
    ["read", () => board.call("read", board.call("open", "/one.txt", 0), BAD, 3)],
    ["read of the console", () => board.call("read", 0, BAD, 1)],
    ["write", () => board.call("write", board.call("open", "/w", O.RDWR | O.CREAT), BAD, 3)],
    ["write far", () => board.call("write", 1, board.buffer(8), 0x7fffffff)],
    ["stat", () => board.call("stat", "/one.txt", BAD)],
    ["fstat", () => board.call("fstat", 0, -4)],
    ["statfs", () => board.call("statfs", "/", BAD)],
    ["rename", () => board.call("rename", "/one.txt", BAD)],
    ["getcwd", () => board.call("getcwd", 0, 10)],
    ["readdir", () => board.call("readdir", BAD)],
    ["closedir", () => board.call("closedir", BAD)],
  ];
  test.each(cases)("%s", (_, call) => {
    board.input.push(0x61);
    expect(call).toThrow(GuestFault);
    expect(board.input).toEqual([0x61]);
    expect(board.vfs.readFile("/one.txt")).toEqual(bytes("one"));
  });

  test("a length beyond memory is no fault when the file is short", () => {
    const buffer = board.buffer(16);
    const fd = board.call("open", "/one.txt", O.RDONLY);
    expect(board.call("read", fd, buffer, 0x7fffffff)).toBe(3);
  });
});

describe("what stores nothing faults nowhere", () => {
  test("read of no bytes, and at the end of a file", () => {
    const fd = board.call("open", "/one.txt", O.RDONLY);
    expect(board.call("read", fd, 0, 0)).toBe(0);
    expect(board.call("read", fd, board.buffer(8), 8)).toBe(3);
    expect(board.call("read", fd, 0, 5)).toBe(0);
    expect(board.call("read", fd, -1, 5)).toBe(0);
    expect(board.call("read", 0, 0, 0)).toBe(0);
  });

  test("poll of no descriptors", () => {
    expect(board.call("poll", 0, 0, 0)).toBe(0);
  });
});

describe("dfs_normalize_path and dfs_subdir", () => {
  test("results are strings of the guest", () => {
    const normal = board.call("dfs_normalize_path", "/a/b", "../c//d/.");
    expect(board.memory.cstring(normal)).toBe("/a/c/d");
    expect(board.call("dfs_normalize_path", "/", "../x")).toBe(0);
    board.call("chdir", "/dir");
    expect(board.memory.cstring(board.call("dfs_normalize_path", 0, "x"))).toBe("/dir/x");
    const full = board.string("/mnt/x/y");
    expect(board.call("dfs_subdir", "/mnt", full)).toBe(full + 4);
    expect(board.call("dfs_subdir", "/", full)).toBe(full);
    expect(board.call("dfs_subdir", "/mnt/x/y", full)).toBe(0);
  });
});

test("a read that fails has stored what came before: translated code there goes", () => {
  const { memory, vfs } = board;
  const fd = board.call("open", "/one.txt", O.RDONLY);
  const buffer = board.buffer(1024);
  const end = memory.end - 64;
  const dropped: number[] = [];
  memory.onCodeWrite = (start) => dropped.push(start) === 0;
  memory.markCode(buffer, buffer + 64);
  memory.markCode(end, end + 64);
  const { read } = vfs;
  vfs.read = (_, into) => {
    into.set(bytes("half"));
    throw new VfsError(Errno.EIO, "the disk failed");
  };
  expect(board.call("read", fd, buffer, 64)).toBe(-1);
  expect(memory.cstring(buffer)).toBe("half");
  expect(dropped).toEqual([buffer]);
  // The same where memory ends before the file does.
  vfs.read = (_, into) => into.length;
  expect(() => board.call("read", fd, end, 65)).toThrow(GuestFault);
  expect(dropped).toEqual([buffer, end]);
  vfs.read = read;
});
