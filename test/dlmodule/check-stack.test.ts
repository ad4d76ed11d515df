/** The stack that `rtt-sim check` says functions and their calls take, against the compiler's own word. */
import { afterAll, beforeAll, describe, expect, test } from "bun:test";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { toolchain } from "../../disk/toolchain.ts";
import { checkText, type CheckReport, inspect } from "../../src/dlmodule/check/mod.ts";
import { type GraphFunction, stackDepths } from "../../src/dlmodule/check/stack-depth.ts";

const FRAMES = `
int use(void *);
int early(int *p) { if (!p) return 0; char b[5000]; use(b); return b[0]; }
int below(int x) { char b[508]; use(b); return b[x]; }
int above(int x) { char b[512]; use(b); return b[x]; }
int large(int x) { volatile char b[9000]; b[x] = 1; use((void *)b); return b[x + 1]; }
int huge(int x) { volatile char b[70000]; b[x] = 1; use((void *)b); return b[3]; }
int behind(int x) { if (x < 0) return 1; volatile char b[x]; b[0] = 1; use((void *)b); return b[x - 1]; }
int many(int a, int b, int c, int d, int e, int f) { int g[20]; use(g); return a * b + c * d + e * f + g[a]; }
int chooses(int x) {
  char b[40];
  switch (x) {
    case 0: return use(b) + 3; case 1: return use(b + 1) * 5; case 2: return use(b + 2) - 9; case 3: return use(b + 3) ^ 7;
    case 4: return use(b + 4) / 3; case 5: return use(b + 5) | 64; case 6: return use(b + 9) & 5; default: return 0;
  }
}
double floats(double a, double b, double *c) { char d[16]; use(d); return a * b + c[0] + d[0]; }
int variadic(int n, ...) { __builtin_va_list v; __builtin_va_start(v, n); return use(&v) + __builtin_va_arg(v, int); }
void __attribute__((noreturn)) stops(int);
int asserts(int x) { char b[600]; if (x > 5) stops(x); use(b); return b[x]; }
`;

const CALLS = `
int puts(const char *);
__attribute__((noinline)) static int hidden(int x) { volatile char b[900]; b[x] = 1; puts((char *)b); return b[x + 1]; }
__attribute__((noinline)) int jumps(int x) { return hidden(x); }
__attribute__((noinline)) int perhaps(int x) { if (x) return hidden(x); return 3; }
__attribute__((noinline)) int calls(int x) { return hidden(x) + jumps(x + 1); }
int main(int argc, char **argv) { return calls(argc) + perhaps(argc); }
`;

const MACHINES: Record<string, readonly string[]> = {
  "A32 of ARMv7-A": ["-march=armv7-a", "-marm", "-msoft-float"],
  "A32 with pairs of registers": ["-mcpu=cortex-a15", "-marm", "-mfpu=vfpv3", "-mfloat-abi=hard"],
  "Thumb-2": ["-mcpu=cortex-m4", "-mthumb", "-mfpu=fpv4-sp-d16", "-mfloat-abi=hard"],
  "Thumb-1": ["-mcpu=cortex-m0", "-mthumb", "-msoft-float"],
};

const target = { name: "rtt-sim", stock: false, has: () => true, names: () => [] };
const check = (bytes: Uint8Array, stock = false): CheckReport =>
  inspect("x.mo", bytes, {
    target: { ...target, stock },
    libraries: [],
    hardFloat: false,
    firmware: undefined,
  });
const usesOf = (report: CheckReport) =>
  Object.fromEntries(report.details!.stackUse.map((use) => [use.name, use]));

describe.skipIf(toolchain() === undefined)("frames and calls (needs arm-none-eabi-gcc)", () => {
  let dir = "";
  beforeAll(() => void (dir = mkdtempSync(join(tmpdir(), "check-stack-"))));
  afterAll(() => rmSync(dir, { recursive: true, force: true }));
  const run = (...command: string[]): void => {
    const { exitCode, stderr } = Bun.spawnSync(command, { cwd: dir });
    if (exitCode !== 0) throw new Error(stderr.toString());
  };
  const gcc = (source: string, ...flags: string[]): Map<string, number | null> => {
    writeFileSync(join(dir, "x.c"), source);
    run("arm-none-eabi-gcc", "-fPIC", "-fstack-usage", ...flags, "-c", "x.c", "-o", "x.o");
    const rows = readFileSync(join(dir, "x.su"), "utf8").matchAll(/:(\w+)\t(\d+)\t(\w+)/g);
    return new Map(
      [...rows].map(([, name, bytes, kind]) => [name, kind === "dynamic" ? null : Number(bytes)]),
    );
  };
  const read = (file: string): Uint8Array => new Uint8Array(readFileSync(join(dir, file)));
  const link = (...flags: string[]): void =>
    run(
      ..."arm-none-eabi-gcc -shared -nostartfiles -nostdlib -Wl,-z,max-page-size=4".split(" "),
      ...[...flags, "-e", "main", "x.o", "-o", "x.mo"],
    );

  for (const [machine, flags] of Object.entries(MACHINES)) {
    for (const level of ["-O0", "-O2", "-Os"])
      test(`frames in ${machine}, ${level}`, () => {
        const compiler = gcc(FRAMES, level, ...flags);
        const { stackUse } = check(read("x.o")).details!;
        const ours = stackUse.map(({ name, stack }) => [name, stack]);
        expect(stackUse.filter(({ stackIs }) => stackIs).map(({ name }) => name)).toEqual([
          "behind",
        ]);
        expect(usesOf(check(read("x.o"))).behind.stackIs).toBe("computed");
        // Of arguments that it stores for va_arg the compiler says nothing: r1 to r3, and 4 bytes of alignment, or all four.
        compiler.set("variadic", compiler.get("variadic")! + 16);
        expect(Object.fromEntries(ours)).toEqual(Object.fromEntries(compiler));
        expect(compiler.get("early")).toBeGreaterThan(5000);
      });
    for (const far of ["-mlong-calls", "-mno-long-calls"])
      test(`calls in ${machine}, ${far}`, () => {
        // ld makes no table of procedure linkage for Thumb-1: functions of the file are called without.
        const hide = machine === "Thumb-1" ? ["-fvisibility=hidden", "-mlong-calls"] : [far];
        const own = gcc(CALLS, "-O2", ...flags, ...hide);
        link(...flags);
        const deepest = own.get("hidden")!;
        const uses = usesOf(check(read("x.mo")));
        const tail = (name: string) => Math.max(own.get(name)!, deepest);
        for (const name of ["jumps", "perhaps"]) {
          expect(uses[name].deepest).toBeGreaterThanOrEqual(tail(name));
          expect(uses[name].deepest).toBeLessThanOrEqual(own.get(name)! + deepest);
        }
        expect(uses.calls.deepest).toBeGreaterThanOrEqual(own.get("calls")! + deepest);
        expect(uses.main.throughPointers).toBeFalse();
        // Without the names of static functions the figures stay.
        run("arm-none-eabi-strip", "x.mo");
        const stripped = check(read("x.mo")).details!;
        const { address, symbol } = stripped.entry!;
        const name = symbol ?? `0x${(address & ~1).toString(16)}`;
        const { stack, throughPointers } = uses.main;
        expect(stripped.stackUse.find((use) => use.name === name)).toMatchObject({
          stack,
          deepest: uses.main.deepest,
          throughPointers,
        });
      });
  }
  test("a function that goes to another stack is not said to compute its own", () => {
    const source = `
      int plain(int x) { volatile char b[100]; b[x] = 1; return b[x + 1]; }
      __attribute__((naked)) void swaps(void *sp) { __asm__("mov r3, sp\\n mov sp, r0\\n push {r3, lr}\\n pop {r3, lr}\\n mov sp, r3\\n bx lr"); }
      int main(void) { swaps(0); return plain(2); }
`;
    gcc(source, "-O2", "-march=armv7-a", "-marm");
    link();
    const report = check(read("x.mo"));
    expect(usesOf(report).swaps).toMatchObject({ stack: null, stackIs: "unknown" });
    const text = checkText(report);
    expect(text).toMatch(/stack of a call: plain 1\d\d\b/);
    expect(text).not.toContain("computed");
    expect(text).toContain("stack of a call is not known of: swaps\n");
    expect(check(read("x.mo"), true).warnings.join()).not.toContain("swaps");
  });
  test("a chain of calls that a stock board has no room for is told beside an unrelated large function", () => {
    const step = (name: string, next: string) =>
      `__attribute__((noinline)) int ${name}(int x) { volatile char b[700]; b[x] = x; use((void *)b); return ${next}(x) + b[1]; }\n`;
    const source =
      `int use(void *); int leaf(int x) { return use(0) + x; }\n${step("third", "leaf")}${step("second", "third")}${step("first", "second")}` +
      "int main(int c, char **v) { return first(c) + 1; }\n" +
      "int unrelated(int x) { volatile char b[1500]; b[x] = 1; use((void *)b); return b[2]; }\n";
    const own = gcc(source, "-O2", ...MACHINES["A32 of ARMv7-A"], "-mlong-calls");
    link("-march=armv7-a");
    const said = check(read("x.mo"), true).warnings.join("\n");
    expect(said).toContain("unrelated takes 15");
    const least = ["main", "first", "second", "third"].reduce((sum, fn) => sum + own.get(fn)!, 0);
    expect(Number(/main takes (\d+) bytes of stack with what it calls/.exec(said)?.[1])).toBe(
      least + own.get("leaf")!,
    );
  });
});

test("long names of a circle are cut short as well", () => {
  const functions: GraphFunction[] = Array.from({ length: 30 }, (_, n) => ({
    name: `${n}`.padEnd(1000, "x"),
    address: 4 * n,
    stack: 8,
    calls: [{ target: 4 * ((n + 1) % 30), tail: false }],
  }));
  for (const { recursion, recursionLength } of stackDepths(functions))
    expect([recursion?.length, recursionLength]).toEqual([4, 30]);
});

test("a ring of 20,000 functions is named by its first ones, once for all that come to it", () => {
  const count = 20_000;
  const functions: GraphFunction[] = Array.from({ length: count }, (_, n) => ({
    name: `f${n}`,
    address: 4 * n,
    stack: 8,
    calls: [{ target: 4 * ((n + 1) % count), tail: false }],
  }));
  const start = performance.now();
  const depths = stackDepths(functions);
  for (const { deepest, recursion, recursionLength } of depths) {
    expect(deepest).toBeNull();
    expect(recursion).toHaveLength(40);
    expect(recursionLength).toBe(count);
  }
  const [{ recursion }] = depths;
  const at = functions.findIndex(({ name }) => name === recursion![0]);
  recursion!.forEach((name, n) => expect(name).toBe(`f${(at + n) % count}`));
  const whole = check(new Uint8Array(readFileSync(join(import.meta.dir, "check/depth.long.mo"))));
  const stackUse = functions.map((fn, n) => ({ ...fn, size: 4, ...depths[n] }));
  const report: CheckReport = { ...whole, details: { ...whole.details!, stackUse } };
  expect(checkText(report)).toMatch(/recursion, [^\n]*f\d+ > 19960 more > f\d+\n/);
  expect(JSON.stringify(report).length).toBeLessThan(20_000_000);
  expect(performance.now() - start).toBeLessThan(20_000);
}, 60_000);
