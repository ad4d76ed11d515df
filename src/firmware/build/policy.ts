/** Which symbols of the libraries a module may link against. */

const words = (text: string) => text.trim().split(/\s+/);

/**
 * Public names that stay inside. Process control that does not exist here; `errno` the variable, which no thread uses; internals
 * of newlib's own allocator, which is not linked; a database on hash files.
 */
const HIDDEN = new Set(
  words(`
    main errno end rpmatch wait fork execve sbrk link infinity infinityf category
    mallinfo malloc_stats malloc_trim malloc_usable_size mallopt mstats cleanup_glue tm_year_base
    dbm_clearerr dbm_close dbm_delete dbm_dirfno dbm_error dbm_fetch dbm_firstkey dbm_nextkey dbm_open dbm_store
  `),
);

/** Names with a leading underscore that headers, macros or the compiler use. */
const UNDERSCORED = new Set(
  words(`
    _Exit _impure_ptr _global_impure_ptr _ctype_ _tzname _timezone _daylight
    __errno __getreent __assert __assert_func __locale_mb_cur_max __ctype_ptr__ __locale_ctype_ptr __locale_ctype_ptr_l
    __swbuf __swbuf_r __srget __srget_r __signgam __fpclassifyd __fpclassifyf __signbitd __signbitf
    __isinfd __isinff __isnand __isnanf __itoa __utoa __xpg_strerror_r __gettzinfo __gnu_basename
    __fbufsize __flbf __fpending __fpurge __freadable __freading __fsetlocking __fwritable __fwriting
    __getdelim __getline __exp10 __log2 __retarget_lock_acquire __retarget_lock_release
    __stack_chk_fail __stack_chk_guard __chk_fail __gets_chk __memcpy_chk __memmove_chk __mempcpy_chk __memset_chk
    __snprintf_chk __sprintf_chk __stpcpy_chk __stpncpy_chk __strcat_chk __strcpy_chk __strncat_chk __strncpy_chk
    __vsnprintf_chk __vsprintf_chk
    __cxa_atexit __cxa_finalize __fe_dfl_env _fe_dfl_env
  `),
);

/** Of newlib's `_name_r`: those of system calls, of the allocator, and of what is hidden above. */
const INTERNAL_REENTRANT =
  /^_(close|execve|fcntl|fork|fstat|getpid|gettimeofday|isatty|kill|link|lseek|mkdir|open|read|rename|sbrk|stat|times|unlink|wait|write|malloc|calloc|realloc|free|memalign|mallinfo|malloc_\w+|mallopt|mstats|valloc|pvalloc|system|init_signal|dtoa|fwide|sfread|sungetc|tzset_unlocked)_r$/;

/** libgcc without its fixed-point arithmetic (`__gnu_addqq3`, `__gnu_fractqqhq2`, ...) and its tables. */
const LIBGCC =
  /^(__aeabi_\w+|_{1,3}Unwind_\w+|__gnu_(Unwind_(Backtrace|Find_exidx|ForcedUnwind|RaiseException|Resume\w*)|unwind_\w+|thumb1_case_\w+|[dfh]2[hf]_\w+)|__[a-z]+(si|di|sf|df|sc|dc)[fi0-9]*[sd]?[fi]?\d?|__u?divmoddi4|__clear_cache|__emutls_get_address|__gcc_personality_v0|_call_via_\w+)$/;

/** The C++ runtime: everything with a C++ name, and the entry points of the ABI. */
const CXX = /^(_Z\w+|__cxa_\w+|__gxx_\w+|__dynamic_cast|__aeabi_\w+|__gnu_end_cleanup)$/;

export type Library = "libc" | "libm" | "libgcc" | "libsupc++" | "guest";

export function exported(library: Library, name: string): boolean {
  if (name.startsWith("_rtt_") || name.startsWith("rtt_") || HIDDEN.has(name)) return false;
  if (library === "libgcc") return LIBGCC.test(name);
  if (library === "libsupc++") return CXX.test(name);
  if (/^[a-zA-Z]/.test(name) || UNDERSCORED.has(name)) return true;
  if (/^_[a-z0-9]\w*_r$/.test(name)) return !INTERNAL_REENTRANT.test(name);
  return library === "guest" ? CXX.test(name) || LIBGCC.test(name) : /^__aeabi_/.test(name);
}
