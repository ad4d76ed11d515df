/** The ways of building that `rtt-sim sdk` gives: scons, make, cmake. */
import { describe, expect, setDefaultTimeout, test } from "bun:test";
import {
  copyFileSync,
  cpSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  writeFileSync,
} from "node:fs";
import { join } from "node:path";
import { ROOT } from "../../disk/toolchain.ts";
import { build, gcc, makeSdk, rtt, run, scons, sdk, work } from "./made.ts";

setDefaultTimeout(60_000);
makeSdk();

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
    build(apps, ["scons", "-s", "--app=queue"], { RTT_ABI: "5", RTT_BIN_PATH: bin });
    expect(run(join(bin, "queue.mo"), "5.x")).toBe("received 6\n");
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
  test.skipIf(!possible)("static objects in C++, by make and cmake: their destructors run", () => {
    const folder = mkdtempSync(join(work, "static-"));
    const source = `#include <stdio.h>
struct Static { int value; Static() : value(7) {} ~Static() { printf("bye %d\\n", value); } };
static Static object;
int main() { printf("hello %d\\n", object.value); return 0; }
`;
    writeFileSync(join(folder, "static.cpp"), source);
    build(folder, ["make", "-s", "-f", join(sdk, "Makefile")]);
    expect(run(join(folder, "static.mo"))).toBe("hello 7\nbye 7\n");
    // Who defines it, as a program for a bare ld does, keeps it.
    const own = `extern "C" { void *__dso_handle __attribute__((visibility("hidden"))) = &__dso_handle; }\n`;
    writeFileSync(join(folder, "static.cpp"), own + source);
    build(folder, ["make", "-s", "-B", "-f", join(sdk, "Makefile")]);
    expect(run(join(folder, "static.mo"))).toBe("hello 7\nbye 7\n");
    if (!Bun.which("cmake")) return;
    writeFileSync(join(folder, "static.cpp"), source);
    writeFileSync(
      join(folder, "CMakeLists.txt"),
      "cmake_minimum_required(VERSION 3.18)\nproject(demo CXX)\nadd_executable(static static.cpp)\n",
    );
    const toolchainFile = `-DCMAKE_TOOLCHAIN_FILE=${sdk}/cmake/rt-thread.cmake`;
    build(folder, ["cmake", "-B", "b", "-G", "Unix Makefiles", toolchainFile]);
    build(folder, ["cmake", "--build", "b"]);
    expect(run(join(folder, "b/static.mo"))).toBe("hello 7\nbye 7\n");
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
