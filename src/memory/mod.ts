export { ENGINE_BASE, ENGINE_SIZE, GuestMemory, type MemoryMap } from "./guest-memory.ts";
export { GuestFault, type AccessKind } from "./fault.ts";
export { GRANULE_SHIFT, READ, WRITE } from "./access.ts";
