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
    for (let i = 0; i < NAME_MAX; i++)
      memory.st8(struct + this.offset + i, i < value.length ? value.charCodeAt(i) : 0);
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
