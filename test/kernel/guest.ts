import { createCpu } from "../../src/cpu/mod.ts";
import { createKernel, type ExportRow, type Kernel, SYSTEM_AREA } from "../../src/kernel/mod.ts";
import { GuestMemory } from "../../src/memory/mod.ts";

/** Where the stubs of exported functions go: `movw ip, #n; svc #0; bx lr` each. */
const STUBS = 0x60010000;
const CODE = 0x60020000;

export interface GuestBench {
  readonly kernel: Kernel;
  readonly memory: GuestMemory;
  text(): string;
  /** Address of the stub of an exported function. */
  stub(name: string): number;
  /** Places A32 words and returns their address. */
  code(...words: number[]): number;
  /** A started thread of guest code; with a module when `module` is not 0. */
  thread(
    name: string,
    entry: number,
    options?: { parameter?: number; stack?: number; priority?: number; module?: number },
  ): number;
}

/** A kernel on the real core, with stubs but without firmware. */
export function guestBench(
  options: { compat404?: boolean; rows?: readonly ExportRow<Kernel>[] } = {},
): GuestBench {
  const memory = new GuestMemory({ base: 0x60000000, size: 0x800000 + SYSTEM_AREA });
  let text = "";
  const kernel = createKernel(memory, createCpu(memory), undefined, {
    compat404: options.compat404 ?? false,
    seed: 1,
    output: (bytes) => (text += String.fromCharCode(...bytes)),
  });
  kernel.register({ rows: options.rows ?? [], context: kernel });
  const names: string[] = [];
  kernel.bind((number) => names[number]);
  let next = CODE;
  kernel.boot(function* () {});
  return {
    kernel,
    memory,
    text: () => text.replaceAll("\r", ""),
    stub(name) {
      let n = names.indexOf(name);
      if (n < 0) n = names.push(name) - 1;
      const at = STUBS + 12 * n;
      // movw ip, #n; svc #0; bx lr
      [0xe300c000 | ((n >> 12) << 16) | (n & 0xfff), 0xef000000, 0xe12fff1e].forEach((word, i) =>
        memory.st32(at + 4 * i, word),
      );
      return at;
    },
    code(...words) {
      const at = next;
      words.forEach((word, n) => memory.st32(at + 4 * n, word));
      next += 4 * words.length;
      return at;
    },
    thread(name, entry, { parameter = 0, stack = 2048, priority = 31, module = 0 } = {}) {
      const thread = kernel.threads.create(name, entry, parameter, stack, priority, 10);
      if (module !== 0) memory.st32(thread + 12, module);
      kernel.threads.startup(thread);
      return thread;
    },
  };
}
