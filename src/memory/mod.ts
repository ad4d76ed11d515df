export { DEFAULT_RAM, memorySize, RAM_BASE, SYSTEM_AREA } from "./board-map.ts";
export { GuestMemory } from "./guest-memory.ts";
export {
  CODE_BASE,
  CODE_SIZE,
  ENGINE_BASE,
  ENGINE_SIZE,
  type MemoryMap,
  reserveMemory,
} from "./space.ts";
export { Garbage, garbage } from "./garbage.ts";
export { GuestFault, type AccessKind } from "./fault.ts";
export { IntMap } from "./int-map.ts";
export { GRANULE_SHIFT, READ, WRITE } from "./access.ts";
