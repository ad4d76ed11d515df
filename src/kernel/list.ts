import type { GuestMemory } from "../memory/mod.ts";

/**
 * rt_list_t: doubly linked rings of two pointers {next, prev} in guest memory. Modules compile the inline functions of rtservice.h
 * into themselves, so these links are real.
 */

/** More nodes than a ring in 8 MiB of objects can have; a longer walk means that a module broke the links. */
const LIST_LIMIT = 0x40000;

export class BrokenList extends Error {}

export function listInit(m: GuestMemory, node: number): void {
  m.st32(node, node);
  m.st32(node + 4, node);
}

export function listNext(m: GuestMemory, node: number): number {
  return m.ldu32(node);
}

export function listIsEmpty(m: GuestMemory, head: number): boolean {
  return m.ldu32(head) === head;
}

export function listInsertAfter(m: GuestMemory, list: number, node: number): void {
  const next = m.ldu32(list);
  m.st32(next + 4, node);
  m.st32(node, next);
  m.st32(list, node);
  m.st32(node + 4, list);
}

export function listInsertBefore(m: GuestMemory, list: number, node: number): void {
  const prev = m.ldu32(list + 4);
  m.st32(prev, node);
  m.st32(node + 4, prev);
  m.st32(list + 4, node);
  m.st32(node, list);
}

/** Unlinks the node and makes it a ring of its own; false: it was one, as the running thread's is whenever it comes to wait. */
export function listRemove(m: GuestMemory, node: number): boolean {
  const next = m.ldu32(node);
  const prev = m.ldu32(node + 4);
  if (next === node && prev === node) return false;
  m.st32(next + 4, prev);
  m.st32(prev, next);
  listInit(m, node);
  return true;
}

/** The same for a node that goes onto another list next. */
export function listUnlink(m: GuestMemory, node: number): void {
  const next = m.ldu32(node);
  const prev = m.ldu32(node + 4);
  m.st32(next + 4, prev);
  m.st32(prev, next);
}

/**
 * For loops that empty a ring: the first node was unlinked and has to be gone. It is still there when its links do not lead back to the
 * head, and the loop would never end.
 */
export function listHasLost(m: GuestMemory, head: number, node: number): void {
  if (m.ldu32(head) === node)
    throw new BrokenList(`the list at 0x${head.toString(16)} does not let go of its first entry`);
}

/** The structs on a ring whose list member is at `offset`, in order. The current one may be removed during the walk. */
export function* listEach(m: GuestMemory, head: number, offset: number): Generator<number> {
  let left = LIST_LIMIT;
  for (let node = m.ldu32(head); node !== head;) {
    if (left-- === 0) throw new BrokenList(`the list at 0x${head.toString(16)} has no end`);
    const next = m.ldu32(node);
    yield node - offset;
    node = next;
  }
}
