import type { Loader } from "../dlmodule/mod.ts";
import type { ExportGroup, Kernel } from "../kernel/mod.ts";
import { deviceIo, waiting } from "../kernel/posix/mod.ts";
import type { SerialPort } from "../serial/mod.ts";
import type { Shell } from "../shell/mod.ts";
import type { Vfs } from "../vfs/mod.ts";

/** What the names of a folder's functions are like; it has none that are not. The kernel may have any. */
export const NAMES = {
  posix: /^(?!rt_|_)/,
  pthread:
    /^(_?pthread_|sem_|mq_|sched_|timer_|sig|rt_signal_|(rt_thread_kill|_rtt_raise|alarm|pause)$)/,
  dlmodule:
    /^(dl|__emutls_|(list_(module|symbols)|rt_module_self|_rtt_(exit|abort|module_of|find_exidx))$)/,
  shell: /^system$/,
  ymodem: /^rym_/,
} as const;

export interface ExportParts {
  readonly kernel: Kernel;
  readonly vfs: Vfs;
  readonly loader: Loader;
  readonly shell: Shell;
  readonly port: (device: number) => SerialPort | undefined;
  /** write() sent bytes to the console. */
  readonly consoleWritten: (address: number) => void;
}

/** Gives the kernel the functions of the other folders. Their code is loaded when a program calls one: many call none, most few. */
export function registerExports(parts: ExportParts): void {
  const { kernel, vfs, loader, shell, port, consoleWritten } = parts;
  const later = <C>(names: RegExp, load: () => ExportGroup<C>): void => {
    let group: ExportGroup<C> | undefined;
    kernel.registerLater({ names, load: () => (group ??= load()) });
  };
  later(NAMES.dlmodule, () => {
    const { dlmoduleRows } =
      require("../dlmodule/exports.ts") as typeof import("../dlmodule/exports.ts");
    return { rows: dlmoduleRows, context: loader };
  });
  later(NAMES.posix, () => {
    const { posixRows } =
      require("../kernel/posix/rows.ts") as typeof import("../kernel/posix/rows.ts");
    const devices = deviceIo(kernel);
    return {
      rows: posixRows,
      context: { kernel, vfs, devices, waiting: waiting(kernel), consoleWritten },
    };
  });
  later(NAMES.pthread, () => {
    const { Pthreads, pthreadRows } =
      require("../kernel/pthread/mod.ts") as typeof import("../kernel/pthread/mod.ts");
    const pthreads = new Pthreads(kernel);
    loader.onEnd(({ address }) => pthreads.forgetModule(address));
    return { rows: pthreadRows, context: pthreads };
  });
  later(NAMES.shell, () => {
    const { SHELL_ROWS } = require("../shell/exports.ts") as typeof import("../shell/exports.ts");
    return { rows: SHELL_ROWS, context: shell };
  });
  later(NAMES.ymodem, () => {
    const { YMODEM_ROWS } =
      require("../serial/ymodem/rows.ts") as typeof import("../serial/ymodem/rows.ts");
    return { rows: YMODEM_ROWS, context: { kernel, port } };
  });
}
