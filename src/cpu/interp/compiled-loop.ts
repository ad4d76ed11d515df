import type { GuestMemory } from "../../memory/mod.ts";
import type { LoopState } from "./loop.ts";
import { LoopWord } from "./loop-layout.ts";

/**
 * The interpreter's loop as WebAssembly, which the build made of loop.ts: the host has machine code of that after a thousandth of a
 * second, and of the function in JavaScript after a tenth.
 */
export class CompiledLoop {
  private static module: WebAssembly.Module | undefined;
  private static readonly made = new WeakMap<WebAssembly.Memory, CompiledLoop>();

  /** Some machine of this process has had use for it. */
  static get isLoaded(): boolean {
    return CompiledLoop.module !== undefined;
  }
  /** The loop that works in a memory. */
  static in({ wasm, engine }: GuestMemory): CompiledLoop {
    let loop = CompiledLoop.made.get(wasm);
    if (loop) return loop;
    CompiledLoop.module ??= new WebAssembly.Module(loopCode());
    const { exports } = new WebAssembly.Instance(CompiledLoop.module, { e: { memory: wasm } });
    loop = new CompiledLoop(exports.loop as (ip: number) => number, engine);
    CompiledLoop.made.set(wasm, loop);
    return loop;
  }

  private constructor(
    private readonly enter: (ip: number) => number,
    private readonly words: Int32Array,
  ) {}

  /** As `loop`. There are no more units than fit into a word. */
  run(core: LoopState, ip: number): boolean {
    const { words } = this;
    words[LoopWord.Units] = core.units;
    words[LoopWord.Instructions] = 0;
    words[LoopWord.Instructions + 1] = 0;
    const needsHelp = this.enter(ip) !== 0;
    core.units = words[LoopWord.Units];
    core.stats.instructions +=
      (words[LoopWord.Instructions] >>> 0) + words[LoopWord.Instructions + 1] * 2 ** 32;
    if (needsHelp) {
      core.at = words[LoopWord.At];
      core.operand = words[LoopWord.Operand];
    }
    return needsHelp;
  }
}

function loopCode(): Uint8Array<ArrayBuffer> {
  const { LOOP_CODE } = require("./loop-code.ts") as typeof import("./loop-code.ts");
  return Uint8Array.fromBase64(LOOP_CODE);
}
