/** What POSIX leaves open or RT-Thread does in its own way; programs/*.c print name=value lines. */
import { expect, test } from "bun:test";
import { run } from "./run.ts";

/** The values of a program's output by name; the last one counts. */
function values(output: string): Record<string, string> {
  const found: Record<string, string> = {};
  for (const [, name, value] of output.matchAll(/(\w+)=(.*)/g)) found[name] = value;
  return found;
}

/** What the report of a program's end says that it left, in order of names: one line for one thing. */
function left(diagnostics: string): string[] {
  const lines = diagnostics.split("\n").slice(1);
  return lines
    .flatMap((line) => {
      const text = line.trim().replace(/ 0x[0-9a-f]+$|(?<=\+)0x[0-9a-f]+/g, "");
      const [, count, kind, names, rest] =
        /^(\d+) ([a-z ]+?)s ((?:"[^"]*"(?:, )?)+)(,.*)$/.exec(text) ?? [];
      if (!count) return [text];
      const each = names.split(", ").map((name) => `${kind} ${name}${rest}`);
      expect(each).toHaveLength(Number(count));
      return each;
    })
    .map((line) => line.replace(/(?<="pth)\d+/g, ""))
    .toSorted();
}

test("what a module leaves behind is gone: threads, table entries, keys, semaphores, queues, memory", () => {
  const runs = run("leftovers", { times: 4 });
  for (const { output, code, ended, diagnostics } of runs) {
    expect({ code, ended }).toEqual({ code: 3, ended: true });
    expect(left(diagnostics)).toEqual([
      'message queue "left", from main+',
      'semaphore "left", from main+',
      ...new Array(6).fill('thread "pth", from main+, still running leftover'),
    ]);
    // PTHREAD_NUM_MAX is 8, a pthread_t an index; ENOMEM is 12.
    const created = [...output.matchAll(/create=(\d+) id=(\d+)/g)].map(([, r, id]) => [r, id]);
    expect(created).toEqual([..."01234567"].map((id) => ["0", id]));
    expect(values(output)).toMatchObject({ ninth: "12", freed: "0 id=4", keys: "8", sem: "1" });
    expect(values(output).mq).toBe("1");
  }
  expect(runs[3].heap).toBe(runs[0].heap);
});

test("signals of rt_thread_kill: masked until unmasked, EINTR for who waits, pthread_kill", () => {
  const [{ output, code, ended }] = run("signals");
  expect({ code, ended }).toEqual({ code: 0, ended: true });
  expect(values(output)).toEqual({
    // RT-Thread 4.0.4, uniprocessor, without RT_USING_SIGNALS.
    thread_size: "136",
    install: "0",
    old: "1",
    // SIG_ERR; signals are 0 to 31.
    bad: "-1",
    masked: "0",
    pending: "0",
    // SIGUSR1 of newlib is 30.
    delivered: "30",
    kill_self: "0",
    seen: "3030",
    // -RT_EINVAL
    kill_bad: "-10",
    // The wait of a thread that a signal finds suspended gives -RT_EINTR, after the handler ran in that thread.
    take: "-9",
    in_thread: "1",
    handled: "30",
    // -RT_ETIMEOUT
    again: "-2",
    wait: "0",
    signo: "31",
    late: "-2",
    empty: "-10",
    exists: "0",
    pthread_kill: "0",
    join: "0",
    value: "1",
    stopped: "30",
    gone: "22",
  });
});

test("without signals, as on the reference board, pthread_kill gives ENOSYS", () => {
  const [{ output }] = run("signals", { compat404: true });
  expect(values(output).exists).toBe("88");
});

test("POSIX queues, semaphores and threads refuse bad arguments with the errno of newlib", () => {
  const [{ output, code, ended, diagnostics }] = run("rest");
  expect({ code, ended }).toEqual({ code: 0, ended: true });
  expect(left(diagnostics)).toEqual(['message queue "queue", from main+']);
  const [EAGAIN, EMSGSIZE, EINVAL, ENOENT, EBADF, ENOSYS, ENOMEM] = [11, 122, 22, 2, 9, 88, 12];
  expect(values(output)).toMatchObject({
    same: "1",
    full: `-1 errno=${EAGAIN}`,
    big: `-1 errno=${EMSGSIZE}`,
    messages: "2",
    // No length is kept: it is that of the buffer.
    receive: "8",
    no_attr: `0 errno=${EINVAL}`,
    missing: `0 errno=${ENOENT}`,
    null: `-1 errno=${EINVAL}`,
    wild: `-1 errno=${EBADF}`,
    notify: `-1 errno=${ENOSYS}`,
    sem_unset: `-1 errno=${EINVAL}`,
    sem_big: `-1 errno=${EINVAL}`,
    join_wild: `${EINVAL}`,
    join_main: "1",
    detach_wild: `${EINVAL}`,
    cancel_wild: `${EINVAL}`,
    detach: "0",
    detach2: `${EINVAL}`,
    bad_priority: `${EINVAL}`,
    no_stack: `${EINVAL}`,
    huge_stack: `${ENOMEM}`,
  });
});

test("nanosleep, alarm, poll and termios", () => {
  const [{ output }] = run("rest");
  expect(values(output)).toMatchObject({
    nanosleep: "0",
    bad_time: "-1 errno=22",
    alarm: "0",
    left: "2",
    early: "0",
    rang: "14",
    cancelled: "1",
    quiet: "0",
    nothing: "0",
    // POLLNVAL, POLLIN | POLLHUP of dfs_poll.h.
    invalid: "16",
    skipped: "0",
    readable: "1",
    hung_up: "9",
    console: "1",
    time_out: "0",
    // 50 ms are five ticks.
    waited: "5",
    tty: "/dev/tty",
    tcgetattr: "0",
    vmin: "1",
    lflag: "10",
    no_tty: "-1 errno=25",
  });
});

test("poll wakes when something is typed", () => {
  const typed = values(run("rest", { input: "x" })[0].output);
  expect(typed.time_out).toBe("1");
});

test("in 4.0.4 a full queue leaves EBADF, and pthread_self of a plain thread ends the module", () => {
  const [{ output, ended }] = run("rest", { compat404: true });
  expect(values(output)).toMatchObject({ same: "0", full: "-1 errno=9" });
  expect(ended).toBe(true);
  expect(values(output).join_main).toBeUndefined();
});

test("names of RT-Thread 5.x: waits that a signal interrupts, small-memory heaps, suspend and wake-up", () => {
  const [{ output, code, ended, diagnostics }] = run("five");
  expect({ code, ended }).toEqual({ code: 0, ended: true });
  expect(left(diagnostics)).toEqual([
    'mutex "m", from main+',
    'semaphore "s", from main+',
    'thread "r", from main+, still running five',
  ]);
  expect(values(output)).toEqual({
    inside: "1",
    too_much: "0",
    moved: "1",
    whole: "1",
    detach: "0",
    sscanf: "2",
    sum: "43",
    // -RT_EINTR
    interrupted: "-9",
    taken: "0",
    mutex: "0",
    suspend: "0",
    stands: "1",
    no_wakeup: "-1",
    wake: "42",
    wakeup: "0",
    goes: "1",
  });
});

// How the module ends, and the exit code that a process has for it.
for (const [how, code] of [
  ["return", 4],
  ["exit", 5],
  ["abort", 134],
  ["fault", 139],
  ["overflow", 139],
  ["delete", 134],
  ["detach_self", 6],
  ["main_exit", 0],
] as const) {
  test(`a module whose pthread ends by ${how} leaves no memory and no thread behind`, () => {
    const runs = run(`ends ${how}`, { times: 10 });
    expect(runs.map((one) => one.code)).toEqual(Array(10).fill(code));
    expect(runs.every((one) => one.ended)).toBeTrue();
    expect(runs[9].heap).toBe(runs[0].heap);
  });
}

test("pthread_kill without a handler does what POSIX.1 has the signal do by default", () => {
  // SIGCHLD of newlib is 20, SIGTERM 15.
  const [harmless] = run("killed 20");
  expect({ ended: harmless.ended, code: harmless.code }).toEqual({ ended: true, code: 0 });
  expect(values(harmless.output)).toEqual({ kill: "0", later: "1", sem_wait: "0" });
  const [deadly] = run("killed 15");
  expect({ ended: deadly.ended, code: deadly.code }).toEqual({ ended: true, code: 143 });
  // The thread is of a better priority than the one that sent it.
  expect(values(deadly.output)).toEqual({});
});

test("a pthread's frame below its stack faults at its first store, whatever the frames above it left out", () => {
  for (const size of [40, 200, 600, 1000, 1400, 1800]) {
    // 2,048 bytes of stack, of which the saved registers take some.
    const [good] = run(`frames ${size} ${Math.floor(1850 / (size + 16)) - 1}`);
    expect({ size, code: good.code, said: good.diagnostics }).toEqual({ size, code: 0, said: "" });
    const full = Math.floor(2048 / size);
    for (const depth of [full, full + 20]) {
      const [bad] = run(`frames ${size} ${depth}`);
      expect({ size, depth, code: bad.code }).toEqual({ size, depth, code: 139 });
      expect(bad.diagnostics).toStartWith(
        "stack overflow in thread pth00, module frames (/frames.mo)\n",
      );
    }
  }
});
