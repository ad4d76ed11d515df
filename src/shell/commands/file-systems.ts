import { ObjectClass } from "../../kernel/types.ts";
import { Errno, VfsError } from "../../vfs/mod.ts";
import type { CommandContext } from "../types.ts";
import { succeeds, tryVfs } from "./paths.ts";

/** LOG_E of DFS with RT_DEBUG_COLOR. */
const dfsError = (text: string): string => `\x1b[31m[E/DFS] ${text}\x1b[0m\n`;

export function mkfs(context: CommandContext, argv: readonly string[]): number {
  const { diagnostics } = context;
  const { console } = context.kernel;
  let result: number;
  if (argv.length === 2) {
    result = makeFileSystem(context, "elm", argv[1]);
  } else if (argv.length === 4) {
    if (argv[1] !== "-t") {
      diagnostics?.(`mkfs: '${argv[1]}' is no option: mkfs [-t type] device`);
      return -1;
    }
    result = makeFileSystem(context, argv[2], argv[3]);
  } else {
    console.print("Usage: mkfs [-t type] device\n");
    return -1;
  }
  if (result !== 0) console.print(`mkfs failed, result=${result}\n`);
  return result;
}

function makeFileSystem(context: CommandContext, type: string, device: string): number {
  const { kernel, vfs } = context;
  if (kernel.objects.find(device, ObjectClass.Device) === 0) {
    kernel.console.print(dfsError(`Device (${device}) was not found`));
    return -1;
  }
  if (!vfs.formattable.includes(type)) {
    kernel.console.print(dfsError(`File system (${type}) was not found.`));
    return -1;
  }
  try {
    vfs.mkfs(type, device);
    return 0;
  } catch (error) {
    if (!(error instanceof VfsError)) throw error;
    const result = -error.errno;
    kernel.console.print(`format error, result=${result}\n`);
    return result;
  }
}

export function mount(context: CommandContext, argv: readonly string[]): number {
  const { kernel, vfs } = context;
  const { console } = kernel;
  if (argv.length === 1) {
    console.print("filesystem  device  mountpoint\n----------  ------  ----------\n");
    for (const { fs, device, path } of vfs.mounts())
      console.printf("%-10s  %-6s  %-s\n", fs, device ?? "(NULL)", path);
    return 0;
  }
  if (argv.length !== 4) {
    console.print("Usage: mount <device> <mountpoint> <fstype>.\n");
    return -1;
  }
  const [, device, path, type] = argv;
  console.print(`mount device ${device}(${type}) onto ${path} ... `);
  try {
    vfs.mount(device, path, type);
    console.print("succeed!\n");
    return 0;
  } catch (error) {
    if (!(error instanceof VfsError)) throw error;
    if (error.errno === Errno.ENOSPC)
      console.print(dfsError(`There is no space to mount this file system (${type}).`));
    console.print("failed!\n");
    return -1;
  }
}

export function umount({ kernel, vfs }: CommandContext, argv: readonly string[]): number {
  if (argv.length !== 2) {
    kernel.console.print("Usage: unmount <mountpoint>.\n");
    return -1;
  }
  kernel.console.print(`unmount ${argv[1]} ... `);
  const done = succeeds(() => vfs.unmount(argv[1]));
  kernel.console.print(done ? "succeed!\n" : "failed!\n");
  return done ? 0 : -1;
}

const UNITS = ["KB", "MB", "GB"] as const;

export function df({ kernel, vfs }: CommandContext, argv: readonly string[]): number {
  if (argv.length === 2 && (argv[1] === "-h" || argv[1] === "--help")) {
    kernel.console.print("df [path]\n");
    return 0;
  }
  const stat = tryVfs(() => vfs.statfs(argv.length === 2 ? argv[1] : "/"));
  if (!stat) {
    kernel.console.print("dfs_statfs failed.\n");
    return -1;
  }
  let size = Math.floor((stat.blockSize * stat.free) / 1024);
  let tenths = 0;
  let unit = 0;
  for (; unit < UNITS.length - 1 && size >= 1024; unit++) {
    tenths = Math.floor(((size % 1024) * 10) / 1024);
    size = Math.floor(size / 1024);
  }
  kernel.console.print(
    `disk free: ${size}.${tenths} ${UNITS[unit]} [ ${stat.free} block, ${stat.blockSize} bytes per block ]\n`,
  );
  return 0;
}

/** DFS_FD_MAGIC, which every open descriptor carries. */
const FD_MAGIC = 0xfdfd;

export function listFd({ kernel, vfs }: CommandContext): void {
  kernel.console.print("fd type    ref magic  path\n-- ------  --- ----- ------\n");
  for (const { fd, type, path } of vfs.openFiles())
    kernel.console.printf("%2d %-7.7s %3d %04x  %s\n", fd, type, 1, FD_MAGIC, path);
}
