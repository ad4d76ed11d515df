export { DEFAULT_RAM, memorySize, RAM_BASE, SYSTEM_AREA } from "./board-map.ts";
export {
  ENGINE_BASE,
  ENGINE_SIZE,
  GuestMemory,
  type MemoryMap,
  reserveMemory,
} from "./guest-memory.ts";
export { GuestFault, type AccessKind } from "./fault.ts";
export { IntMap } from "./int-map.ts";
export { GRANULE_SHIFT, READ, WRITE } from "./access.ts";
