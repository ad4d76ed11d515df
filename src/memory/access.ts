/**
 * Access rights are kept for every 64-byte granule of the 4 GiB guest address space, one byte each. A granule whose byte
 * lacks a right sends the access to the slow path, which decides: unmapped (a fault), read-only (a fault), translated code
 * (drop the translation, then store), a guard (a fault when the address is inside the guarded range).
 *
 * 64 bytes: small enough that the code, the data and the stack of a 1.4 KB module, which are neighbours on the guest heap,
 * rarely share a granule; large enough that the rights of 8 MiB take 128 KiB.
 */
export const GRANULE_SHIFT = 6;
export const GRANULE = 1 << GRANULE_SHIFT;

/** Loads may take the fast path. */
export const READ = 1;
/** Stores may take the fast path. */
export const WRITE = 2;
