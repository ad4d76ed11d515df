/** C++ the way users have to build it: with the whole standard library as an object file, and without any for a stock board. */
import { afterAll, beforeAll, expect, setDefaultTimeout, test } from "bun:test";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { DEVICE_FLAGS, M_CFLAGS, M_LFLAGS, SDK_INCLUDE, toolchain } from "../../disk/toolchain.ts";
import { explainMissing } from "../../src/dlmodule/mod.ts";
import { inspect, STOCK_404 } from "../../src/dlmodule/check/mod.ts";
import { WholeBoard } from "./whole-board.ts";

setDefaultTimeout(60_000);

const gxx = toolchain() !== undefined;
let dir = "";
beforeAll(() => void (dir = mkdtempSync(join(tmpdir(), "cplusplus-"))));
afterAll(() => rmSync(dir, { recursive: true, force: true }));

function compile(source: string, flags: readonly string[]): Uint8Array {
  writeFileSync(join(dir, "x.cpp"), source);
  const command = ["arm-none-eabi-g++", "-O2", `-I${SDK_INCLUDE}`, ...flags, "-o", "x.mo"];
  const { exitCode, stderr } = Bun.spawnSync(command, { cwd: dir });
  if (exitCode !== 0) throw new Error(stderr.toString());
  return new Uint8Array(readFileSync(join(dir, "x.mo")));
}

const LIBRARY = `
#include <map>
#include <stdexcept>
#include <stdio.h>
#include <string>
#include <vector>
struct Said { ~Said() { puts("destroyed"); } } said;
int main(int argc, char **argv)
{
    std::map<std::string, int> words;
    for (int i = 0; i < argc; i++) words[std::string("word ") + argv[i]] = i;
    for (auto &[word, n] : words) printf("%s=%d\\n", word.c_str(), n);
    std::vector<std::string> row(3, "abc");
    try { row.at(7); } catch (const std::out_of_range &) { puts("out of range"); }
    return row.size();
}
`;

for (const target of ["a9", "thumb", "m0"] as const)
  test.skipIf(!gxx)(
    `containers, strings and exceptions of libstdc++ in a relocatable object, ${target} (needs arm-none-eabi-g++)`,
    () => {
      const flags = ["-r", "-nostartfiles", "-nostdlib", "-e", "main", "x.cpp"];
      const library = ["-Wl,--gc-sections,-u,main", "-lstdc++"];
      const file = compile(LIBRARY, [...DEVICE_FLAGS[target], ...flags, ...library]);
      const board = new WholeBoard({ "/x.mo": file });
      const before = board.machine.kernel.heap.used;
      expect(board.run("/x.mo", "x b a")).toBe(
        "word a=2\nword b=1\nword x=0\nout of range\ndestroyed\n",
      );
      expect(board.machine.outcome).toMatchObject({ kind: "returned", code: 3 });
      // The library's reserve for exceptions is no leak of the program, and is given back.
      expect(board.diagnostics).toEqual([]);
      board.run("/x.mo", "x");
      expect(board.machine.kernel.heap.used - before).toBeLessThan(2048);
    },
  );

const THREADS = `
#include <rtthread.h>
#include <stdio.h>
struct Slow { Slow() { rt_thread_mdelay(20); puts("made"); } int value = 7; };
static Slow &slow() { static Slow one; return one; }
static int sum, again;
static void worker(void *parameter)
{
    int mine = (int)parameter;
    sum += slow().value;
    try {
        try { throw mine; } catch (int) { rt_thread_mdelay(10); throw; }
    } catch (int caught) { rt_thread_mdelay(10 * mine); again += caught == mine; }
}
int main()
{
    for (int i = 1; i <= 3; i++)
        rt_thread_startup(rt_thread_create("w", worker, (void *)i, 8192, 20, 5));
    rt_thread_mdelay(300);
    printf("sum %d, %d of 3\\n", sum, again);
    return 0;
}
`;

for (const [how, code] of [
  ["A32", "-marm"],
  ["Thumb", "-mthumb"],
] as const)
  test.skipIf(!gxx)(
    `local statics and exceptions of several threads with libstdc++ in an object, ${how} (needs arm-none-eabi-g++)`,
    () => {
      const flags = ["-march=armv7-a", code, "-msoft-float", "-r", "-nostartfiles", "-nostdlib"];
      const rest = ["-Wl,--gc-sections,-u,main", "-e", "main", "x.cpp", "-lstdc++"];
      const file = compile(THREADS, [...flags, ...rest]);
      const board = new WholeBoard({ "/x.mo": file });
      expect(board.run("/x.mo", "x")).toBe("made\nsum 21, 3 of 3\n");
      const target = { name: "rtt-sim", stock: false, has: () => true, names: () => [] };
      const options = { target, libraries: [], hardFloat: false, firmware: undefined };
      const { details, verdict } = inspect("x.mo", file, options);
      expect(verdict).toBe("loadable");
      expect(details!.imports.map(({ name }) => name)).toEqual(
        expect.arrayContaining(["__cxa_get_globals", "__cxa_guard_acquire"]),
      );
    },
  );

const STOCK = `
#include <rtthread.h>
#include <stddef.h>
void *operator new(size_t size) { return rt_malloc(size); }
void operator delete(void *block) noexcept { rt_free(block); }
void operator delete(void *block, size_t) noexcept { rt_free(block); }
extern "C" void __cxa_pure_virtual(void) {}
struct Shape { virtual ~Shape() {} virtual int sides() = 0; };
struct Square : Shape { int sides() override { return 4; } };
struct Once { Once(); int value; };
Once::Once() : value(3) {}
int main()
{
    static Once once;
    Shape *shape = new Square;
    rt_kprintf("%d %d\\n", shape->sides(), once.value);
    delete shape;
    return 0;
}
`;

test.skipIf(!gxx)(
  "what the hints say makes a C++ program loadable by a stock 4.0.4 (needs arm-none-eabi-g++)",
  () => {
    const target = {
      name: "4.0.4",
      stock: true,
      has: (name: string) => STOCK_404.has(name),
      names: () => STOCK_404,
    };
    const options = { target, libraries: [], hardFloat: false, firmware: undefined };
    const flags = [...DEVICE_FLAGS.a9, ...M_CFLAGS, ...M_LFLAGS, "-e", "main", "x.cpp"];
    const plain = STOCK.replace(/^(void \*?operator|extern "C").*\n/gm, "");
    const { reasons } = inspect("x.mo", compile(plain, flags), options);
    const said = reasons.join("\n");
    const hinted = [...said.matchAll(/-fno-[a-z-]+/g)].map(([flag]) => flag);
    expect(hinted).toEqual(expect.arrayContaining(["-fno-rtti", "-fno-threadsafe-statics"]));
    expect(said).toMatch(/operator new\/delete: define them in the module with rt_malloc/);
    const file = compile(STOCK, [...flags, ...new Set(hinted)]);
    expect(inspect("x.mo", file, options)).toMatchObject({ verdict: "loadable", reasons: [] });
    const board = new WholeBoard({ "/x.mo": file }, { compat404: true });
    expect(board.run("/x.mo", "x")).toBe("4 3\n");
  },
);

test("no hint names a library that cannot be linked in", () => {
  const table = { lookup: () => 0, *entries() {}, nearest: () => undefined };
  const names = ["_ZNSt6vectorIiE4sizeEv", "__cxa_atexit", "_Znwj", "_ZTISt9exception"];
  for (const stock of [false, true])
    expect(explainMissing(names, table, stock).join()).not.toMatch(/-lsupc\+\+/);
});
