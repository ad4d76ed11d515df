/**
 * The rules that the assertions of the programs cite. Each program has a table of them, RULE(ID, "where it is from", "what it says"), and
 * rule(ID) before the assertions that check it.
 */
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
/** Functions of RT-Thread that no module can call, by their files. */
const INTERNAL: Readonly<Record<string, string>> = {
  "thread.c": "_rt_thread_init rt_thread_exit",
  "idle.c": "rt_thread_idle_entry",
  "ipc.c": "rt_ipc_list_suspend",
  "timer.c": "rt_timer_check rt_soft_timer_check",
  "rtc.c": "rt_rtc_init rt_rtc_control",
  "serial.c": "rt_serial_open rt_serial_write",
  "pin.c": "rt_device_pin_register",
  "dfs.c": "dfs_normalize_path",
  "devfs.c": "dfs_device_fs_open dfs_device_fs_stat dfs_device_fs_getdents",
  "mqueue.c": "mq_send mq_receive",
  "block_dev.c": "rt_mmcsd_control rt_mmcsd_read",
  "rt_null.c": "null_read",
  "rt_zero.c": "zero_read",
  "rt_random.c": "random_read",
};
/** pthreads: the component of RT-Thread, whose rules differ from those of POSIX. */
const STANDARDS = ["POSIX.1", "ISO C", "BSD", "pthreads"];
/** Sections instead of functions. */
const SECTION =
  /^(ISO C \d+(\.\d+)+|ISO C\+\+ \[[a-z.]+\]|GCC __builtin_\w+|IEEE 754 \d+(\.\d+)+|rtdef\.h rt_\w+)$/;

const names = new Set([...providedNames(), ...knownExports().map(({ name }) => name)]);
/** Inline functions and macros of the headers. */
const INLINE =
  /^(rt_s?list_|rt_ringbuffer_|rt_workqueue_|rt_wqueue_|rt_tick_from_|is(nan|inf)$|setjmp$|fabsf?$|pthread_cleanup_push$)/;

interface Rule {
  readonly id: string;
  readonly source: string;
  readonly text: string;
}

interface Program {
  readonly file: string;
  readonly rules: readonly Rule[];
  readonly body: string;
}

function programs(folder: string): Program[] {
  const at = join(import.meta.dir, folder);
  return readdirSync(at)
    .filter((file) => /\.(c|cpp)$/.test(file))
    .map((file) => {
      const source = readFileSync(join(at, file), "utf8");
      const table = /^RULE\((\w+), "([^"]*)",\s*((?:"(?:[^"\\]|\\.)*"\s*)+)\);$/gm;
      const rules = [...source.matchAll(table)].map(([, id, where, text]) => ({
        id,
        source: where,
        text: text.replace(/"\s*"/g, "").slice(1, -1),
      }));
      return { file, rules, body: source.replace(table, "") };
    });
}

const all = [...programs("suite"), ...programs("five")];

/** What is wrong with the citations of a program: each assertion has a rule of the table, and each rule an assertion. */
function mistakes({ file, rules, body }: Program): string[] {
  const ids = new Set(rules.map(({ id }) => id));
  const cited = new Set<string>();
  const found: string[] = [];
  /** The rule that counts, and whether an assertion has used it. */
  let current: string | undefined;
  let used = true;
  const end = (at: string): void => {
    if (current !== undefined && !used) found.push(`${at}: no assertion follows rule(${current})`);
    current = undefined;
    used = true;
  };
  body.split("\n").forEach((line, n) => {
    const at = `${file}:${n + 1}`;
    const rule = /\brule\((.*?)\);/.exec(line);
    if (rule) {
      end(at);
      current = rule[1];
      used = false;
      if (!ids.has(current)) found.push(`${at}: no rule is called ${current}`);
    }
    const asserted = line.match(/\buassert_\w+\(/g)?.length ?? 0;
    if (asserted > 0 && current === undefined) found.push(`${at}: an assertion without a rule`);
    if (asserted > 0 && current !== undefined) {
      used = true;
      cited.add(current);
    }
    // A loop comes here again with another rule, a branch may not come here at all.
    if (/\{$|^\s*\}/.test(line)) end(at);
  });
  for (const id of ids) if (!cited.has(id)) found.push(`${file}: no assertion checks ${id}`);
  if (ids.size !== rules.length) found.push(`${file}: an identifier stands for two rules`);
  return found;
}

test("every assertion cites a rule of its program, and every rule has an assertion", () => {
  expect(all.length).toBe(25);
  expect(all.flatMap(mistakes)).toEqual([]);
});

test("a missing, an unknown and an unused rule are found", () => {
  const program = (body: string): Program => ({
    file: "x.c",
    rules: [{ id: "A1", source: "ISO C strcmp", text: "equal" }],
    body,
  });
  expect(mistakes(program("rule(A1);\nuassert_true(1);"))).toEqual([]);
  expect(mistakes(program("uassert_true(1);\nrule(A1);\nuassert_true(1);"))).toEqual([
    "x.c:1: an assertion without a rule",
  ]);
  expect(mistakes(program("rule(A1);\nuassert_true(1);\nif (x) {\nuassert_true(1);\n}"))).toEqual([
    "x.c:4: an assertion without a rule",
  ]);
  expect(mistakes(program("rule(B1);\nuassert_true(1);"))).toEqual([
    "x.c:1: no rule is called B1",
    "x.c: no assertion checks A1",
  ]);
  expect(mistakes(program("rule(A1);\n}"))).toEqual([
    "x.c:2: no assertion follows rule(A1)",
    "x.c: no assertion checks A1",
  ]);
});

test("there are several hundred rules and more than a thousand assertions", () => {
  const rules = all.flatMap((program) => program.rules);
  expect(rules.length).toBeGreaterThan(700);
  expect(all.flatMap(({ body }) => body.match(/\buassert_\w+\(/g) ?? []).length).toBeGreaterThan(
    1500,
  );
});

test("what is cited is a section, or a function that there is in that file or standard", () => {
  const wrong = all.flatMap(({ file, rules }) =>
    rules
      .filter(({ source }) => {
        const [, place, name] = /^(.*) (\w+)$/.exec(source) ?? [];
        if (SECTION.test(source) || INTERNAL[place]?.split(" ").includes(name)) return false;
        return (
          !(FILES.has(place) || STANDARDS.includes(place)) ||
          !(names.has(name) || INLINE.test(name))
        );
      })
      .map(({ id, source }) => `${file} ${id}: ${source}`),
  );
  expect(wrong).toEqual([]);
});

test("a function of the kernel is not cited as one of a standard, nor the other way round", () => {
  const kernels = (source: string) =>
    FILES.has(source.split(" ")[0]) || source.split(" ")[0] in INTERNAL;
  const wrong = all
    .flatMap(({ rules }) => rules)
    .filter(
      ({ source }) =>
        / _?rt_/.test(source) !== kernels(source) &&
        !/^(dfs_posix|dfs|devfs|rtc|mqueue|rt_\w+)\.c /.test(source),
    );
  expect(wrong).toEqual([]);
});
