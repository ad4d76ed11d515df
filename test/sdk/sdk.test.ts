/** `rtt-sim sdk DIR`, and the ways of building that it gives: scons, make, cmake. */
import { afterAll, beforeAll, describe, expect, setDefaultTimeout, test } from "bun:test";
import {
  copyFileSync,
  cpSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { DEVICE_FLAGS, ROOT, toolchain } from "../../disk/toolchain.ts";
import { WholeBoard } from "../dlmodule/whole-board.ts";

setDefaultTimeout(60_000);

let work = "";
let sdk = "";
beforeAll(() => {
  work = mkdtempSync(join(tmpdir(), "sdk-"));
  sdk = join(work, "sdk");
  expect(rtt("sdk", sdk).code).toBe(0);
});
afterAll(() => rmSync(work, { recursive: true, force: true }));

function rtt(...args: string[]): { code: number; out: string; err: string } {
  const command = [process.execPath, join(ROOT, "src/main.ts"), ...args];
  const { exitCode, stdout, stderr } = Bun.spawnSync(command, { cwd: work });
  return { code: exitCode, out: stdout.toString(), err: stderr.toString() };
}

/** Runs a build tool; throws what it said when it fails. */
function build(cwd: string, command: string[], environment: Record<string, string> = {}): string {
  const env = { ...process.env, RTT_ROOT: sdk, BSP_ROOT: join(sdk, "bsp"), ...environment };
  const { exitCode, stdout, stderr } = Bun.spawnSync(command, { cwd, env });
  if (exitCode !== 0) throw new Error(`${command.join(" ")}\n${stdout}${stderr}`);
  return stdout.toString();
}

/** What a program prints. */
function run(file: string): string {
  const board = new WholeBoard({ "/x.mo": new Uint8Array(readFileSync(file)) });
  const output = board.run("/x.mo", "x");
  expect(board.diagnostics).toEqual([]);
  return output;
}

function files(folder: string): string[] {
  return readdirSync(folder, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => join(entry.parentPath, entry.name).slice(folder.length + 1))
    .sort();
}

describe("the command", () => {
  test("every header and build file, as they are in the source tree", () => {
    const include = join(ROOT, "src/sdk/include");
    expect(files(join(sdk, "include"))).toEqual(files(include));
    for (const name of files(include))
      expect(readFileSync(join(sdk, "include", name))).toEqual(readFileSync(join(include, name)));
    for (const name of ["Makefile", "module.mk", "README.md", "bsp/rtua.py", "tools/building.py"])
      expect(existsSync(join(sdk, name))).toBeTrue();
  });
  test("the same from the binary", () => {
    const binary = join(ROOT, process.platform === "win32" ? "rtt-sim.exe" : "rtt-sim");
    if (!existsSync(binary)) return; // built by `bun run test`
    const other = join(work, "from-binary");
    const { exitCode, stderr } = Bun.spawnSync([binary, "sdk", other], { cwd: work });
    expect({ exitCode, stderr: stderr.toString() }).toEqual({ exitCode: 0, stderr: "" });
    expect(files(other)).toEqual(files(sdk).filter((name) => !name.includes("__pycache__")));
  });
  test("a folder with something in it is left alone, unless --force", () => {
    const folder = join(work, "mine");
    mkdirSync(folder);
    writeFileSync(join(folder, "README.md"), "mine");
    const { code, err } = rtt("sdk", folder);
    expect({ code, err }).toEqual({
      code: 2,
      err: expect.stringMatching(/^rtt-sim: .*mine is not empty\n  name a new folder, or --force/),
    });
    expect(readdirSync(folder)).toEqual(["README.md"]);
    expect(rtt("sdk", "--force", folder).code).toBe(0);
    expect(readFileSync(join(folder, "README.md"), "utf8")).toContain("# SDK of rtt-sim");
  });
  test("what cannot be written, and wrong use", () => {
    const file = join(work, "file");
    writeFileSync(file, "");
    expect(rtt("sdk", file)).toMatchObject({
      code: 74,
      err: `rtt-sim: cannot write ${file}: a file is in its place\n`,
    });
    expect(rtt("sdk", join(file, "below"))).toMatchObject({
      code: 74,
      err: expect.stringMatching(/^rtt-sim: cannot write .*below: .* is a file\n$/),
    });
    const blocked = join(work, "blocked");
    mkdirSync(join(blocked, "README.md"), { recursive: true });
    expect(rtt("sdk", "--force", blocked)).toMatchObject({
      code: 74,
      err: `rtt-sim: cannot write ${join(blocked, "README.md")}: a folder is in its place\n`,
    });
    expect(rtt("sdk")).toMatchObject({ code: 2, err: expect.stringContaining("where to?") });
    expect(rtt("sdk", "a", "b").code).toBe(2);
  });
});

const gcc = toolchain() !== undefined;
const scons = gcc && Bun.which("scons") !== null;

describe("scons, in an application tree", () => {
  const tree = (): string => {
    const apps = mkdtempSync(join(work, "apps-"));
    cpSync(join(sdk, "apps"), apps, { recursive: true });
    return apps;
  };
  test.skipIf(!scons)("programs in C and C++, and a library (needs scons)", () => {
    const apps = tree();
    for (const name of ["hello", "queue", "shapes"]) build(apps, ["scons", "-s", `--app=${name}`]);
    build(apps, ["scons", "-s", "--lib=lib"]);
    expect(run(join(apps, "hello/hello.mo"))).toBe("Hello, world\n");
    expect(run(join(apps, "queue/queue.mo"))).toBe("received 6\n");
    expect(run(join(apps, "shapes/shapes.mo"))).toBe("area 49\n");
    expect(rtt("check", join(apps, "lib/lib.so")).out).toContain("exports: lib_func, add_func");
    // The flags are those that the board's own modules are built with.
    const known = readFileSync(join(ROOT, "disk/prebuilt/a9/hello.mo"));
    expect(readFileSync(join(apps, "hello/hello.mo")).equals(known)).toBeTrue();
  });
  test.skipIf(!scons)("Thumb-2, and M_BIN_PATH (needs scons)", () => {
    const apps = tree();
    const bin = join(apps, "out");
    mkdirSync(bin);
    build(apps, ["scons", "-s", "--app=queue"], { RTT_DEVICE: "thumb", RTT_BIN_PATH: bin });
    expect(run(join(bin, "queue.mo"))).toBe("received 6\n");
    expect(rtt("check", join(bin, "queue.mo")).out).toContain("Thumb code");
  });
  test.skipIf(!scons)("without a board it says what is missing (needs scons)", () => {
    const apps = tree();
    const command = ["scons", "-s", "--app=hello"];
    const env = { ...process.env, BSP_ROOT: join(apps, "nowhere"), RTT_ROOT: sdk };
    const { exitCode, stdout } = Bun.spawnSync(command, { cwd: apps, env });
    expect(exitCode).toBe(2);
    expect(stdout.toString()).toContain("BSP_ROOT is not the folder of a board");
  });
  test.skipIf(!scons)("an application that there is not is called so (needs scons)", () => {
    const apps = tree();
    const env = { ...process.env, BSP_ROOT: join(sdk, "bsp"), RTT_ROOT: sdk };
    const { exitCode, stdout } = Bun.spawnSync(["scons", "-s", "--app=nope"], { cwd: apps, env });
    expect({ exitCode, said: stdout.toString() }).toEqual({
      exitCode: 2,
      said: "there is no nope/SConscript: NAME is a folder of this tree\n",
    });
  });
  test.skipIf(!scons)("the functions of building.py (needs scons)", () => {
    const apps = tree();
    const write = (name: string, text: string): void => {
      mkdirSync(join(apps, "parts"), { recursive: true });
      writeFileSync(join(apps, "parts", name), text);
    };
    write(
      "SConscript",
      `from building import *
import os
import rtconfig

src = Glob('*.c')
SrcRemove(src, 'left_out.c')
SrcRemove(src, ['one.c', 'two.c', 'three.c'])
group = DefineGroup('main', src, depend=[''], CPPDEFINES=['FOR_ALL=1'])
group += DefineGroup('one', ['one.c'], depend='RT_USING_HEAP', LOCAL_CPPDEFINES=['ONLY_ONE'])
group += DefineGroup('two', Split('two.c'), depend=['RT_USING_HEAP', 'RT_USING_MODULE'], LOCAL_CCFLAGS=' -DTWO -O1')
group += DefineGroup('three', ['three.c'], depend=['RT_USING_NOTHING_LIKE_IT'])
print('dir', os.path.basename(GetCurrentDir()), rtconfig.PLATFORM, bool(GetDepend('RT_USING_DFS')),
      bool(GetDepend(['RT_USING_DFS', 'RT_USING_SMP'])), GetConfigValue('RT_NAME_MAX'), GetConfigValue('RT_CONSOLE_DEVICE_NAME'))

Return('group')
`,
    );
    write("left_out.c", "#error left out\n");
    write("three.c", "#error three\n");
    write(
      "one.c",
      "#if !defined(ONLY_ONE) || !defined(FOR_ALL)\n#error one\n#endif\nint one = 1;\n",
    );
    write("two.c", "#if defined(ONLY_ONE) || !defined(TWO)\n#error two\n#endif\nint two = 2;\n");
    write(
      "main.c",
      `#include <stdio.h>
#if defined(ONLY_ONE) || !defined(FOR_ALL)
#error main
#endif
extern int one, two;
int main(void) { printf("%d\\n", one + two); return 0; }
`,
    );
    const said = build(apps, ["scons", "-s", "--app=parts"]);
    expect(said).toContain("dir parts gcc True False 8 uart0\n");
    expect(run(join(apps, "parts/parts.mo"))).toBe("3\n");
  });
});

describe("make", () => {
  const possible = gcc && Bun.which("make") !== null;
  const sources = (): string => {
    const folder = mkdtempSync(join(work, "make-"));
    for (const [from, to] of [
      ["hello/main.c", "hello.c"],
      ["shapes/main.cpp", "shapes.cpp"],
      ["shapes/shapes.h", "shapes.h"],
      ["lib/lib.c", "libmine.c"],
      ["lib/lib.h", "lib.h"],
    ])
      copyFileSync(join(sdk, "apps", from), join(folder, to));
    return folder;
  };
  test.skipIf(!possible)("every source of a folder (needs make and arm-none-eabi-gcc)", () => {
    const folder = sources();
    build(folder, ["make", "-s", "-f", join(sdk, "Makefile")]);
    expect(run(join(folder, "hello.mo"))).toBe("Hello, world\n");
    expect(run(join(folder, "shapes.mo"))).toBe("area 49\n");
    expect(rtt("check", join(folder, "libmine.so")).code).toBe(0);
    build(folder, ["make", "-s", "-f", join(sdk, "Makefile"), "clean"]);
    expect(readdirSync(folder).filter((name) => /\.(o|d|mo|so)$/.test(name))).toEqual([]);
  });
  test.skipIf(!possible)("a Makefile with module.mk, for Thumb-1, with debug information", () => {
    const folder = sources();
    const makefile = `MODULES = both.mo\nboth.mo: hello.o libmine.o\ninclude ${sdk}/module.mk\n`;
    writeFileSync(join(folder, "Makefile"), makefile);
    build(folder, ["make", "-s", "DEVICE=m0", "BUILD=debug", "LDLIBS=-lgcc"]);
    expect(run(join(folder, "both.mo"))).toBe("Hello, world\n");
    expect(rtt("check", join(folder, "both.mo")).out).toMatch(/debug information/);
  });
  test.skipIf(!possible)("a path with blanks: make says that it cannot, cmake can", () => {
    const blank = join(work, "my sdk");
    expect(rtt("sdk", blank).code).toBe(0);
    const folder = sources();
    expect(() => build(folder, ["make", "-s", "-f", join(blank, "Makefile")])).toThrow(
      /cannot work with an SDK whose path has blanks/,
    );
    if (!Bun.which("cmake")) return;
    writeFileSync(
      join(folder, "CMakeLists.txt"),
      "cmake_minimum_required(VERSION 3.18)\nproject(demo C)\nadd_executable(hello hello.c)\n",
    );
    const toolchainFile = `-DCMAKE_TOOLCHAIN_FILE=${blank}/cmake/rt-thread.cmake`;
    build(folder, ["cmake", "-B", "b", "-G", "Unix Makefiles", toolchainFile]);
    build(folder, ["cmake", "--build", "b"]);
    expect(run(join(folder, "b/hello.mo"))).toBe("Hello, world\n");
  });
  test.skipIf(!possible)("a module without objects is an error that says so", () => {
    const folder = sources();
    writeFileSync(join(folder, "Makefile"), `MODULES = none.mo\ninclude ${sdk}/module.mk\n`);
    expect(() => build(folder, ["make", "-s"])).toThrow(/none\.mo has no object files: write/);
  });
});

test.skipIf(!gcc || !Bun.which("cmake") || !Bun.which("make"))(
  "cmake: add_executable makes programs, add_library(SHARED) libraries (needs cmake)",
  () => {
    const folder = mkdtempSync(join(work, "cmake-"));
    cpSync(join(sdk, "apps"), folder, { recursive: true });
    writeFileSync(
      join(folder, "CMakeLists.txt"),
      `cmake_minimum_required(VERSION 3.18)
project(demo C CXX)
add_executable(hello hello/main.c)
add_executable(shapes shapes/main.cpp)
add_library(lib SHARED lib/lib.c)
`,
    );
    const toolchainFile = `-DCMAKE_TOOLCHAIN_FILE=${sdk}/cmake/rt-thread.cmake`;
    build(folder, ["cmake", "-B", "b", "-G", "Unix Makefiles", toolchainFile]);
    build(folder, ["cmake", "--build", "b"]);
    expect(run(join(folder, "b/hello.mo"))).toBe("Hello, world\n");
    expect(run(join(folder, "b/shapes.mo"))).toBe("area 49\n");
    expect(rtt("check", join(folder, "b/lib.so")).out).toContain("loadable library");
    const wrong = ["cmake", "-B", "c", "-DRTT_DEVICE=z80", toolchainFile];
    expect(() => build(folder, wrong)).toThrow(/a9, thumb or m0/);
  },
);

describe("RT-Thread 5.x", () => {
  const source = `#include <rtthread.h>
int main(void)
{
    struct rt_semaphore sem;
    rt_sem_init(&sem, "sem", 0, RT_IPC_FLAG_FIFO);
    rt_kprintf("%d %d %d\\n", (int)sizeof sem, RT_ETIMEOUT, (int)rt_sem_take(&sem, 2));
    rt_sem_detach(&sem);
    return 0;
}
`;
  const runs = (file: string): string => {
    const board = new WholeBoard({ "/x.mo": new Uint8Array(readFileSync(file)) }, { abi: "5.x" });
    return board.run("/x.mo", "x");
  };
  const folder = (): string => {
    const made = mkdtempSync(join(work, "five-"));
    writeFileSync(join(made, "five.c"), source);
    return made;
  };
  test.skipIf(!gcc || !Bun.which("make"))("make ABI=5 (needs make)", () => {
    const here = folder();
    build(here, ["make", "-s", "-f", join(sdk, "Makefile"), "ABI=5"]);
    expect(runs(join(here, "five.mo"))).toBe("44 116 -116\n");
  });
  test.skipIf(!scons)("RTT_ABI=5 scons (needs scons)", () => {
    const here = folder();
    cpSync(join(sdk, "apps"), here, { recursive: true });
    mkdirSync(join(here, "five"));
    copyFileSync(join(here, "hello/SConscript"), join(here, "five/SConscript"));
    copyFileSync(join(here, "five.c"), join(here, "five/five.c"));
    build(here, ["scons", "-s", "--app=five"], { RTT_ABI: "5" });
    expect(runs(join(here, "five/five.mo"))).toBe("44 116 -116\n");
  });
});

test.skipIf(!gcc)("the line that the command prints, with the classes of C++ (needs gcc)", () => {
  const folder = mkdtempSync(join(work, "line-"));
  writeFileSync(
    join(folder, "hello.cpp"),
    `#include <stdio.h>
#include <Lock.h>
#include <Mailbox.h>
#include <Queue.h>
#include <Semaphore.h>
#include <Thread.h>
using namespace rtthread;
struct Pair { int a; char b; };
static Queue<Pair, 3> *queue;
static Mailbox<int, 2> *box;
static Mutex *mutex;
static Semaphore *done;
class Worker : public Thread {
public:
    Worker() : Thread(2048, 20, 10, "worker") {}
protected:
    void run(void *) {
        Lock<Mutex> lock(*mutex);
        for (int i = 1; i <= 3; i++) { Pair pair = {i, 'x'}; queue->put(pair); }
        static int answer = 42;
        box->put(&answer);
        done->release();
    }
};
static void plain(void *parameter) { *(int *)parameter = 7; }
int main() {
    Queue<Pair, 3> q; Mailbox<int, 2> b; Mutex m; Semaphore s;
    queue = &q; box = &b; mutex = &m; done = &s;
    Worker worker;
    worker.start();
    bool woken = s.wait(1000);
    Pair pair; int sum = 0;
    while (q.get(pair, 0)) sum += pair.a;
    int *answer = b.get(100), value = 0;
    printf("%d %d %d ", woken, sum, *answer);
    Thread thread(plain, &value);
    thread.start();
    thread.join();
    printf("%d %d %d %d\\n", value, worker.join(1000) == 0, m.trylock(), b.get(10) == 0);
    return 0;
}
`,
  );
  const line = [
    ...["arm-none-eabi-g++", ...DEVICE_FLAGS.a9, "-O2", "-Wall", "-Wextra", "-Werror"],
    ...["-mlong-calls", "-fPIC", "-D__RTTHREAD__", `-I${sdk}/include`, "-fno-exceptions"],
    ...[`-I${sdk}/include/cplusplus`, "-shared", "-nostartfiles", "-nostdlib", "-static-libgcc"],
    ...["-Wl,--gc-sections,-z,max-page-size=0x4", "-e", "main", "hello.cpp", "-o", "hello.mo"],
  ];
  build(folder, line);
  expect(run(join(folder, "hello.mo"))).toBe("1 6 42 7 1 1 1\n");
});
