import type { KernelApi } from "../kernel/types.ts";

const OBJECT_LIST = 24;
const LIST = 16;
const OBJECTS_MAX = 10000;

/** The objects in a module's list, newest first. */
export function* moduleObjects({ memory }: KernelApi, module: number): Generator<number> {
  const head = module + OBJECT_LIST;
  let node = memory.ldu32(head);
  for (let left = OBJECTS_MAX; node !== head && left > 0; left--) {
    if (!memory.contains(node, 8)) return;
    yield node - LIST;
    node = memory.ldu32(node);
  }
}
