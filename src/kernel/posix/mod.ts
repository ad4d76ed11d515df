/** The POSIX file interface of DFS (dfs_posix.h) as exported functions, and what they need of devices. */
export type { DeviceIo, PosixContext } from "./context.ts";
export { cardDriver, deviceIo } from "./devices.ts";
export { waiting } from "./waiting.ts";
export { posixRows } from "./rows.ts";
