import type { SymbolTable } from "../kernel/types.ts";
import { foundElsewhere } from "./elsewhere.ts";

/** What to do: one text, or one for this system and one for a board as RT-Thread 4.0.4 ships it. */
type Hint = string | readonly [here: string, stock: string];

/** Debian's libsupc++ and libstdc++ are not position-independent: ld refuses them in a shared object, but not in a relocatable one. */
const RELOCATABLE =
  "not part of the runtime that the kernel exports: make the module a relocatable object with the library in it, `arm-none-eabi-g++ -r -nostdlib ... -lstdc++` in place of -shared";

/** Which feature of C or C++ asks for a symbol, and what to do about it: the first pattern that fits a name. */
const HINTS: readonly (readonly [pattern: RegExp, hint: Hint])[] = [
  [
    /^__aeabi_unwind_cpp_pr|^_Unwind_|^__gxx_personality|^__cxa_(throw|begin_catch|end_catch|rethrow|allocate_exception)/,
    "C++ exceptions: build with -fno-exceptions",
  ],
  [
    /^__(aeabi_|adddf3|subdf3|muldf3|divdf3|addsf3|divsi3|udivsi3|modsi3|umodsi3|divdi3|udivdi3|moddi3|umoddi3|clzsi2|fix|float|extend|trunc|gnu_)/,
    "arithmetic helper of the compiler: add -lgcc at the end of the link line",
  ],
  [/^_Z(n[wa]|d[la])/, "operator new/delete: define them in the module with rt_malloc and rt_free"],
  [
    /^(_ZTVN10__cxxabiv1|__dynamic_cast|_ZT[IS])/,
    [RELOCATABLE, "RTTI (virtual functions, dynamic_cast, typeid): build with -fno-rtti"],
  ],
  [
    /^__cxa_guard_/,
    "static variable of a function that is initialised when first reached: build with -fno-threadsafe-statics",
  ],
  [
    /^__cxa_pure_virtual$/,
    'call of a pure virtual function: define `extern "C" void __cxa_pure_virtual(void)` in the module',
  ],
  [
    /^(__cxa_atexit|__dso_handle)$/,
    "destructor of a static object: build with -fno-use-cxa-atexit and define `int atexit(void (*)(void))`, or let a function create the object",
  ],
  [
    /^(_ZT[VIS]S|_ZS|_ZNS|_ZNK?St|_ZN9__gnu_cxx|__cxa_)/,
    [
      `C++ standard library, ${RELOCATABLE}`,
      "C++ standard library: a board without it cannot run this; link with -shared only what does not use it",
    ],
  ],
  [/^_Z/, "C++ function: is the source file that defines it part of the module?"],
  [/^_GLOBAL_OFFSET_TABLE_$/, "the file is a relocatable object: link it with -shared -nostdlib"],
  [
    /^(__libc_|__stack_chk_|__printf_chk|__sprintf_chk|__memcpy_chk|__ctype_b_loc|__errno_location|__assert_fail)/,
    "the C library of another system (glibc): compile with arm-none-eabi-gcc and newlib's headers",
  ],
  [
    /^(_start|__libc_start_main|_init|_fini|__bss_start__|_end|end)$/,
    "start-up code: link with -nostartfiles",
  ],
  [
    /^__tls_get_addr$|^__aeabi_read_tp$/,
    "native thread-local variables (__thread, thread_local) need a system with a thread pointer; clang -femulated-tls makes ones that work",
  ],
  // From here on: what the C library here has and that of a stock board keeps to itself.
  [
    /^(malloc|free|calloc|realloc)$/,
    "heap of the C library: rt_malloc, rt_free, rt_calloc and rt_realloc of <rtthread.h> do the same",
  ],
  [/^__errno$/, "errno of <errno.h>: rt_get_errno() of <rtthread.h> has the code"],
  [
    /^_impure_ptr$/,
    "stdin, stdout or stderr of <stdio.h>: printf, puts and rt_kprintf write to the console without them",
  ],
  [
    /^(_ctype_|__locale_ctype_ptr|__ctype_ptr__)$/,
    "isdigit() and its relatives, which <ctype.h> makes macros with a table: compare the characters",
  ],
  [
    /^v?f(open|close|read|gets|puts|getc|putc|printf|scanf|flush|seek|tell|eof|error)$/,
    "files of <stdio.h>: open, read, write, lseek and close of <dfs_posix.h> do the same",
  ],
  [
    /^(ato[fil]|strto(d|f|k|k_r|ll|ull)|strncat|strrchr|strdup|strpbrk|strspn|strcspn|toupper|tolower|qsort|bsearch|sscanf|srand|getenv|setenv|a?(sin|cos|tan)h?f?|atan2f?|sqrtf?|powf?|expf?|log(10|2)?f?|floorf?|ceilf?|fabsf?|fmodf?|roundf?)$/,
    "function of the C library: bring its source with the module, or have the board export it with RTM_EXPORT",
  ],
  [
    /^rt_cpus?_|^rt_spin_/,
    "multi-core kernel function: build the module for a uniprocessor configuration",
  ],
];

/**
 * One line for each group of missing symbols: the names, and why. A name close to an exported one gets that as a suggestion.
 * `stock`: they are missing on a board, not here.
 */
export function explainMissing(
  names: readonly string[],
  symbols: SymbolTable,
  stock = false,
): string[] {
  const groups = new Map<string, string[]>();
  for (const name of names) {
    const found = HINTS.find(([pattern]) => pattern.test(name))?.[1] ?? "";
    const known = typeof found === "string" ? found : found[stock ? 1 : 0];
    const hint = known || (foundElsewhere(name) ?? "");
    const group = groups.get(hint);
    if (group) group.push(name);
    else groups.set(hint, [name]);
  }
  const lines: string[] = [];
  for (const [hint, group] of groups) {
    if (hint !== "") {
      lines.push(`${group.join(", ")}: ${hint}`);
      continue;
    }
    for (const name of group) {
      const close = closest(name, symbols);
      lines.push(
        close
          ? `${name}: not exported by the kernel; did you mean ${close}?`
          : `${name}: not exported by the kernel and not defined in the module`,
      );
    }
  }
  return lines;
}

/** The exported name that differs least, when that is little for a name of this length. */
function closest(name: string, symbols: SymbolTable): string | undefined {
  let best: string | undefined;
  let least = Math.min(3, Math.floor(name.length / 3)) + 1;
  if (name.length > 64) return undefined;
  for (const { name: other } of symbols.entries()) {
    if (Math.abs(other.length - name.length) >= least) continue;
    const distance = editDistance(name, other, least);
    if (distance < least) {
      least = distance;
      best = other;
    }
  }
  return best;
}

/** Levenshtein distance, or `limit` when it is not less. */
function editDistance(a: string, b: string, limit: number): number {
  let row = Array.from({ length: b.length + 1 }, (_, j) => j);
  for (let i = 1; i <= a.length; i++) {
    const next = [i];
    let least = i;
    for (let j = 1; j <= b.length; j++) {
      next[j] = Math.min(row[j] + 1, next[j - 1] + 1, row[j - 1] + (a[i - 1] === b[j - 1] ? 0 : 1));
      least = Math.min(least, next[j]);
    }
    if (least >= limit) return limit;
    row = next;
  }
  return Math.min(row[b.length], limit);
}
