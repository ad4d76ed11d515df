import type { Kernel } from "../../kernel/mod.ts";
import type { KernelApi } from "../../kernel/types.ts";
import { GuestFault } from "../../memory/mod.ts";
import { toBytes } from "../keys.ts";
import { FinshError } from "./lexer.ts";
import type { CType, Variable } from "./types.ts";

/** FINSH_VARIABLE_MAX of 4.0.4, and how many there are without its limits. */
const VARIABLES = { board: 8, ours: 64 } as const;
/** Texts share so much, the newest in place of the oldest, so that a pointer to one stays good for some lines. */
const TEXT_BYTES = 8192;

/** Guest memory of the C mode: its variables and texts, outside the heap. None is taken before the first of them. */
export class Storage {
  private readonly variables = new Map<string, Variable>();
  private readonly most: number;
  private base = 0;
  private texts = 0;
  private at = 0;

  constructor(private readonly kernel: KernelApi) {
    this.most = kernel.options.compat404 ? VARIABLES.board : VARIABLES.ours;
  }

  find(name: string): Variable | undefined {
    return this.variables.get(name);
  }

  declare(name: string, type: CType): Variable {
    if (this.variables.has(name) || this.variables.size === this.most)
      throw new FinshError("Variable exist");
    this.base ||= this.take(4 * this.most);
    const variable = { address: this.base + 4 * this.variables.size, type };
    this.variables.set(name, variable);
    return variable;
  }

  load({ address, type: { size, signed } }: Variable): number {
    const { memory } = this.kernel;
    return guarded(address, () => {
      if (size === 4) return memory.ldu32(address) | 0;
      const raw = size === 2 ? memory.ld16(address) : memory.ld8(address);
      const bits = 32 - 8 * size;
      return signed ? (raw << bits) >> bits : raw;
    });
  }

  store({ address, type: { size } }: Variable, value: number): void {
    const { memory } = this.kernel;
    guarded(address, () => {
      if (size === 4) memory.st32(address, value);
      else if (size === 2) memory.st16(address, value & 0xffff);
      else memory.st8(address, value & 0xff);
    });
  }

  private take(bytes: number): number {
    try {
      return (this.kernel as Kernel).systemAlloc(bytes);
    } catch {
      throw new FinshError("Memory full");
    }
  }

  /** The address of a copy of the text. */
  text(text: string): number {
    this.texts ||= this.take(TEXT_BYTES);
    const bytes = toBytes(`${text}\0`);
    if (this.at + bytes.length > TEXT_BYTES) this.at = 0;
    const address = this.texts + this.at;
    this.kernel.memory.write(address, bytes);
    this.at += bytes.length;
    return address | 0;
  }
}

/** The board would be dead after such an access. */
function guarded<T>(address: number, access: () => T): T {
  try {
    return access();
  } catch (error) {
    if (!(error instanceof GuestFault)) throw error;
    throw new FinshError(`Bad address 0x${(address >>> 0).toString(16).padStart(8, "0")}`);
  }
}
