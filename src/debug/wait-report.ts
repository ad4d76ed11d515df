import type { KernelApi } from "../kernel/types.ts";
import { collectWaits, waiting } from "./waits.ts";

const SUSPENDED = 2;
/** System threads that always wait. */
const SYSTEM = new Set(["tidle0", "timer", "mmcsd_de", "sys_work", "main"]);

/** Which thread waits for what, one line each; system threads that always wait are left out. */
export function waitReport(kernel: KernelApi): string {
  const { threads, reasons } = collectWaits(kernel);
  const lines: string[] = [];
  for (const thread of threads) {
    const { name, state, priority } = kernel.threads.describe(thread);
    if (state !== SUSPENDED || (SYSTEM.has(name) && !reasons.has(thread))) continue;
    lines.push(
      `thread ${name} (priority ${priority}) ${waiting(kernel, thread, reasons.get(thread))}`,
    );
  }
  return lines.join("\n");
}
