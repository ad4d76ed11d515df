/** The rules that the suite's assertions cite: functions that there are, called by the unit, in files that RT-Thread has. */
import { expect, test } from "bun:test";
import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { knownExports, providedNames } from "../exports/document.ts";

/** Files of RT-Thread that implement exported functions, and public headers with inline ones. */
const FILES = new Set(
  (
    "object.c thread.c idle.c scheduler.c timer.c clock.c ipc.c mem.c memheap.c mempool.c device.c kservice.c irq.c cpuport.c signal.c " +
    "completion.c dataqueue.c ringbuffer.c ringblk_buf.c workqueue.c waitqueue.c pin.c rtc.c dfs_posix.c dlmodule.c rtdef.h rtservice.h"
  ).split(" "),
);
/** pthreads: the component of RT-Thread, whose rules differ from those of POSIX. */
const STANDARDS = ["POSIX.1", "ISO C", "BSD", "pthreads"];
/** Sections instead of functions. */
const SECTION =
  /^(ISO C \d+(\.\d+)+|ISO C\+\+ \[[a-z.]+\]|GCC __builtin_\w+|IEEE 754 \d+\.\d+|rtdef\.h rt_\w+)$/;

const names = new Set([...providedNames(), ...knownExports().map(({ name }) => name)]);
/** Inline functions and macros of the headers. */
const INLINE = /^(rt_list_|rt_ringbuffer_|rt_wqueue_|rt_tick_from_|is(nan|inf)$|setjmp$|fabsf?$)/;

interface Unit {
  readonly place: string;
  readonly body: string;
  readonly rules: readonly string[];
}

function units(folder: string): Unit[] {
  const at = join(import.meta.dir, folder);
  return readdirSync(at)
    .filter((file) => /\.(c|cpp)$/.test(file))
    .flatMap((file) => {
      const source = readFileSync(join(at, file), "utf8");
      const bodies = source.matchAll(/^static void (test_\w+)\((?:void)?\) \{\n([\s\S]*?)^\}/gm);
      return [...bodies].map(([, name, body]) => ({
        place: `${file} ${name}`,
        body,
        rules: [...body.matchAll(/\brule\("([^"]*)"\)/g)].map(([, rule]) => rule),
      }));
    });
}

const all = [...units("suite"), ...units("five")];

test("every unit cites its rules before its first assertion", () => {
  expect(all.length).toBeGreaterThan(150);
  const without = all.filter(({ body }) => {
    const first = body.search(/\buassert_/);
    return first >= 0 && !body.slice(0, first).includes('rule("');
  });
  expect(without.map(({ place }) => place)).toEqual([]);
});

test("what is cited is a section, or a function that modules can call", () => {
  const wrong = all.flatMap(({ place, rules }) =>
    rules
      .filter((rule) => {
        const [, source, name] = /^(.*) (\w+)$/.exec(rule) ?? [];
        if (SECTION.test(rule)) return false;
        return (
          !(FILES.has(source) || STANDARDS.includes(source)) ||
          !(names.has(name) || INLINE.test(name))
        );
      })
      .map((rule) => `${place}: ${rule}`),
  );
  expect(wrong).toEqual([]);
});

test("a function of the kernel is not cited as one of a standard, nor the other way round", () => {
  const kernels = (rule: string) => FILES.has(rule.split(" ")[0]);
  const wrong = all
    .flatMap(({ rules }) => rules)
    .filter((rule) => / _?rt_/.test(rule) !== kernels(rule) && !/^(dfs_posix|rtc)\.c /.test(rule));
  expect(wrong).toEqual([]);
});
