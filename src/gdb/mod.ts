/** The debugger's side door: GDB's remote serial protocol, run control and what it looks at. No I/O. */
export { DebugCore } from "./debug-core.ts";
export { encodePacket, PacketReader, PACKET_MAX } from "./packet.ts";
export { Session } from "./session.ts";
export type { SystemParts } from "./system-parts.ts";
export { type SystemControl, SystemTarget } from "./system-target.ts";
export {
  type Inserted,
  Leave,
  type Resume,
  Signal,
  type Stop,
  type Target,
  type ThreadEntry,
} from "./types.ts";
