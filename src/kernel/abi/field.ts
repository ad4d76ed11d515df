import type { GuestMemory } from "../../memory/mod.ts";
import { NAME_MAX } from "./constants.ts";

export type Width = "u8" | "u16" | "u32" | "i32" | "ptr" | "name" | "list" | "part";
export type Fields = Record<string, readonly [offset: number, width: Width]>;

/** A number in guest memory at a fixed offset of its struct. */
export interface NumberField {
  readonly offset: number;
  get(memory: GuestMemory, struct: number): number;
  set(memory: GuestMemory, struct: number, value: number): void;
}

/** A name of at most NAME_MAX characters, padded with NUL and not terminated when it fills the field. */
export interface NameField {
  readonly offset: number;
  get(memory: GuestMemory, struct: number): string;
  set(memory: GuestMemory, struct: number, value: string): void;
}

/** A nested struct or list node: only its address is of use. */
export interface PlaceField {
  readonly offset: number;
  at(struct: number): number;
}

class U8 implements NumberField {
  constructor(readonly offset: number) {}
  get(memory: GuestMemory, struct: number): number {
    return memory.ld8(struct + this.offset);
  }
  set(memory: GuestMemory, struct: number, value: number): void {
    memory.st8(struct + this.offset, value);
  }
}

class U16 implements NumberField {
  constructor(readonly offset: number) {}
  get(memory: GuestMemory, struct: number): number {
    return memory.ld16(struct + this.offset);
  }
  set(memory: GuestMemory, struct: number, value: number): void {
    memory.st16(struct + this.offset, value);
  }
}

class U32 implements NumberField {
  constructor(readonly offset: number) {}
  get(memory: GuestMemory, struct: number): number {
    return memory.ldu32(struct + this.offset);
  }
  set(memory: GuestMemory, struct: number, value: number): void {
    memory.st32(struct + this.offset, value);
  }
}

class I32 extends U32 {
  override get(memory: GuestMemory, struct: number): number {
    return memory.ld32(struct + this.offset);
  }
}

class Name implements NameField {
  constructor(readonly offset: number) {}
  get(memory: GuestMemory, struct: number): string {
    return memory.cstring(struct + this.offset, NAME_MAX);
  }
  set(memory: GuestMemory, struct: number, value: string): void {
    // 5.x always terminates a name.
    const length = Math.min(value.length, memory.layout === 0 ? NAME_MAX : NAME_MAX - 1);
    for (let i = 0; i < NAME_MAX; i++)
      memory.st8(struct + this.offset + i, i < length ? value.charCodeAt(i) : 0);
  }
}

class Place implements PlaceField {
  constructor(readonly offset: number) {}
  at(struct: number): number {
    return struct + this.offset;
  }
}

type Accessor<W extends Width> = W extends "name"
  ? NameField
  : W extends "list" | "part"
    ? PlaceField
    : NumberField;

export type Struct<F extends Fields> = { readonly size: number } & {
  readonly [K in keyof Omit<F, "size">]: Accessor<F[K][1]>;
} & (F extends { size: readonly [number, infer W extends Width] }
    ? { readonly sizeField: Accessor<W> }
    : unknown);

function accessor(offset: number, width: Width): NumberField | NameField | PlaceField {
  switch (width) {
    case "u8":
      return new U8(offset);
    case "u16":
      return new U16(offset);
    case "u32":
    case "ptr":
      return new U32(offset);
    case "i32":
      return new I32(offset);
    case "name":
      return new Name(offset);
    case "list":
    case "part":
      return new Place(offset);
  }
}

/** Accessors of one row of the layout table. A C member called `size` becomes `sizeField`; `size` is that of the struct. */
export function struct<const F extends Fields>(size: number, fields: F): Struct<F> {
  const made: Record<string, unknown> = { size };
  for (const [name, [offset, width]] of Object.entries(fields))
    made[name === "size" ? "sizeField" : name] = accessor(offset, width);
  return made as Struct<F>;
}

/** A place whose offset depends on the layout in use. */
export interface VaryingPlace {
  at(struct: number, memory: GuestMemory): number;
  offsetIn(memory: GuestMemory): number;
}

/** A number whose offset depends on the layout in use. */
export interface VaryingNumber extends NumberField {
  /** Offset in the second layout. */
  readonly second: number;
  offsetIn(memory: GuestMemory): number;
}

/** The offset is that of the first layout. */
abstract class Varying implements VaryingNumber {
  constructor(
    readonly offset: number,
    readonly second: number,
  ) {}
  offsetIn(memory: GuestMemory): number {
    return memory.layout === 0 ? this.offset : this.second;
  }
  abstract get(memory: GuestMemory, struct: number): number;
  abstract set(memory: GuestMemory, struct: number, value: number): void;
}

// One class for each width, so that engines see what a field's accessor calls.
class VaryingU8 extends Varying {
  get(memory: GuestMemory, struct: number): number {
    return memory.ld8(struct + (memory.layout === 0 ? this.offset : this.second));
  }
  set(memory: GuestMemory, struct: number, value: number): void {
    memory.st8(struct + (memory.layout === 0 ? this.offset : this.second), value);
  }
}

class VaryingU32 extends Varying {
  get(memory: GuestMemory, struct: number): number {
    return memory.ldu32(struct + (memory.layout === 0 ? this.offset : this.second));
  }
  set(memory: GuestMemory, struct: number, value: number): void {
    memory.st32(struct + (memory.layout === 0 ? this.offset : this.second), value);
  }
}

class VaryingI32 extends VaryingU32 {
  override get(memory: GuestMemory, struct: number): number {
    return memory.ld32(struct + (memory.layout === 0 ? this.offset : this.second));
  }
}

type Conversion = (value: number) => number;

// A number that the programs of the second layout know by other values than the kernel.
class ConvertedU8 extends VaryingU8 {
  constructor(
    { offset, second }: VaryingNumber,
    private readonly toKernel: Conversion,
    private readonly toProgram: Conversion,
  ) {
    super(offset, second);
  }
  override get(memory: GuestMemory, struct: number): number {
    if (memory.layout === 0) return memory.ld8(struct + this.offset);
    return this.toKernel(memory.ld8(struct + this.second));
  }
  override set(memory: GuestMemory, struct: number, value: number): void {
    if (memory.layout === 0) memory.st8(struct + this.offset, value);
    else memory.st8(struct + this.second, this.toProgram(value));
  }
}
class ConvertedI32 extends VaryingI32 {
  constructor(
    { offset, second }: VaryingNumber,
    private readonly toKernel: Conversion,
    private readonly toProgram: Conversion,
  ) {
    super(offset, second);
  }
  override get(memory: GuestMemory, struct: number): number {
    if (memory.layout === 0) return memory.ld32(struct + this.offset);
    return this.toKernel(memory.ld32(struct + this.second));
  }
  override set(memory: GuestMemory, struct: number, value: number): void {
    if (memory.layout === 0) memory.st32(struct + this.offset, value);
    else memory.st32(struct + this.second, this.toProgram(value));
  }
}

export function converted(
  field: VaryingNumber,
  toKernel: Conversion,
  toProgram: Conversion,
): VaryingNumber {
  const Converted = field instanceof VaryingU8 ? ConvertedU8 : ConvertedI32;
  return new Converted(field, toKernel, toProgram);
}

class TwoPlaces implements VaryingPlace {
  constructor(
    private readonly first: number,
    private readonly second: number,
  ) {}
  at(struct: number, memory: GuestMemory): number {
    return struct + (memory.layout === 0 ? this.first : this.second);
  }
  offsetIn(memory: GuestMemory): number {
    return memory.layout === 0 ? this.first : this.second;
  }
}

type VaryingField<F> = F extends NameField
  ? F
  : F extends NumberField
    ? VaryingNumber
    : VaryingPlace;

export type VaryingStruct<S> = { sizeIn(memory: GuestMemory): number } & {
  readonly [K in keyof Omit<S, "size">]: VaryingField<S[K]>;
};

/** Accessors of a struct that has two layouts: `memory.layout` 0 is the first one. Names are those of the first one. */
export function varying<S extends { readonly size: number }>(
  first: S,
  second: { readonly [K in keyof S]: unknown } & { readonly size: number },
): VaryingStruct<S> {
  const made: Record<string, unknown> = {
    sizeIn: (memory: GuestMemory) => (memory.layout === 0 ? first.size : second.size),
  };
  const others = second as unknown as Record<string, { readonly offset: number }>;
  for (const [name, field] of Object.entries(first as unknown as Record<string, unknown>)) {
    if (name === "size") continue;
    made[name] = varyingField(field, others[name].offset);
  }
  return made as VaryingStruct<S>;
}

function varyingField(field: unknown, second: number): unknown {
  if (field instanceof Place) return new TwoPlaces(field.offset, second);
  if (field instanceof U8) return new VaryingU8(field.offset, second);
  if (field instanceof I32) return new VaryingI32(field.offset, second);
  if (field instanceof U32) return new VaryingU32(field.offset, second);
  // Names are the first member of every object.
  return field;
}
