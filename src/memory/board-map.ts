/** First address of the guest's RAM. */
export const RAM_BASE = 0x60000000;

/** RAM of the reference board up to the end of the heap, in bytes. */
export const DEFAULT_RAM = 0x800000;

/**
 * Behind it lies what is not the module's: kernel lists, return traps, the interrupt stack, the C library's per-thread structures.
 * On the default board it begins at 0x60800000.
 */
export const SYSTEM_AREA = 0x100000;

/** Addresses stay below 0x80000000, so that they are positive numbers however a word is read. */
const MAX_MEMORY = 0x20000000;

/** Bytes of guest memory of a board with so much RAM, the system area included: the largest board has that inside of its RAM. */
export function memorySize(ram = DEFAULT_RAM): number {
  return Math.min(ram + SYSTEM_AREA, MAX_MEMORY);
}
