import { callNamed, type ExportRow, type Task } from "../call.ts";
import type { Kernel } from "../kernel.ts";
import { E } from "./errno.ts";
import type { Pthreads } from "./threads.ts";

/** PTHREAD_KEY_MAX. */
const KEY_MAX = 8;
/** PTHREAD_DESTRUCTOR_ITERATIONS of POSIX. */
const ITERATIONS = 4;

interface Key {
  readonly destructor: number;
  readonly module: number;
  /** Tells it from an earlier key of the same number. */
  readonly generation: number;
}

/** What a thread has stored, by key. */
export type Specific = Map<number, { generation: number; value: number }>;

/** Thread-specific data. Eight keys for the whole system; those of a module go with it. */
export class Keys {
  private readonly keys: (Key | undefined)[] = [];
  private generation = 0;

  constructor(private readonly k: Kernel) {}

  create(result: number, destructor: number): number {
    for (let key = 0; key < KEY_MAX; key++) {
      if (this.keys[key]) continue;
      this.k.memory.st32(result, key);
      // In 4.0.4 a new key starts with what threads stored under the old one.
      if (!this.k.options.compat404) this.generation++;
      const { generation } = this;
      this.keys[key] = { destructor, module: this.k.currentModule, generation };
      return 0;
    }
    return E.EAGAIN;
  }

  delete(key: number): number {
    if (key < 0 || key >= KEY_MAX) return E.EINVAL;
    this.keys[key] = undefined;
    return 0;
  }

  get(specific: Specific, key: number): number {
    const entry = specific.get(key);
    return entry !== undefined && entry.generation === this.keys[key]?.generation ? entry.value : 0;
  }

  set(specific: Specific, key: number, value: number): number {
    const found = this.keys[key];
    if (!found) return E.EINVAL;
    specific.set(key, { generation: found.generation, value });
    return 0;
  }

  /** Calls the destructors of a thread that ends; 4.0.4 does that once and leaves the values. */
  *destruct(specific: Specific): Task<void> {
    const once = this.k.options.compat404;
    for (let left = once ? 1 : ITERATIONS; left > 0; left--) {
      let called = false;
      for (let key = 0; key < KEY_MAX; key++) {
        const value = this.get(specific, key);
        const destructor = this.keys[key]?.destructor ?? 0;
        if (value === 0 || destructor === 0) continue;
        if (!once) specific.delete(key);
        called = true;
        yield* callNamed(`the destructor of pthread key ${key}`, destructor, value);
      }
      if (!called) return;
    }
  }

  forgetModule(module: number): void {
    for (let key = 0; key < KEY_MAX; key++)
      if (this.keys[key]?.module === module) this.keys[key] = undefined;
  }
}

const HEADER = "pthread.h";

export const keyRows: readonly ExportRow<Pthreads>[] = [
  {
    name: "pthread_key_create",
    proto: "int pthread_key_create(pthread_key_t *key, void (*destructor)(void *));",
    header: HEADER,
    call: ({ keys }, result, destructor) => keys.create(result, destructor),
  },
  {
    name: "pthread_key_delete",
    proto: "int pthread_key_delete(pthread_key_t key);",
    header: HEADER,
    call: ({ keys }, key) => keys.delete(key),
  },
  {
    name: "pthread_getspecific",
    proto: "void *pthread_getspecific(pthread_key_t key);",
    header: HEADER,
    call: (c, key) => c.keys.get(c.self("pthread_getspecific").specific, key),
  },
  {
    name: "pthread_setspecific",
    proto: "int pthread_setspecific(pthread_key_t key, const void *value);",
    header: HEADER,
    call: (c, key, value) => c.keys.set(c.self("pthread_setspecific").specific, key, value),
  },
];
