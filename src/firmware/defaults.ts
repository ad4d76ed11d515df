import { type ElfImage, PT } from "../elf/mod.ts";
import type { GuestMemory } from "../memory/mod.ts";

/** State of the whole process in a C library made for one program: on the board each program after the first would inherit it. */
const PER_PROGRAM = new Set([
  // getopt
  "optarg",
  "optind",
  "opterr",
  "optopt",
  "optwhere",
  "permute_from",
  "num_nonopts",
  "suboptarg",
  // libsupc++ says "terminate called recursively" when it is set
  "_ZZN9__gnu_cxx27__verbose_terminate_handlerEvE11terminating",
]);

/** Functions that a program may have set: std::set_terminate, set_unexpected, set_new_handler. */
const CALLBACKS = new Set([
  "_ZN10__cxxabiv119__terminate_handlerE",
  "_ZN10__cxxabiv120__unexpected_handlerE",
  "_ZN12_GLOBAL__N_113__new_handlerE",
]);

interface Variable {
  readonly address: number;
  readonly initial: Uint8Array;
}

/** Gives variables of the library the value they have in the image. */
export class Defaults {
  private readonly perProgram: Variable[] = [];
  private readonly callbacks: Variable[] = [];

  constructor(
    private readonly memory: GuestMemory,
    image: ElfImage,
  ) {
    const symbols = image.staticSymbols();
    for (let i = 1; i < (symbols?.count ?? 0); i++) {
      if (!symbols?.defined(i)) continue;
      const name = symbols.name(i);
      const list = PER_PROGRAM.has(name)
        ? this.perProgram
        : CALLBACKS.has(name)
          ? this.callbacks
          : undefined;
      list?.push({
        address: symbols.value(i),
        initial: initialBytes(image, symbols.value(i), Math.min(symbols.size(i), 4)),
      });
    }
  }

  /** After a program: its own state, and callbacks that `owns` says are part of it. */
  restore(owns: (address: number) => boolean): void {
    const { memory } = this;
    for (const { address, initial } of this.perProgram) memory.write(address, initial);
    for (const { address, initial } of this.callbacks)
      if (owns(memory.ldu32(address))) memory.write(address, initial);
  }
}

function initialBytes(image: ElfImage, address: number, size: number): Uint8Array {
  const bytes = new Uint8Array(size);
  for (const segment of image.segments) {
    const offset = address - segment.vaddr;
    if (segment.type !== PT.LOAD || offset < 0 || offset >= segment.filesz) continue;
    bytes.set(image.contents(segment).subarray(offset, offset + size));
  }
  return bytes;
}
