import type { ExportRow } from "../call.ts";
import { E } from "./errno.ts";
import { PROCESS_PRIVATE } from "./layout.ts";
import type { Pthreads } from "./threads.ts";

/** Attribute objects of one word, which says who shares the object: nobody does but the threads of the one process. */

const HEADER = "pthread.h";

/** `type` is that of the attributes without `_t`: pthread_rwlockattr. */
export const attrInit = (type: string): ExportRow<Pthreads> => ({
  name: `${type}_init`,
  proto: `int ${type}_init(${type}_t *attr);`,
  header: HEADER,
  call: ({ k }, attr) => {
    if (attr === 0) return E.EINVAL;
    k.memory.st32(attr, PROCESS_PRIVATE);
    return 0;
  },
});

export const attrDestroy = (type: string): ExportRow<Pthreads> => ({
  name: `${type}_destroy`,
  proto: `int ${type}_destroy(${type}_t *attr);`,
  header: HEADER,
  call: (_, attr) => (attr === 0 ? E.EINVAL : 0),
});

export const attrShared = (type: string): ExportRow<Pthreads> => ({
  name: `${type}_getpshared`,
  proto: `int ${type}_getpshared(const ${type}_t *attr, int *pshared);`,
  header: HEADER,
  call: ({ k }, attr, result) => {
    if (attr === 0 || result === 0) return E.EINVAL;
    k.memory.st32(result, PROCESS_PRIVATE);
    return 0;
  },
});
