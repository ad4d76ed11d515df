import { type Board, O } from "./board.ts";

/** The file probes of test/fixtures/probes/system (f_*.c), statement by statement. */
export const PROBES: Record<string, (b: Board) => void> = {
  f_open(b) {
    const flags: [string, number][] = [
      ["RD", O.RDONLY],
      ["WR", O.WRONLY],
      ["RW", O.RDWR],
      ["RD+CREAT", O.RDONLY | O.CREAT],
      ["WR+CREAT", O.WRONLY | O.CREAT],
      ["RW+CREAT", O.RDWR | O.CREAT],
      ["RD+TRUNC", O.RDONLY | O.TRUNC],
      ["WR+TRUNC", O.WRONLY | O.TRUNC],
      ["RW+TRUNC", O.RDWR | O.TRUNC],
      ["WR+CREAT+TRUNC", O.WRONLY | O.CREAT | O.TRUNC],
      ["RW+CREAT+TRUNC", O.RDWR | O.CREAT | O.TRUNC],
      ["WR+APPEND", O.WRONLY | O.APPEND],
      ["WR+CREAT+APPEND", O.WRONLY | O.CREAT | O.APPEND],
      ["RW+CREAT+APPEND", O.RDWR | O.CREAT | O.APPEND],
      ["WR+CREAT+EXCL", O.WRONLY | O.CREAT | O.EXCL],
      ["WR+EXCL", O.WRONLY | O.EXCL],
      ["RD+EXCL", O.RDONLY | O.EXCL],
      ["ACC3", 3],
      ["ACC3+CREAT", 3 | O.CREAT],
      ["RD+DIR", O.RDONLY | O.DIRECTORY],
      ["RD+CREAT+DIR", O.RDONLY | O.CREAT | O.DIRECTORY],
      ["WR+CREAT+TRUNC+APPEND", O.WRONLY | O.CREAT | O.TRUNC | O.APPEND],
      ["WR+NONBLOCK", O.WRONLY | O.NONBLOCK],
    ];
    const one = (where: string, path: string, name: string, flag: number) => {
      b.errno = 0;
      const fd = b.call("open", path, flag, 0o777);
      b.print(`${where} ${name}: fd=${fd} err=${b.errno}`);
      if (fd >= 0) {
        b.errno = 0;
        b.print(` w=${b.call("write", fd, "XY", 2)}/${b.errno}`);
        b.print(` pos=${b.call("lseek", fd, 0, 1)}`);
        b.call("lseek", fd, 0, 0);
        b.errno = 0;
        b.print(` r=${b.call("read", fd, b.buffer(8), 8)}/${b.errno}`);
        b.call("close", fd);
      }
      const st = b.buffer(88);
      if (b.call("stat", path, st) === 0) {
        const mode = b.memory.ld32(st + 4);
        b.print(` size=${b.memory.ld32(st + 16)}${(mode & 0xf000) === 0x4000 ? " dir" : ""}`);
      } else b.print(" absent");
      b.print("\n");
    };
    for (const [name, flag] of flags) {
      b.call("unlink", "/o.bin");
      one("absent", "/o.bin", name, flag);
      b.call("unlink", "/o.bin");
    }
    for (const [name, flag] of flags) {
      b.call("unlink", "/o.bin");
      b.makeFile("/o.bin", "hello");
      one("exists", "/o.bin", name, flag);
    }
    b.call("mkdir", "/od", 0);
    for (const [name, flag] of flags) one("dir", "/od", name, flag);
    for (const [name, flag] of flags.slice(0, 6)) one("noparent", "/nodir/x", name, flag);
    one("root", "/", "RD", O.RDONLY);
    one("root", "/", "RD+DIR", O.RDONLY | O.DIRECTORY);
    one("root", "/", "WR+CREAT", O.WRONLY | O.CREAT);
    one("empty", "", "RD", O.RDONLY);
    one("badname", "/a*b", "WR+CREAT", O.WRONLY | O.CREAT);
    one("badname", "/a?b", "RD", O.RDONLY);
    one("underfile", "/o.bin/x", "WR+CREAT", O.WRONLY | O.CREAT);
  },

  f_two(b) {
    const stat = (path: string) => {
      const st = b.buffer(88);
      const result = b.call("stat", path, st);
      return { result, size: b.memory.ld32(st + 16) };
    };
    const text = (name: string, buffer: number) =>
      b.print(`${name}=[${b.memory.cstring(buffer)}]\n`);
    b.makeFile("/two.txt", "ABCDEFGH");
    const a = b.call("open", "/two.txt", O.RDWR);
    const c = b.call("open", "/two.txt", O.RDWR);
    const d = b.call("open", "/TWO.TXT", O.RDONLY);
    b.print(`fds=${a},${c},${d}\n`);
    const read = (name: string, shown: string, fd: number, length: number) => {
      const buffer = b.buffer(32);
      b.report(name, () => b.call("read", fd, buffer, length));
      text(shown, buffer);
    };
    read("a_read3", "a", a, 3);
    read("c_read5", "c", c, 5);
    b.report("a_pos", () => b.call("lseek", a, 0, 1));
    b.report("c_pos", () => b.call("lseek", c, 0, 1));
    b.report("a_over", () => b.call("write", a, "xy", 2));
    b.report("c_back", () => b.call("lseek", c, 0, 0));
    read("c_read", "c_sees", c, 20);
    b.report("a_fsync", () => b.call("fsync", a));
    b.report("c_back2", () => b.call("lseek", c, 0, 0));
    read("c_read2", "c_sees2", c, 20);
    b.report("a_end", () => b.call("lseek", a, 0, 2));
    b.report("a_append", () => b.call("write", a, "1234", 4));
    b.report("a_fsync2", () => b.call("fsync", a));
    b.report("c_end", () => b.call("lseek", c, 0, 2));
    const st = b.buffer(88);
    b.call("fstat", c, st);
    b.value("c_fstat_size", b.memory.ld32(st + 16));
    b.value("stat_size", stat("/two.txt").size);
    read("d_read", "d_sees", d, 20);
    b.report("unlink_open", () => b.call("unlink", "/two.txt"));
    b.report("rename_open", () => b.call("rename", "/two.txt", "/three.txt"));
    b.report("close_a", () => b.call("close", a));
    b.report("close_c", () => b.call("close", c));
    b.report("close_d", () => b.call("close", d));
    b.report("stat_old", () => stat("/two.txt").result);
    b.report("stat_new", () => stat("/three.txt").result);
    b.value("size", stat("/three.txt").size);
    b.showFile("after", "/two.txt");
    b.showFile("after3", "/three.txt");
    b.report("unlink_closed", () => b.call("unlink", "/two.txt"));
    b.report("unlink_three", () => b.call("unlink", "/three.txt"));
    b.report("unlink_gone", () => b.call("unlink", "/two.txt"));
  },

  f_fd(b) {
    b.makeFile("/fd.txt", "fd-data");
    const open = () => b.call("open", "/fd.txt", O.RDONLY);
    const f: number[] = [];
    for (let i = 0; i < 4; i++) f[i] = open();
    b.print(`four=${f.join(",")}\n`);
    b.call("close", f[1]);
    b.call("close", f[2]);
    b.value("reuse1", (f[1] = open()));
    b.value("reuse2", (f[2] = open()));
    b.call("close", f[3]);
    b.call("close", f[0]);
    b.value("reuse3", (f[0] = open()));
    b.value("reuse4", (f[3] = open()));
    let n = 4;
    for (; n < 20; n++) {
      b.errno = 0;
      f[n] = open();
      if (f[n] < 0) break;
    }
    b.print(`opened=${n} last=${f[n - 1]} fail=${f[n]} err=${b.errno}\n`);
    b.report("failed_open_again", open);
    b.errno = 0;
    b.value("opendir_full", b.call("opendir", "/") !== 0);
    b.value("opendir_err", b.errno);
    b.report("stat_works", () => b.call("stat", "/fd.txt", b.buffer(88)));
    b.report("mkdir_full", () => b.call("mkdir", "/fdd", 0));
    for (let i = 0; i < n; i++) b.call("close", f[i]);
    b.value("after_close_all", (f[0] = open()));
    b.call("close", f[0]);
    b.report("close_0", () => Math.abs(0 * b.call("close", 30)));
    b.report("isatty0", () => b.call("isatty", 0));
    b.report("isatty1", () => b.call("isatty", 1));
    b.report("isatty_file", () => {
      const fd = open();
      const result = b.call("isatty", fd);
      b.call("close", fd);
      return result;
    });
    b.report("write_1", () => b.call("write", 1, "out\n", 4));
    b.report("write_2", () => b.call("write", 2, "err\n", 4));
    b.report("read_len0", () => {
      const fd = open();
      const result = b.call("read", fd, b.buffer(4), 0);
      b.call("close", fd);
      return result;
    });
    b.value("left_open", open());
  },

  f_ren(b) {
    const rename = (name: string, from: string, to: string) =>
      b.report(name, () => b.call("rename", from, to));
    const stat = (name: string, path: string) =>
      b.report(name, () => b.call("stat", path, b.buffer(88)));
    b.makeFile("/a", "aaa");
    b.makeFile("/b", "bb");
    b.call("mkdir", "/d", 0);
    b.call("mkdir", "/e", 0);
    b.makeFile("/d/x", "xx");
    rename("simple", "/a", "/a2");
    stat("stat_old", "/a");
    b.showFile("a2", "/a2");
    rename("onto_existing", "/a2", "/b");
    b.showFile("b", "/b");
    rename("missing", "/nope", "/q");
    rename("to_missing_dir", "/b", "/nodir/b");
    rename("into_dir", "/b", "/d/b");
    b.showFile("d/b", "/d/b");
    rename("file_onto_dir", "/a2", "/d");
    rename("dir_onto_file", "/d", "/a2");
    rename("dir_onto_dir", "/d", "/e");
    rename("dir_rename", "/d", "/dd");
    b.showFile("dd/x", "/dd/x");
    rename("dir_into_other", "/dd", "/e/dd");
    b.showFile("e/dd/x", "/e/dd/x");
    rename("same_name", "/a2", "/a2");
    rename("case_change", "/a2", "/A2");
    for (const name of b.names("/")) if (/^a/i.test(name)) b.print(`entry=[${name}]\n`);
    rename("long_name", "/A2", "/A rather long name, with blanks.text");
    b.showFile("long", "/A rather long name, with blanks.text");
    rename("bad_name", "/A rather long name, with blanks.text", "/x:y");
    b.report("relative", () => {
      b.call("chdir", "/e");
      return b.call("rename", "dd/x", "../moved");
    });
    b.showFile("moved", "/moved");
    b.call("chdir", "/");
    rename("cross_mount", "/moved", "/dev/moved");
    rename("dev_rename", "/dev/uart0", "/dev/uartX");
    const fd = b.call("open", "/moved", O.RDONLY);
    rename("open_src", "/moved", "/moved2");
    b.call("close", fd);
    stat("stat_moved2", "/moved2");
    rename("empty_old", "", "/q");
    rename("root", "/", "/rr");
    b.call("mkdir", "/z", 0);
    b.makeFile("/z/in", "zz");
    rename("dir_into_self", "/z", "/z/sub");
    stat("stat_z", "/z");
    stat("stat_z_sub", "/z/sub");
  },

  f_mkdir(b) {
    const mkdir = (name: string, path: string) =>
      b.report(name, () => b.call("mkdir", path, 0o777));
    const rmdir = (name: string, path: string) => b.report(name, () => b.call("rmdir", path));
    const st = b.buffer(88);
    const stat = (name: string, path: string) => b.report(name, () => b.call("stat", path, st));
    mkdir("mk", "/m");
    mkdir("mk_again", "/m");
    mkdir("mk_case", "/M");
    mkdir("mk_deep_missing", "/p/q/r");
    mkdir("mk_sub", "/m/s");
    mkdir("mk_trail", "/m/t/");
    mkdir("mk_dots", "/m/./u/../v");
    stat("st_s", "/m/s");
    b.value("isdir", (b.memory.ld32(st + 4) & 0xf000) === 0x4000);
    stat("st_t", "/m/t");
    stat("st_v", "/m/v");
    b.makeFile("/file", "f");
    mkdir("mk_on_file", "/file");
    mkdir("mk_under_file", "/file/x");
    mkdir("mk_root", "/");
    mkdir("mk_empty", "");
    mkdir("mk_dot", ".");
    mkdir("mk_dotdot", "..");
    mkdir("mk_up", "/../zz");
    mkdir("mk_bad", "/a|b");
    mkdir("mk_dev", "/dev/x");
    mkdir("mk_dev2", "/dev");
    b.report("mk_rel", () => {
      b.call("chdir", "/m");
      return b.call("mkdir", "rel", 0);
    });
    b.call("chdir", "/");
    stat("st_rel", "/m/rel");
    rmdir("rm_full", "/m");
    rmdir("rm_s", "/m/s");
    rmdir("rm_t", "/m/t/");
    rmdir("rm_v", "m/v");
    rmdir("rm_rel", "/m//rel");
    rmdir("rm_m", "/M");
    rmdir("rm_missing", "/m");
    rmdir("rm_dev", "/dev");
  },

  f_stat(b) {
    const hex = (value: number) => value.toString(16);
    const fields = (st: number, withBlocks: boolean) => {
      const { memory: m } = b;
      // rt_kprintf prints %o in hexadecimal.
      const text = [
        `mode=0${hex(m.ld32(st + 4))}`,
        `size=${m.ld32(st + 16)}`,
        `mtime=${m.ldu32(st + 40)}`,
        `dev=${hex(m.ld16(st))}`,
        `ino=${hex(m.ld16(st + 2))}`,
        `nlink=${hex(m.ld16(st + 8))}`,
        `uid=${hex(m.ld16(st + 10))}`,
        `blksize=${hex(m.ldu32(st + 72))}`,
      ];
      if (withBlocks) text.push(`blocks=${hex(m.ldu32(st + 76))}`);
      return ` ${text.join(" ")}`;
    };
    const show = (name: string, path: string) => {
      const st = b.buffer(88, 0x5a);
      b.errno = 0;
      const result = b.call("stat", path, st);
      b.print(`${name}: r=${result} err=${b.errno}${result === 0 ? fields(st, true) : ""}\n`);
    };
    const fshow = (name: string, fd: number) => {
      const st = b.buffer(88, 0x5a);
      b.errno = 0;
      const result = b.call("fstat", fd, st);
      b.print(`${name}: r=${result} err=${b.errno}${result === 0 ? fields(st, false) : ""}\n`);
    };
    b.value("sizeof_stat", 88);
    b.value("sizeof_mtime", 8);
    show("old_file", "/old.txt");
    show("readonly", "/ro.txt");
    show("hidden", "/hid.txt");
    show("root", "/");
    show("rootdot", "/.");
    show("dev", "/dev");
    show("uart", "/dev/uart0");
    show("sd0", "/dev/sd0");
    show("rtc", "/dev/rtc");
    show("nodev", "/dev/none");
    show("missing", "/none");
    show("empty", "");
    show("slash_end", "/old.txt/");
    show("under_file", "/old.txt/x");
    let fd = b.call("open", "/old.txt", O.RDONLY);
    fshow("f_old", fd);
    b.call("close", fd);
    fshow("f_closed", fd);
    fd = b.call("open", "/w.txt", O.RDWR | O.CREAT);
    b.call("write", fd, "12345", 5);
    fshow("f_written", fd);
    show("s_unclosed", "/w.txt");
    b.call("close", fd);
    const st = b.buffer(88);
    b.call("stat", "/w.txt", st);
    b.value("s_closed_size", b.memory.ld32(st + 16));
    b.print(`s_closed_mode=0${hex(b.memory.ld32(st + 4))}\n`);
    b.call("mkdir", "/sd", 0);
    b.report("s_dir", () => b.call("stat", "/sd", st));
    b.print(`mode=0${hex(b.memory.ld32(st + 4))} size=${b.memory.ld32(st + 16)}\n`);
    const dir = b.call("opendir", "/sd");
    fshow("f_dir", b.memory.ld32(dir));
    b.call("closedir", dir);
    fshow("f_0", 0);
    fshow("f_1", 1);
    fshow("f_neg", -1);
    const sf = b.buffer(12);
    b.report("statfs", () => b.call("statfs", "/", sf));
    b.print(`bsize=${b.memory.ld32(sf)} blocks=${b.memory.ld32(sf + 4)}\n`);
    b.report("statfs_file", () => b.call("statfs", "/old.txt", sf));
    b.report("statfs_none", () => b.call("statfs", "/none", sf));
    b.report("statfs_dev", () => b.call("statfs", "/dev", sf));
  },

  f_cwd(b) {
    const buffer = b.buffer(300);
    const go = (path: string | 0) => {
      b.errno = 0;
      const result = b.call("chdir", path);
      const cwd = b.memory.cstring(b.call("getcwd", buffer, 256));
      b.print(`chdir(${path === 0 ? "NULL" : path})=${result} err=${b.errno} cwd=[${cwd}]\n`);
    };
    const opens = (name: string, path: string) => {
      const fd = b.call("open", path, O.RDONLY);
      if (fd >= 0) b.call("close", fd);
      b.value(name, fd >= 0);
    };
    for (const path of ["/c", "/c/d", "/c/d/e"]) b.call("mkdir", path, 0);
    b.makeFile("/c/file", "data");
    const first = "/|c|d|..|.|./d/../d|e/|../../..|..|/c//d///e|/C/D|nope|/c/file|/dev|/|".split(
      "|",
    );
    for (const path of first) go(path);
    go(0);
    for (const path of ["/./c/.", "../../x", "c", "/"]) go(path);
    b.call("chdir", "/c/d");
    const small = b.buffer(4, 0x23);
    b.errno = 0;
    const got = b.call("getcwd", small, 4) !== 0;
    const shown = b.memory.cstring(small, 4);
    b.print(`getcwd4=${Number(got)} [${shown}] err=${b.errno}\n`);
    opens("rel_open", "../file");
    opens("rel_open2", "e/../../file");
    opens("through_missing", "/c/zzz/../file");
    opens("above_root", "/../c/file");
    opens("above_root2", "../../../c/file");
    opens("trailing_slash_file", "/c/file/");
    opens("double", "//c//file");
    opens("backslash", "\\c\\file");
    opens("backslash2", "/c\\file");
    opens("dots3", "/c/.../file");
  },

  f_name(b) {
    const create = (name: string) => {
      b.errno = 0;
      const fd = b.call("open", name, O.WRONLY | O.CREAT);
      if (fd >= 0) {
        b.call("write", fd, "n", 1);
        b.call("close", fd);
      }
      b.print(`create [${name}] ok=${Number(fd >= 0)} err=${b.errno}\n`);
    };
    const has = (name: string) => b.print(`has [${name}] ${b.call("stat", name, b.buffer(88))}\n`);
    b.call("mkdir", "/n", 0);
    b.call("chdir", "/n");
    const good =
      "short.txt|SHORT2.TXT|MixedCase.Txt|name with blanks|two.dots.txt|noext|.hidden|trail.|trail2 | lead|plus+comma,semi;eq=[]|tilde~1|a12345678901234.text";
    good.split("|").forEach(create);
    for (const name of ["bad*", "bad?", 'bad"q', "bad<", "bad>", "bad|", "bad:c"]) create(name);
    for (const name of ["tab\tname", "CON", "ctl\x01x", "\xe4uml", "del\x7f"]) create(name);
    const asked =
      "SHORT.TXT|short2.txt|mixedcase.txt|NAME WITH BLANKS|trail|trail.|trail2|A12345~1.TEX|MIXEDC~1.TXT|\xc4UML|\x84uml";
    asked.split("|").forEach(has);
    for (const name of b.names("/n")) {
      const shown = name.replace(
        /[^ -~]/g,
        (c) => `\\x${c.charCodeAt(0).toString(16).padStart(2, "0")}`,
      );
      b.print(`dir [${shown}]\n`);
    }
    b.call("chdir", "/");
    [100, 200, 255, 256].forEach((length, i) => {
      const path = `/${"abcd"[i]}${"k".repeat(length - 1)}`;
      b.errno = 0;
      const fd = b.call("open", path, O.WRONLY | O.CREAT);
      const { errno } = b;
      const found = b.call("stat", path, b.buffer(88));
      b.print(`len ${length} ok=${Number(fd >= 0)} err=${errno} stat=${found}\n`);
      if (fd >= 0) b.call("close", fd);
    });
  },

  f_dev(b) {
    let fd = b.call("open", "/dev/uart0", O.RDWR);
    b.value("uart_ok", fd >= 0);
    b.report("w_uart", () => b.call("write", fd, "via-uart\n", 9));
    b.report("seek_uart", () => b.call("lseek", fd, 0, 0));
    b.report("isatty", () => b.call("isatty", fd));
    b.report("sync_uart", () => b.call("fsync", fd));
    b.report("trunc_uart", () => b.call("ftruncate", fd, 0));
    b.report("close", () => b.call("close", fd));
    b.report("open_none", () => b.call("open", "/dev/none", O.RDWR));
    b.report("open_creat", () => b.call("open", "/dev/newdev", O.RDWR | O.CREAT));
    b.report("open_devdir", () => b.call("open", "/dev", O.RDONLY));
    const rtc = b.call("open", "/dev/rtc", O.RDWR);
    b.value("rtc_ok", rtc >= 0);
    b.report("read_rtc", () => b.call("read", rtc, b.buffer(4), 4));
    b.call("close", rtc);
    b.makeFile("/ff", "0123");
    fd = b.call("open", "/ff", O.RDWR);
    const flags = (name: string) => b.print(`${name}=${b.call("fcntl", fd, 3, 0).toString(16)}\n`);
    flags("getfl");
    b.report("setfl_app", () => b.call("fcntl", fd, 4, O.APPEND));
    flags("getfl");
    b.report("w_after_setfl", () => b.call("write", fd, "Z", 1));
    b.report("setfl_nb", () => b.call("fcntl", fd, 4, O.NONBLOCK));
    flags("getfl");
    b.report("setfl_0", () => b.call("fcntl", fd, 4, 0));
    flags("getfl");
    b.report("dupfd", () => b.call("fcntl", fd, 0, 0));
    b.report("getfd", () => b.call("fcntl", fd, 1, 0));
    b.report("setfd", () => b.call("fcntl", fd, 2, 1));
    b.report("cmd77", () => b.call("fcntl", fd, 77, 0));
    b.report("ioctl77", () => b.call("ioctl", fd, 77, 0));
    b.report("fcntl_bad", () => b.call("fcntl", 99, 3, 0));
    b.report("ioctl_neg", () => b.call("ioctl", -1, 1, 0));
    b.call("close", fd);
    b.showFile("ff", "/ff");
    fd = b.call("open", "/ff", O.WRONLY | O.CREAT | O.APPEND);
    flags("getfl2");
    b.call("close", fd);
    fd = b.call("open", "/ff", O.RDONLY);
    flags("getfl3");
    b.call("close", fd);
    b.report("st", () => b.call("stat", "/dev/uart0", b.buffer(88)));
  },
};
