/*
 * Exit handlers belong to a module: the one that registered them, or that contains them. They run when that module ends, not
 * when the system does.
 */
#include "rtt.h"
#include <signal.h>
#include <stdlib.h>
#include <sys/lock.h>
#include <unistd.h>

#define OWN_HANDLERS 64
#define CHUNK 32

enum kind { PLAIN, WITH_STATUS, WITH_ARGUMENT, QUICK };

struct handler {
  struct handler *next;
  void *module;
  enum kind kind;
  void *dso;
  union {
    void (*plain)(void);
    void (*with_status)(int, void *);
    void (*with_argument)(void *);
  } call;
  void *argument;
};

extern struct __lock __lock___atexit_recursive_mutex;

struct handler *_rtt_handlers; /* newest first; read by the kernel */
static struct handler own[OWN_HANDLERS];
static int own_used;
struct handler *_rtt_free_handlers;

static void lock(void) {
  __retarget_lock_acquire_recursive(&__lock___atexit_recursive_mutex);
}
static void unlock(void) {
  __retarget_lock_release_recursive(&__lock___atexit_recursive_mutex);
}

static struct handler *unused(void) {
  struct handler *handler = _rtt_free_handlers;
  if (!handler && own_used < OWN_HANDLERS)
    return &own[own_used++];
  if (!handler) {
    struct handler *chunk = malloc(CHUNK * sizeof *chunk);
    for (int i = 0; chunk && i < CHUNK; i++, chunk++) {
      chunk->next = _rtt_free_handlers;
      _rtt_free_handlers = chunk;
    }
    handler = _rtt_free_handlers;
  }
  if (handler)
    _rtt_free_handlers = handler->next;
  return handler;
}

static int add(enum kind kind, void *function, void *argument, void *dso) {
  struct handler *handler;
  void *module = dso ? _rtt_module_of(dso) : NULL;
  if (!module)
    module = _rtt_module_of(function);
  if (!module)
    module = _rtt_module_of(NULL);
  lock();
  handler = unused();
  if (handler) {
    handler->module = module;
    handler->kind = kind;
    handler->dso = dso;
    handler->call.plain = (void (*)(void))function;
    handler->argument = argument;
    handler->next = _rtt_handlers;
    _rtt_handlers = handler;
  }
  unlock();
  return handler ? 0 : -1;
}

/* Unlinks the newest handler of the module (and of the dso, unless NULL) into *found. A handler may add further ones. */
static int next(void *module, void *dso, int quick, struct handler *found) {
  struct handler **link, *handler;
  lock();
  for (link = &_rtt_handlers; (handler = *link) != NULL; link = &handler->next)
    if (handler->module == module && (!dso || handler->dso == dso) && (handler->kind == QUICK) == quick)
      break;
  if (handler) {
    *link = handler->next;
    *found = *handler;
    handler->next = _rtt_free_handlers;
    _rtt_free_handlers = handler;
  }
  unlock();
  return handler != NULL;
}

static void run(void *module, void *dso, int quick, int status) {
  struct handler handler;
  while (next(module, dso, quick, &handler)) {
    if (handler.kind == WITH_STATUS)
      handler.call.with_status(status, handler.argument);
    else if (handler.kind == WITH_ARGUMENT)
      handler.call.with_argument(handler.argument);
    else
      handler.call.plain();
  }
}

int atexit(void (*function)(void)) {
  return add(PLAIN, (void *)function, NULL, NULL);
}
int at_quick_exit(void (*function)(void)) {
  return add(QUICK, (void *)function, NULL, NULL);
}
int on_exit(void (*function)(int, void *), void *argument) {
  return add(WITH_STATUS, (void *)function, argument, NULL);
}
int __cxa_atexit(void (*function)(void *), void *argument, void *dso) {
  return add(WITH_ARGUMENT, (void *)function, argument, dso);
}
int __aeabi_atexit(void *argument, void (*function)(void *), void *dso) {
  return add(WITH_ARGUMENT, (void *)function, argument, dso);
}
/* There is no thread-local storage, so that such an object lives as long as its module. */
int __cxa_thread_atexit(void (*function)(void *), void *argument, void *dso) {
  return add(WITH_ARGUMENT, (void *)function, argument, dso);
}

void __cxa_finalize(void *dso) {
  void *module = _rtt_module_of(dso);
  run(module, dso, 0, 0);
}

/* Called by the kernel when the module's main returned or its library is closed. */
void _rtt_run_exit(void *module) {
  run(module, NULL, 0, 0);
  rtt_settle_streams(module);
}

void exit(int status) {
  void *module = _rtt_module_of(NULL);
  run(module, NULL, 0, status);
  rtt_settle_streams(module);
  _rtt_exit(status, 1);
}

void quick_exit(int status) {
  run(_rtt_module_of(NULL), NULL, 1, status);
  _rtt_exit(status, 0);
}

void _exit(int status) {
  _rtt_exit(status, 0);
}
void _Exit(int status) {
  _rtt_exit(status, 0);
}

void abort(void) {
  raise(SIGABRT);
  _rtt_abort();
}
