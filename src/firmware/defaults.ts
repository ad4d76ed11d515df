import { type ElfImage, PT } from "../elf/mod.ts";
import type { GuestMemory } from "../memory/mod.ts";

/** State of the whole process in a C library made for one program: on the board each program after the first would inherit it. */
const PER_PROGRAM = [
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
];

/** Functions that a program may have set: std::set_terminate, set_unexpected, set_new_handler. */
const CALLBACKS = [
  "_ZN10__cxxabiv119__terminate_handlerE",
  "_ZN10__cxxabiv120__unexpected_handlerE",
  "_ZN12_GLOBAL__N_113__new_handlerE",
];

interface Variable {
  readonly address: number;
  readonly initial: Uint8Array;
}

/** Gives variables of the library the value they have in the image. */
export class Defaults {
  private readonly perProgram: readonly Variable[];
  private readonly callbacks: readonly Variable[];

  constructor(
    private readonly memory: GuestMemory,
    image: ElfImage,
  ) {
    this.perProgram = variables(image, PER_PROGRAM);
    this.callbacks = variables(image, CALLBACKS);
  }

  /** After a program: its own state, and callbacks that `owns` says are part of it. */
  restore(owns: (address: number) => boolean): void {
    const { memory } = this;
    for (const { address, initial } of this.perProgram) memory.write(address, initial);
    for (const { address, initial } of this.callbacks)
      if (owns(memory.ldu32(address))) memory.write(address, initial);
  }
}

function variables(image: ElfImage, names: readonly string[]): Variable[] {
  const symbols = image.staticSymbols();
  if (!symbols) return [];
  return symbols
    .named(names)
    .filter(({ index }) => symbols.defined(index))
    .map(({ index }) => {
      const address = symbols.value(index);
      return { address, initial: initialBytes(image, address, Math.min(symbols.size(index), 4)) };
    });
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
