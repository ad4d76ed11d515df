/** Writes docs/exports.md from the table of exported functions: `bun test/exports/document.ts`. */
import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { exportRows } from "../../src/exports.ts";
import { Firmware } from "../../src/firmware/mod.ts";
import { GuestMemory } from "../../src/memory/mod.ts";

export const DOCUMENT = join(import.meta.dir, "../../docs/exports.md");
const LIST = join(import.meta.dir, "rt-thread.tsv");
const FIRMWARE = join(import.meta.dir, "../../src/firmware/prebuilt/firmware.elf");

/** A function that some version of RT-Thread exports to modules. */
export interface Known {
  readonly name: string;
  readonly prototype: string;
  readonly header: string;
  /** First version. */
  readonly since: string;
  /** Whether 4.0.4 exports it as configured for qemu-vexpress-a9. */
  readonly reference: boolean;
}

export function knownExports(): Known[] {
  const [, ...lines] = readFileSync(LIST, "utf8").trimEnd().split("\n");
  return lines.map((line) => {
    const [name, prototype, header, since, reference] = line.split("\t");
    return { name, prototype, header, since, reference: reference === "yes" };
  });
}

/** Why a function is not there. */
const ABSENT: readonly (readonly [RegExp, string])[] = [
  [
    /^(lwip_|netif|dhcp_)|addrinfo$|^gethostbyname|^(accept|bind|closesocket|connect|getpeername|getsockname|getsockopt|ioctlsocket|listen|recv|recvfrom|send|sendto|setsockopt|shutdown|socket)$/,
    "there is no network",
  ],
  [/^rt_usbh_/, "there is no USB host"],
  [/^rt_(malloc|free)_sethook$/, "only kernels with the slab allocator export it"],
];

/** What a function here does less than its name promises, be it as in 4.0.4 or not. */
const LIMITS: Readonly<Record<string, string>> = {
  getcwd:
    "writes the name and no more, and for NULL makes a buffer that free takes; with --compat 4.0.4 it fills the buffer, and leaves out the NUL where it has no room",
  longjmp:
    "brings back d8 to d15 as well, which newlib 3.3 leaves as they are; not from a copy of a jmp_buf, for it has no room for them",
  mq_open: "gives 0, not (mqd_t)-1, when it fails, as in 4.0.4",
  mq_notify: "always fails, as in 4.0.4",
  mq_setattr: "always fails, as in 4.0.4",
  mq_send: "never waits: a full queue is an error, as in 4.0.4; the priority is ignored",
  mq_timedsend: "as mq_send",
  mq_receive: "gives the size of the buffer, for no length is kept, as in 4.0.4",
  mq_timedreceive: "as mq_receive, until the time that is given",
  pthread_atfork: "gives EOPNOTSUPP, as in 4.0.4",
  pthread_attr_getguardsize: "gives EOPNOTSUPP, as in 4.0.4",
  pthread_attr_getstackaddr: "gives EOPNOTSUPP, as in 4.0.4",
  pthread_attr_setstackaddr: "gives EOPNOTSUPP, as in 4.0.4; use pthread_attr_setstack",
  pthread_cancel: "threads start with cancellation disabled, as in 4.0.4",
  sched_setscheduler: "gives EOPNOTSUPP, as in 4.0.4",
  pthread_condattr_setclock: "every wait is on CLOCK_REALTIME, as in 4.0.4",
  pthread_cond_signal: "a signal that nobody waits for is remembered, as in 4.0.4",
  rt_cpus_lock: "the interrupt lock of the one processor",
  rt_cpus_unlock: "the interrupt lock of the one processor",
  rt_cpus_lock_status_restore: "does nothing on one processor",
  rt_spin_lock: "the scheduler lock of the one processor",
  rt_spin_unlock: "the scheduler lock of the one processor",
  rt_spin_lock_irqsave: "scheduler and interrupt lock of the one processor",
  rt_spin_unlock_irqrestore: "scheduler and interrupt lock of the one processor",
};
for (const kind of ["interruptible", "killable"])
  Object.assign(LIMITS, {
    [`rt_mq_recv_${kind}`]: "gives RT_EOK as 4.0.4 does, with --abi 5.x the length",
  });

/** Functions that programs from elsewhere look for in a C library. */
const LIBC_ABSENT: readonly (readonly [string, string])[] = [
  [
    "regcomp, regexec, regerror, regfree",
    "17 KB of code, for which the image has no room: link newlib's libc/posix/reg*.c into the module",
  ],
  [
    "glob, globfree, wordexp, wordfree",
    "no shell expands words here; fnmatch and scandir are there",
  ],
  ["ftw, nftw", "opendir and readdir are there"],
  ["iconv, iconv_open, iconv_close", "newlib is built without character sets but ASCII and UTF-8"],
  ["err, warn and their relatives", "newlib has no err.h; perror and fprintf are there"],
  ["fork, execve, wait, popen", "there are no processes; system runs a line in msh"],
  [
    "getrusage, setitimer, pathconf",
    "newlib has them for hosts only; clock, times, timer_create are there",
  ],
];

export interface Status extends Known {
  readonly here: boolean;
  readonly remark: string;
}

/** @throws Error for a function that is not there and for which no reason is known */
export function status(known: Known, provided: ReadonlySet<string>): Status {
  const here = provided.has(known.name);
  if (here) return { ...known, here, remark: LIMITS[known.name] ?? "" };
  const reason = ABSENT.find(([pattern]) => pattern.test(known.name))?.[1];
  if (reason === undefined) throw new Error(`${known.name} is not exported, and nobody says why`);
  return { ...known, here, remark: reason };
}

/** Names that modules can be linked against: RTMSymTab of the firmware. */
export function providedNames(): Set<string> {
  const memory = new GuestMemory();
  try {
    const firmware = new Firmware(memory, readFileSync(FIRMWARE));
    return new Set([...firmware.entries()].map(({ name }) => name));
  } finally {
    memory.dispose();
  }
}

const code = (text: string) => (text === "" ? "" : `\`${text.replaceAll("|", "\\|")}\``);

/** A Markdown table with aligned columns, as the formatter writes it. */
function table(head: readonly string[], rows: readonly (readonly string[])[]): string {
  const widths = head.map((cell, n) =>
    Math.max(3, cell.length, ...rows.map((row) => row[n].length)),
  );
  const line = (cells: readonly string[]) =>
    `| ${cells.map((cell, n) => cell.padEnd(widths[n])).join(" | ")} |`;
  return [line(head), line(widths.map((width) => "-".repeat(width))), ...rows.map(line)].join("\n");
}

export function exportsDocument(): string {
  const provided = providedNames();
  const all = knownExports().map((known) => status(known, provided));
  const there = all.filter(({ here }) => here);
  const missing = all.filter(({ here }) => !here);
  const reference = all.filter((known) => known.reference);
  const more = exportRows
    .filter(({ name }) => !name.startsWith("_rtt_") && !all.some((known) => known.name === name))
    .toSorted((a, b) => (a.name < b.name ? -1 : 1));
  const rows = (list: readonly Status[]) =>
    list.map(({ name, header, since, remark }) => [code(name), header, since, remark]);
  return `# Exported functions

Written by \`bun test/exports/document.ts\` from the table of exported functions; a test fails when it is out of date.

RT-Thread exports ${all.length} functions to modules in one version or configuration or another (RTM_EXPORT). ${there.length} of them are here:
${reference.filter(({ here }) => here).length} of the ${reference.length} of RT-Thread 4.0.4 as configured for qemu-vexpress-a9, of which ${reference.filter(({ here }) => !here).length} need a network. Modules can also use
all of newlib and libm, the compiler's helper functions and the C++ runtime; \`rtt-sim symbols\` lists the ${provided.size} names.

## Here

${table(["function", "header", "since", "remark"], rows(there))}

## Not here

A module that imports one of these cannot be loaded.

${table(["function", "header", "since", "why not"], rows(missing))}

Functions of the C library that programs from elsewhere may want and newlib here does not offer:

${table(
  ["functions", "why not"],
  LIBC_ABSENT.map(([names, why]) => [names, why]),
)}

## Besides

Functions of POSIX and RT-Thread that no version exports to modules.

${table(
  ["function", "header"],
  more.map(({ proto, header }) => [code(proto), header]),
)}
`;
}

if (import.meta.main) writeFileSync(DOCUMENT, exportsDocument());
