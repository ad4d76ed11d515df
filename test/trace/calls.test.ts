/** The arguments and results of `--trace calls`: names of numbers, what a call gives back, what is escaped. */
import { describe, expect, setDefaultTimeout, test } from "bun:test";
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { DEFINES, DEVICE_FLAGS, SDK_INCLUDE } from "../../disk/toolchain.ts";
import { exportRows } from "../../src/exports.ts";
import * as constants from "../../src/trace/constants.ts";
import { ROWS } from "../../src/trace/meanings.ts";
import { parsePrototype } from "../../src/trace/prototype.ts";
import { nameText, quote } from "../../src/trace/quote.ts";
import { matcher } from "../../src/trace/types.ts";
import { scratch } from "../cli/binary.ts";
import { compile, gcc } from "../gdb/toolchain.ts";

setDefaultTimeout(120_000);

const root = join(import.meta.dir, "../..");

function trace(...argv: string[]) {
  const child = Bun.spawnSync(
    [process.execPath, join(root, "src/main.ts"), "run", "--trace", "calls", ...argv],
    { cwd: root, stdin: "ignore", stdout: "pipe", stderr: "pipe" },
  );
  return child.stderr.toString();
}

/** What the calls of programs/calls.c look like, in order; that of a thread in front when it is not the program's own. */
const LINES = [
  'rt_sem_create("g\\x01\\"te", 0, RT_IPC_FLAG_PRIO) = ADDRESS "g\\x01\\"te"',
  'rt_mb_create("box", 4, RT_IPC_FLAG_FIFO) = ADDRESS "box"',
  'rt_mq_create("queue", 8, 4, RT_IPC_FLAG_PRIO) = ADDRESS "queue"',
  'rt_event_create("event", RT_IPC_FLAG_FIFO) = ADDRESS "event"',
  'rt_sem_take(ADDRESS "g\\x01\\"te", 0) = -RT_ETIMEOUT',
  'rt_sem_take(ADDRESS "g\\x01\\"te", 3) = -RT_ETIMEOUT',
  'rt_thread_create("sénd", calls!sender, NULL, 2048, 25, 10) = ADDRESS "sénd"',
  'sénd rt_mq_send(ADDRESS "queue", "ab\\x01\\"\\x00", 5) = RT_EOK',
  'sénd rt_event_send(ADDRESS "event", 0x30) = RT_EOK',
  'sénd rt_mb_send(ADDRESS "box", 0xbeef) = RT_EOK',
  'rt_mq_recv(ADDRESS "queue", <unfinished ...>',
  '<... rt_mq_recv resumed> "ab\\x01\\"\\x00\\x00\\x00\\x00", 8, RT_WAITING_FOREVER) = RT_EOK',
  'rt_event_recv(ADDRESS "event", 0x10, RT_EVENT_FLAG_OR|RT_EVENT_FLAG_CLEAR, RT_WAITING_FOREVER, [0x10]) = RT_EOK',
  'rt_mb_recv(ADDRESS "box", [0xbeef], 100) = RT_EOK',
  'rt_mb_recv(ADDRESS "box", ADDRESS, 0) = -RT_ETIMEOUT',
  'rt_event_recv(ADDRESS "event", 0x11, RT_EVENT_FLAG_AND, 0, ADDRESS) = -RT_ETIMEOUT',
  'stuck1 rt_sem_take(ADDRESS "g\\x01\\"te", RT_WAITING_FOREVER) <unfinished ...>',
  'stuck2 rt_sem_take(ADDRESS "g\\x01\\"te", RT_WAITING_FOREVER) <unfinished ...>',
  'rt_timer_create("t1", calls!tick, NULL, 5, RT_TIMER_FLAG_PERIODIC|RT_TIMER_FLAG_SOFT_TIMER) = ADDRESS "t1"',
  'rt_timer_create("t2", calls!tick, NULL, 5, RT_TIMER_FLAG_ONE_SHOT) = ADDRESS "t2"',
  'rt_device_open(ADDRESS "uart0", RT_DEVICE_OFLAG_RDWR|RT_DEVICE_FLAG_INT_RX) = RT_EOK',
  'open("/new.txt", O_RDWR|O_CREAT|O_TRUNC, 0644) = 4',
  'write(4, "0123\\n", 5) = 5',
  "lseek(4, -2, SEEK_END) = 3",
  'read(4, "3\\n", 16) = 2',
  'read(4, "", 16) = 0',
  "fstat(4, {st_mode=S_IFREG|0666, st_size=5, ...}) = 0",
  "fcntl(4, F_SETFL, O_RDONLY|O_APPEND) = 0",
  "lseek(4, 0, 0x4d) = -1 EINVAL",
  "close(4) = 0",
  "close(4) = -1 EBADF",
  'open("/no/such", O_WRONLY) = -1 ENOENT',
  "pipe([4, 5]) = 0",
  "poll([{fd=4, events=POLLIN, revents=POLLIN}], 1, -1) = 1",
  "pthread_mutex_lock(ADDRESS) = 0",
  "pthread_mutex_trylock(ADDRESS) = 45 EDEADLK",
  "rt_set_errno(-RT_ETIMEOUT)",
  "rt_get_errno() = -RT_ETIMEOUT",
];

test.skipIf(!gcc)("each kind of argument and result (needs arm-none-eabi-gcc)", () => {
  using dir = scratch();
  const module = compile(join(import.meta.dir, "programs/calls.c"), dir.path("calls.mo"));
  const said = trace(module)
    .split("\n")
    .map((line) => /^ +\d+ +[\d.]+ (?:calls +)?(.*)$/.exec(line)?.[1])
    .filter((line) => line !== undefined)
    .map((line) => line.replace(/\b0x60\w{6}\b/g, "ADDRESS").replace(/^(\S+) +(?=rt_)/, "$1 "));
  let from = 0;
  for (const line of LINES) {
    const at = said.indexOf(line, line.includes(" ") && /^(sénd|<)/.test(line) ? 0 : from);
    expect(at < 0 ? `missing: ${line}\n${said.join("\n")}` : line).toBe(line);
    if (!/^(sénd|<)/.test(line)) from = at;
  }
  // A thread that was deleted inside a call has not come back from it, whoever has its place now.
  expect(said.join("\n")).not.toMatch(/rt_sem_take resumed/);
});

test.skipIf(!gcc)(
  "names of numbers have the values of the headers (needs arm-none-eabi-gcc)",
  () => {
    using dir = scratch();
    const headers = [
      "errno.h",
      "fcntl.h",
      "unistd.h",
      "signal.h",
      "time.h",
      "poll.h",
      "pthread.h",
      "dlfcn.h",
      "rtlibc.h",
      "sys/termios.h",
      "rtthread.h",
      "rtdevice.h",
      "clock_time.h",
    ];
    for (const five of [false, true]) {
      let checked = 0;
      const lines = headers.map((name) => `#include <${name}>`);
      for (const [set, names] of Object.entries(constants)) {
        if (typeof names !== "object" || (set === "ERROR" && five)) continue;
        if (set === "ERROR_FIVE" && !five) continue;
        for (const [value, name] of [...names.one, ...names.bits]) {
          lines.push(`_Static_assert((${name}) == ${value}, "${name}");`);
          checked++;
        }
      }
      expect(checked).toBeGreaterThan(150);
      const source = dir.path("names.c");
      writeFileSync(source, `${lines.join("\n")}\n`);
      const { stderr } = Bun.spawnSync([
        gcc as string,
        ...DEVICE_FLAGS.a9,
        ...DEFINES,
        ...(five ? ["-DRTT_SIM_ABI=5"] : []),
        `-I${SDK_INCLUDE}`,
        "-fsyntax-only",
        source,
      ]);
      expect(stderr.toString()).toBe("");
    }
  },
);

describe("the table", () => {
  test("each row is about a parameter or result that an exported function has", () => {
    const signatures = exportRows.map(({ name, proto }) => ({
      name,
      parameters: parsePrototype(proto).parameters,
    }));
    const fits = (wanted: string | number, one: { name: string }, place: number): boolean =>
      typeof wanted === "number" ? wanted === place : matcher(wanted)(one.name);
    const idle = ROWS.filter(([functions, wanted]) => {
      const patterns = functions.split(" ").map((pattern) => matcher(pattern));
      const meant = signatures.filter(({ name }) => patterns.some((match) => match(name)));
      return !(
        patterns.every((match) => meant.some(({ name }) => match(name))) &&
        (wanted === "=" ||
          meant.some(({ parameters }) => parameters.some((one, place) => fits(wanted, one, place))))
      );
    });
    expect(idle.map(([functions, wanted]) => `${functions} ${wanted}`)).toEqual([]);
  });

  test("bits without a name are numbers", () => {
    expect(constants.named(constants.OPEN_FLAG, 0x80000201)).toBe("O_WRONLY|O_CREAT|0x80000000");
    expect(constants.named(constants.EVENT_OPTION, 0)).toBeUndefined();
    expect(constants.named(constants.TIMER_FLAG, 4)).toBe(
      "RT_TIMER_FLAG_ONE_SHOT|RT_TIMER_FLAG_SOFT_TIMER",
    );
  });
});

describe("text of the guest", () => {
  const latin1 = (text: string) => Buffer.from(text, "utf8").toString("latin1");
  test("UTF-8 is read, also where a name ends inside a character; controls are escaped", () => {
    expect(nameText(latin1("größe"))).toBe("größe");
    expect(nameText(latin1("日本語").slice(0, 8))).toBe("日本\\xe8\\xaa");
    expect(nameText("a\x1b[2J")).toBe("a\\x1b[2J");
    // C1 controls, a mark that turns the direction of text, an overlong form, a surrogate.
    expect(nameText("\xc2\x9b")).toBe("\\xc2\\x9b");
    expect(nameText(latin1("\u202e"))).toBe("\\xe2\\x80\\xae");
    expect(nameText("\xc0\xaf")).toBe("\\xc0\\xaf");
    expect(nameText("\xed\xa0\x80")).toBe("\\xed\\xa0\\x80");
  });
  test("as in C source", () => {
    expect(quote(Buffer.from('a\t"\\\r\n\x07é'))).toBe('a\\t\\"\\\\\\r\\n\\x07é');
  });
});
