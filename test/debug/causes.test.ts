/** Reports that say what led to a failure far from its cause: exceptions in interrupts, objects of a library that is gone. */
import { afterAll, beforeAll, describe, expect, setDefaultTimeout, test } from "bun:test";
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { SDK_INCLUDE, toolchain } from "../../disk/toolchain.ts";
import { WholeBoard } from "../dlmodule/whole-board.ts";

setDefaultTimeout(60_000);

const gxx = toolchain() !== undefined;
const CORES = { a9: "-march=armv7-a -marm", thumb: "-mcpu=cortex-m4 -mthumb" };
/** Those of docs/building-modules.md. */
const FLAGS = `-msoft-float -O1 -mlong-calls -fPIC -D__RTTHREAD__ -I${SDK_INCLUDE} -shared -nostartfiles -nostdlib -static-libgcc -Wl,--gc-sections,-z,max-page-size=0x4,--target2=got-rel`;

let dir = "";
beforeAll(() => void (dir = mkdtempSync(join(tmpdir(), "causes-"))));
afterAll(() => rmSync(dir, { recursive: true, force: true }));

function compile(core: string, source: string, ...flags: string[]): Uint8Array {
  const out = join(dir, "out");
  const file = join(import.meta.dir, "causes", source);
  const words = [...core.split(" "), ...FLAGS.split(" "), ...flags, file];
  const { stderr } = Bun.spawnSync(["arm-none-eabi-g++", ...words, "-o", out]);
  expect(stderr.toString()).toBe("");
  return new Uint8Array(readFileSync(out));
}

describe.skipIf(!gxx).each(Object.entries(CORES))("%s", (_, core) => {
  test("what the callback of a hard timer must not do, exceptions among it", () => {
    const board = new WholeBoard({ "/isr.mo": compile(core, "interrupt.cpp", "-e", "main") });
    const report = (line: string): string => {
      board.diagnostics.length = 0;
      board.run("/isr.mo", `isr ${line}`);
      return board.diagnostics.join("\n");
    };
    for (const thrown of [0, 1]) {
      const said = report(`${thrown} hard`);
      expect(said).toMatch(/^failed assertion in the callback of timer late, which interrupted/);
      expect(said).toContain(
        "\n  the callback of timer late runs in an interrupt, where no C++ exception can be thrown: it takes its memory from rt_malloc, which is refused there\n",
      );
      expect(said).toContain("\n  hint: throw and catch exceptions in threads only: ");
    }
    for (const [n, fn] of [
      [2, "rt_malloc"],
      [3, "rt_mutex_take"],
    ] as const) {
      const said = report(`${n} hard`);
      expect(said).toContain(
        `\n  the callback of timer late runs in an interrupt, where ${fn} must not be called\n`,
      );
      expect(said).toContain("\n  hint: nothing that takes memory, takes a mutex or waits");
    }
    // The program's own.
    expect(report("4 hard")).toMatch(/^failed assertion in the callback of timer late/);
    expect(report("4 hard")).not.toContain("interrupt,");
  });

  test("in the callback of a soft timer it is possible; nobody catches what leaves it", () => {
    const board = new WholeBoard({ "/isr.mo": compile(core, "interrupt.cpp", "-e", "main") });
    for (const n of [1, 2]) expect(board.run("/isr.mo", `isr ${n} soft`)).toBe("went on\n");
    expect(board.diagnostics).toEqual([]);
    expect(board.run("/isr.mo", "isr 0 soft")).toContain("terminate called after throwing");
    expect(board.diagnostics.join()).toMatch(/^abort\(\) in the callback of timer late, in thread/);
  });

  test("what is left of a library that was closed is named, and where it was closed", () => {
    const board = new WholeBoard({
      "/shapes.so": compile(core, "shapes.cpp", "-e", "0"),
      "/user.mo": compile(core, "shapes.cpp", "-DUSER", "-e", "main"),
    });
    const report = (how: string): string => {
      board.diagnostics.length = 0;
      expect(board.run("/user.mo", `user ${how}`)).toStartWith("16 25 36\n");
      return board.diagnostics.join("\n");
    };
    const closed =
      "a module that is no longer loaded; it was closed at user\\+0x[0-9a-f]+ \\(main\\+0x[0-9a-f]+\\)\n";
    for (const how of ["virtual", "delete"]) {
      expect(report(how)).toMatch(
        new RegExp(
          `the object at 0x[0-9a-f]{8} \\(r\\d\\) has its virtual functions in shapes\\+0x[0-9a-f]+ \\(_ZTV6Square\\+0x8\\), ${closed}`,
        ),
      );
      expect(report(how)).toContain(
        "\n  hint: delete the objects of a library's classes before dlclose of the library",
      );
    }
    // Several registers point into the library; any of them names it.
    expect(report("ops")).toMatch(
      new RegExp(`has ended: r\\d+ points to shapes\\+0x[0-9a-f]+ \\(\\w+\\+0x\\d\\), ${closed}`),
    );
    expect(report("function")).toMatch(new RegExp(`: shapes\\+0x[0-9a-f]+.*, ${closed}`));
  });
});
