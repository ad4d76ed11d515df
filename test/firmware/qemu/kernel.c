/*
 * A stand-in for the simulated kernel, for qemu-arm: serves the firmware's calls with Linux system calls. The test replaces the
 * `svc; bx lr` of every stub by a branch to `trampoline`, `svc; nop` elsewhere by a call of `inner_trampoline`, and fills in `setup`.
 */
#include <stddef.h>
#include <string.h>

struct setup {
  const char *const *names; /* SvcTab */
  int (*main)(void);
  void (*run_exit)(void *);
  void **current;
  int **impure; /* &_impure_ptr; errno comes first in struct _reent */
  char *module, *module_end;
  const void *exidx;
  int exidx_count;
  int brackets;
} setup = {.brackets = 1};

static char heap[0x80000] __attribute__((aligned(8)));
static size_t used;

__asm__(".text\n.thumb\n.syntax unified\n.global trampoline\n.type trampoline,%function\n.thumb_func\n.balign 4\n"
        "trampoline:\n"
        "push {r0-r3}\n"
        "push {r4, lr}\n"
        "mov r0, ip\n"
        "add r1, sp, #8\n"
        "bl dispatch\n"
        "pop {r4, lr}\n"
        "add sp, #16\n"
        "bx lr\n"
        /* The same for calls in the middle of a function, which find their other registers as they were. */
        ".global inner_trampoline\n.type inner_trampoline,%function\n.thumb_func\n.balign 4\n"
        "inner_trampoline:\n"
        "push {r0-r3}\n"
        "push {r4, lr}\n"
        "mov r0, ip\n"
        "add r1, sp, #8\n"
        "bl dispatch\n"
        "pop {r4, lr}\n"
        "add sp, #4\n"
        "pop {r1-r3}\n"
        "bx lr\n");

static long linux_call(int number, long a, long b, long c) {
  register long r0 __asm__("r0") = a, r1 __asm__("r1") = b, r2 __asm__("r2") = c;
  register int r7 __asm__("r7") = number;
  __asm__ volatile("svc #0" : "+r"(r0) : "r"(r1), "r"(r2), "r"(r7) : "memory");
  return r0;
}

static void leave(int status) {
  linux_call(1, status, 0, 0);
  for (;;)
    ;
}

static void say(const char *text) {
  linux_call(4, 1, (long)text, strlen(text));
}

static int *errno_word(void) {
  return *setup.impure;
}

static void *allocate(size_t size) {
  size_t *block = (size_t *)(heap + used);
  size = (size + 3) & ~3u;
  if (size == 0 || used + size + 12 > sizeof heap)
    return NULL;
  used += size + 12;
  block[2] = size;
  return block + 3;
}

/* Files in memory: enough for the tests of streams. */
#define FILES 8
#define APPEND 8
#define CREAT 0x200
#define TRUNC 0x400

static struct file {
  char name[24];
  unsigned size;
  char data[4096];
} files[FILES];
static struct {
  struct file *file;
  unsigned at;
  int append;
} open_files[FILES];

static struct file *find(const char *name) {
  for (int i = 0; i < FILES; i++)
    if (strcmp(files[i].name, name) == 0)
      return &files[i];
  return NULL;
}

static int fail(int error) {
  *errno_word() = error;
  return -1;
}

static int open_file(const char *name, int flags) {
  struct file *file = find(name);
  int fd = 0;
  if (!file) {
    if (!(flags & CREAT) || !(file = find("")))
      return fail(2);
    strcpy(file->name, name);
    file->size = 0;
  }
  if (flags & TRUNC)
    file->size = 0;
  while (open_files[fd].file)
    fd++;
  open_files[fd].file = file;
  open_files[fd].at = 0;
  open_files[fd].append = flags & APPEND;
  return fd + 3;
}

static int transfer(int fd, char *data, unsigned size, int writing) {
  struct file *file;
  unsigned *at;
  if (fd < 3 || !(file = open_files[fd - 3].file))
    return fail(9);
  at = &open_files[fd - 3].at;
  if (writing && open_files[fd - 3].append)
    *at = file->size;
  if (!writing && *at + size > file->size)
    size = *at > file->size ? 0 : file->size - *at;
  if (writing)
    memcpy(file->data + *at, data, size);
  else
    memcpy(data, file->data + *at, size);
  *at += size;
  if (*at > file->size)
    file->size = *at;
  return size;
}

static int seek(int fd, int offset, int whence) {
  if (fd < 3)
    return fail(29);
  unsigned *at = &open_files[fd - 3].at;
  *at = offset + (whence == 0 ? 0 : whence == 1 ? *at : open_files[fd - 3].file->size);
  return *at;
}

static int is(const char *a, const char *b) {
  return strcmp(a, b) == 0;
}

static void *module_of(char *address) {
  return !address || (address >= setup.module && address < setup.module_end) ? setup.module : NULL;
}

long long dispatch(int number, unsigned *a) {
  const char *name = setup.names[number];
  void *memory;
  if (is(name, "write") && a[0] > 2)
    return transfer(a[0], (char *)a[1], a[2], 1);
  if (is(name, "read") && a[0] > 2)
    return transfer(a[0], (char *)a[1], a[2], 0);
  if (is(name, "open"))
    return open_file((char *)a[0], a[1]);
  if (is(name, "lseek"))
    return seek(a[0], a[1], a[2]);
  if (is(name, "close") && a[0] > 2) {
    open_files[a[0] - 3].file = NULL;
    return 0;
  }
  if (is(name, "rename") || is(name, "unlink")) {
    struct file *file = find((char *)a[0]);
    if (!file)
      return fail(2);
    strcpy(file->name, is(name, "rename") ? (char *)a[1] : "");
    return 0;
  }
  if (is(name, "write")) {
    if (setup.brackets)
      say("{");
    linux_call(4, 1, a[1], a[2]);
    if (setup.brackets)
      say("}");
    return a[2];
  }
  if (is(name, "rt_malloc"))
    return (unsigned)allocate(a[0]);
  if (is(name, "rt_calloc")) {
    memory = allocate(a[0] * a[1]);
    return (unsigned)(memory ? memset(memory, 0, a[0] * a[1]) : NULL);
  }
  if (is(name, "rt_realloc")) {
    memory = allocate(a[1]);
    if (memory && a[0]) {
      size_t old = ((size_t *)a[0])[-1];
      memcpy(memory, (void *)a[0], old < a[1] ? old : a[1]);
    }
    return (unsigned)memory;
  }
  if (is(name, "rt_free") || is(name, "_rtt_wake"))
    return 0;
  if (is(name, "_rtt_module_of"))
    return (unsigned)module_of((char *)a[0]);
  if (is(name, "_rtt_find_exidx")) {
    if (!module_of((char *)a[0]) || !setup.exidx_count)
      return 0;
    *(int *)a[1] = setup.exidx_count;
    return (unsigned)setup.exidx;
  }
  if (is(name, "_rtt_exit"))
    leave(a[0]);
  if (is(name, "_rtt_abort"))
    leave(134);
  if (is(name, "isatty"))
    return 1;
  if (is(name, "read") || is(name, "close") || is(name, "clock") || is(name, "getpid") ||
      is(name, "fstat") || is(name, "_rtt_keep_floats") || is(name, "_rtt_return_floats"))
    return 0;
  say("kernel: no ");
  say(name);
  say("\n");
  leave(99);
  return -1;
}

void _start(void) {
  static int thread;
  int status;
  *setup.current = &thread;
  status = setup.main();
  setup.run_exit(setup.module);
  leave(status);
}
