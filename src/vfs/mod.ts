/** DFS: mounts, paths, descriptors, devfs and elm. */
export { Vfs, type VfsOptions } from "./vfs.ts";
export type { FileSystem } from "./file-system.ts";
export type { HostFolder, HostInfo, HostReader } from "./host-fs.ts";
export { Errno, Mode, OpenFlag, Seek } from "./constants.ts";
export { normalizePath, subdirectory } from "./path.ts";
export {
  type DeviceNode,
  type DirEntry,
  type OpenFile,
  type Stat,
  type StatFs,
  type VfsApi,
  VfsError,
} from "./types.ts";
