import type { Vectors } from "./vectors.ts";

/** VLD1-VLD4, VST1-VST4 (ARM ARM A7.7), as the op of the IR has it in one number. */
export interface Structures {
  /** Elements of a structure. */
  readonly count: number;
  /** Distance of the registers of one structure. */
  readonly step: number;
  /** Registers for each element of a structure; VLD1 of several registers goes on in the next. */
  readonly registers: number;
  /** Log2 of the bytes of an element. */
  readonly z: number;
  readonly kind: (typeof Kind)[keyof typeof Kind];
  /** The element of one structure. */
  readonly lane: number;
  /** Log2 of what the address must be a multiple of. */
  readonly align: number;
}
/** All elements of the registers, one of each, or one element for all of each. */
export const Kind = { Multiple: 0, Lane: 1, All: 2 } as const;

export function pack(s: Structures): number {
  return (
    (s.count - 1) |
    ((s.step - 1) << 2) |
    ((s.registers - 1) << 3) |
    (s.z << 5) |
    (s.kind << 7) |
    (s.lane << 9) |
    (s.align << 13)
  );
}
export function unpack(i: number): Structures {
  return {
    count: (i & 3) + 1,
    step: ((i >> 2) & 1) + 1,
    registers: ((i >> 3) & 3) + 1,
    z: (i >> 5) & 3,
    kind: ((i >> 7) & 3) as Structures["kind"],
    lane: (i >> 9) & 15,
    align: (i >> 13) & 7,
  };
}

/** Bytes of memory that are accessed. */
export function sizeOf({ count, registers, z, kind }: Structures): number {
  return kind === Kind.Multiple ? 8 * count * registers : count << z;
}

/** Calls `move` with the byte of the register file and that of memory, counted from the address, of each element. */
export function elements(
  s: Structures,
  d: number,
  move: (register: number, memory: number) => void,
): void {
  const { count, step, registers, z, kind, lane } = s;
  const bytes = 1 << z;
  if (kind !== Kind.Multiple) {
    for (let k = 0; k < count; k++)
      for (let r = 0; r < (kind === Kind.All ? registers : 1); r++)
        for (let e = 0; e < (kind === Kind.All ? 8 >> z : 1); e++)
          move(8 * (d + k * step + r) + ((kind === Kind.All ? e : lane) << z), k * bytes);
    return;
  }
  let at = 0;
  for (let r = 0; r < registers; r++)
    for (let e = 0; e < 8 >> z; e++)
      for (let k = 0; k < count; k++, at += bytes) move(8 * (d + r + k * step) + e * bytes, at);
}

/** Copies elements from memory, or to it. */
export function transfer(
  v: Vectors,
  memory: Uint8Array,
  s: Structures,
  d: number,
  address: number,
  store: boolean,
): void {
  const file = v.file.unsigned[0];
  const bytes = 1 << s.z;
  if (s.count === 1 && s.kind === Kind.Multiple) {
    // One after the other in both.
    for (let k = 0; k < 8 * s.registers; k++) {
      if (store) memory[address + k] = file[8 * d + k];
      else file[8 * d + k] = memory[address + k];
    }
    return;
  }
  elements(s, d, (register, offset) => {
    for (let k = 0; k < bytes; k++) {
      if (store) memory[address + offset + k] = file[register + k];
      else file[register + k] = memory[address + offset + k];
    }
  });
}
