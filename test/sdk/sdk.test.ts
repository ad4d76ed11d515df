/** `rtt-sim sdk DIR`, the line that it prints, and its headers of RT-Thread 5.x. */
import { describe, expect, setDefaultTimeout, test } from "bun:test";
import {
  copyFileSync,
  cpSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  writeFileSync,
} from "node:fs";
import { join } from "node:path";
import { DEVICE_FLAGS, ROOT } from "../../disk/toolchain.ts";
import { WholeBoard } from "../dlmodule/whole-board.ts";
import { build, gcc, makeSdk, rtt, run, scons, sdk, work } from "./made.ts";

setDefaultTimeout(60_000);
makeSdk();

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
