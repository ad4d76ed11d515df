import type { ExportRow, Task } from "../kernel/call.ts";
import type { Shell } from "./shell.ts";

const RT_ENOMEM = 5;

/** Runs a copy of the command in the calling thread, as msh.c does. */
function* system(shell: Shell, command: number): Task<number> {
  // Whether there is a command processor (C11 7.22.4.8).
  if (command === 0) return 1;
  const { heap, memory } = shell.kernel;
  const line = memory.cstring(command);
  const copy = heap.alloc(line.length + 1);
  if (copy === 0) return -RT_ENOMEM;
  const { result } = yield* shell.system(line);
  heap.free(copy);
  return result;
}

/** Functions the shell exports to modules. */
export const SHELL_ROWS: readonly ExportRow<Shell>[] = [
  {
    name: "system",
    proto: "int system(const char *command);",
    header: "stdlib.h",
    call: system,
  },
];
