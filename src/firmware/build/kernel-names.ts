import { exportRows } from "../../exports.ts";

/** Kernel functions that the C library calls, whether or not they are exported yet. */
const NEEDED = [
  "_rtt_wait",
  "_rtt_wake",
  "_rtt_module_of",
  "_rtt_exit",
  "_rtt_abort",
  "_rtt_raise",
  "_rtt_find_exidx",
  "_rtt_random",
  "rt_malloc",
  "rt_realloc",
  "rt_calloc",
  "rt_free",
  "open",
  "close",
  "read",
  "write",
  "lseek",
  "fcntl",
  "fstat",
  "stat",
  "unlink",
  "rename",
  "mkdir",
  "isatty",
  "getpid",
  "gettimeofday",
  "clock",
];

/** Every kernel function that gets a stub; the position is its number. */
export function kernelNames(): string[] {
  return [...new Set([...NEEDED, ...exportRows.map(({ name }) => name)])];
}
