/** Writes docs/fidelity.md from the lists the tests use: `bun test/sessions/document.ts`. */
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { kernelProbes, systemProbes } from "../probes/probe.ts";
import { DIFFERENT_PROBES } from "../probes/differences.ts";
import { ABI_FIVE } from "../utest/abi.ts";
import { DELIBERATE, type Difference, OPEN } from "./differences.ts";
import { MASKS } from "./masks.ts";
import { NOT_REPLAYED, session, SESSIONS } from "./sessions.ts";

export const DOCUMENT = join(import.meta.dir, "../../docs/fidelity.md");

export function fidelityDocument(): string {
  const steps = SESSIONS.reduce((sum, name) => sum + session(name).steps.length - 1, 0);
  const probes = kernelProbes().length + systemProbes().length;
  return `# How close the simulator is to the original

The reference is RT-Thread 4.0.4 for qemu-vexpress-a9 (one processor, modules on, signals off), running in QEMU. What it did was recorded
byte for byte and is replayed by the tests:

- \`test/sessions\`: ${SESSIONS.length} sessions at the serial console, ${steps} typed lines, on SD cards made again with the recorded files. They run in both
  modes: \`--compat 4.0.4\`, which reproduces observable defects, and without options.
- \`test/probes\`: ${probes} small programs about the kernel, files, strings, time, POSIX threads and the life of modules. They run under
  \`--compat 4.0.4\` on each engine.

Lines are typed at the pace of the recording: the next one 530 ms (simulated) after the last output, which follows from tick counts in the
recordings. Output of programs in the background falls between the same lines as it did then. \`--pace\` gives the compiled binary that pace,
so that the recordings are also piped to it as they are.

What no recording shows is checked against rules: \`test/utest/suite\` has a program for each group of functions, in C and in the manner
of RT-Thread's utest, with a table of what the function of 4.0.4 (or the standard) does, and every assertion cites its rule. They run on
each engine, and with \`--compat 4.0.4\`.

A test fails when something differs that is not in the tables below, and when something that is in them does not differ any more. The
tables are written by \`bun test/sessions/document.ts\` from the lists of the tests.

## What is not compared

| masked | because |
| --- | --- |
${MASKS.map(({ what, reason }) => `| ${what} | ${reason} |`).join("\n")}

The original echoes the first typed character twice after a program has used printf. Without \`--compat 4.0.4\` the simulator does not,
and the recordings are compared without the second one.

Not replayed:

${Object.entries(NOT_REPLAYED)
  .map(([name, why]) => `- ${name}: ${why}`)
  .join("\n")}

## Deliberate differences

${table(DELIBERATE)}

Among the probes, under \`--compat 4.0.4\`:

${Object.entries(DIFFERENT_PROBES)
  .map(([name, why]) => `- ${name}: ${why}`)
  .join("\n")}

## Commands of the network and of SPI flash

There are none: no ifconfig, netstat, ping, dns, and no sf. RT-Thread 4.0.4 has them where lwIP and SFUD are configured; in the build that was
recorded they are not, as its \`help\` in 01-basic shows. A line with one of them is answered with "command not found.", as there.

## Signals, temporary files and dates

raise() of a signal without a handler ends the program as ISO C and POSIX have it, unless its default action is to do nothing or to stop a
process: at once, without exit handlers, and with the exit code 128 + signal (143 for SIGTERM). SIGABRT is abort(): 134, with a report.
In callbacks of timers and interrupts, and on threads of the system, there is no program to end: raise() gives -1.
newlib on the board knows no default action: raise() gives -1 with ENOTSUP, and the program goes on, as under \`--compat 4.0.4\`.
A handler of signal() serves one signal, as in newlib on the board and in System V: raise() sets the default action back before it calls the
handler, in both modes. A handler that is to stay calls signal() again, or is set with sigaction().
Handlers are those of all threads of a program, and a signal ends what its thread waits for with EINTR, -RT_EINTR in RT-Thread's calls.
kill() of a pid that is neither 0, which getpid() gives, nor -1 fails with ESRCH.
A pthread_kill() for which there is no handler does what raise() of that thread would: it ends the program, or nothing. A signal of
rt_thread_kill() stays pending, as RT-Thread has it. Under \`--compat 4.0.4\` each thread has its own handlers of sigaction(), and
pthread_kill() gives ENOSYS, as on a board without RT_USING_SIGNALS.

## Formats of newlib

newlib is built with C99 formats and \`long long\`, and without multibyte characters and positional arguments, which cost 3 KiB of stack in
each printf. So \`%ls\` prints the bytes of the wide characters up to the first that is 0, and \`%lc\` a byte; \`%2$d\` is printed as \` $d\`, and
sscanf() finds nothing for it; mbstowcs() makes one wide character of each byte, and wprintf() writes the four bytes of each. So it is in
both modes.

## Descriptors 0, 1 and 2

close(), dup2() and a following open() work on them as POSIX has it, and so do the streams that write to them. That is the program's own
affair: the shell, rt_kprintf() and other programs keep the console, and when the program ends, what it put there is closed. isatty() is 1
for the console, however it was opened; fstat() tells devices and pipes from files, and lseek() gives ESPIPE for them. On the board, and under \`--compat 4.0.4\`, the three always stand for the console; there is no dup2.
What system() runs prints to the console, whatever descriptor 1 of its caller stands for: commands of the shell print with rt_kprintf() in
4.0.4 and 5.x, and a program that they start has three descriptors of its own.

## What a program leaves open

However a program ends, its descriptors are closed as close() does it: a device has a reference less for each open() (dup() counts none) and
its driver's close is called with the last one, an end of a pipe wakes who waits at the other, a stream writes what is in its buffer. So are
devices that it has opened with rt_device_open(). The report on standard error names what it was; of what stood for 0, 1 and 2 alone it
tells nothing, as nobody closes those. On the board, and under \`--compat 4.0.4\`, descriptors stay open, and references stay with their
devices, until the next boot.

## Names, times and queues

A name of more than 255 characters gives ENAMETOOLONG, and fsync() of a device or a pipe EINVAL; the board cuts the name, and fsync() gives
-88 there, as under \`--compat 4.0.4\`.

mq_open() gives NULL when it fails, in both modes: an mqd_t of RT-Thread is a pointer to its queue, and programs for it compare with NULL.
mq_send() and mq_timedsend() do not wait for room, in both modes, as in 4.0.4 and 5.x, whose mq_timedsend() leaves the time aside: a full queue is
-1 at once (EAGAIN, on the board EBADF). A sender that is to wait uses rt_mq_send_wait().

Calls with a time-out (sem_timedwait, mq_timedreceive, pthread_rwlock_timedrdlock, pthread_rwlock_timedwrlock) that would have to wait
refuse nanoseconds that are none with EINVAL; pthread_cond_timedwait() always does. 4.0.4 adds them up, as under \`--compat 4.0.4\`.

tmpfile() makes the directory /tmp when the disk has none; on the board, and under \`--compat 4.0.4\`, it fails then. Other files in /tmp need
the directory in both modes.

set_date() refuses months and days that no calendar has, and years before 1970 or after 9999; \`--compat 4.0.4\` carries them over into
another month or year, as mktime() of the board does.

## Stacks

Figures of stacks are real: a thread's stack is filled with \`#\`, its context of 64 bytes lies there while it does not run, and the C library
runs on it as guest code. What the kernel itself does takes nothing of it: its functions run outside of the guest. On a board a call takes
some of its caller's stack: in the recordings threads of the system that wait have 124 to 176 bytes in use, and a program in
rt_thread_mdelay 252, of which 64 are the context; file systems and drivers need more. So a program that fits closely here may not fit
on a board, and the column "max used" of list_thread is a lower bound. No depth is made up for calls, since which one a board has
depends on its compiler and its drivers.

A thread that waits on a stack with less than 64 bytes left has overflowed it: the board pushes the context over what lies below. Here the
context is kept, what lies below stays whole, and the report comes when the thread runs next; \`--compat 4.0.4\` pushes as the board does.

What a switch finds of an overflow (the lowest byte of the stack is no longer \`#\`, or sp is not inside) is the last thing the board says:
\`thread:NAME stack overflow\`, then rt_schedule() stays in a loop with interrupts off. \`--compat 4.0.4\` stops there too. By default the
program of the thread ends, and the system goes on. Stacks of rt_thread_init lie among the program's own variables, where there is no red zone:
a store below such a stack by which neither sp nor the lowest byte changes is not noticed, as on the board.

## Threads that end

A control block or a stack of rt_thread_init may be memory of the program. When such a thread ends its program (exit(), abort(), a failed
assertion, a fault), it ends first, with its cleanup function, and a thread of the system does the rest. The board gives the memory back
first and goes on with what is left in it; \`--compat 4.0.4\` gives it back in that order too, and does not read the control block afterwards.

After rt_thread_delete of itself a thread runs to the next switch, as on the board. To wait after that (rt_thread_mdelay, a semaphore) is a
mistake: on the board the timer of a thread that is closed stops the system in rt_thread_timeout, or its node on two lists breaks both.
Here the assertion fails in the thread and ends its program; \`--compat 4.0.4\` does as the board.

## Open

${OPEN.length > 0 ? table(OPEN) : "Nothing that the recordings show."}

${ABI_FIVE}`;
}

function table(differences: readonly Difference[]): string {
  const rows = differences.map(({ reason, modes, steps }) => {
    const mode = modes.length > 1 ? "both" : modes[0] === "compat" ? "compat" : "default";
    const where = Object.entries(steps).map(([name, { length }]) => `${name} (${length})`);
    return `| ${reason} | ${mode} | ${where.join(", ")} |`;
  });
  return ["| difference | mode | sessions (steps) |", "| --- | --- | --- |", ...rows].join("\n");
}

if (import.meta.main) writeFileSync(DOCUMENT, fidelityDocument());
