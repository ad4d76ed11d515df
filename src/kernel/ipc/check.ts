import { OBJECT_STATIC } from "../abi/constants.ts";
import { OBJECT } from "../abi/layout.ts";
import type { Kernel } from "../kernel.ts";
import { ObjectClass } from "../types.ts";

/**
 * RT_ASSERT of functions that get an object: it is there and of that class. `variable` is its name in C, `object` how its rt_object is
 * reached; the two assertions stand on lines `line` and `line + 1`.
 */
export function objectCheck(
  name: keyof typeof ObjectClass,
  variable: string,
  object: string,
): (k: Kernel, address: number, fn: string, line: number) => void {
  const cls = ObjectClass[name];
  return (k, address, fn, line) => {
    const type = address === 0 ? 0 : OBJECT.type.get(k.memory, address);
    if ((type & ~OBJECT_STATIC) === cls) return;
    k.assert(address !== 0, `${variable} != RT_NULL`, fn, line);
    k.assert(false, `rt_object_get_type(${object}) == RT_Object_Class_${name}`, fn, line + 1);
  };
}

/** RT_ASSERT of detach functions: the object was initialised, not created. `expression` is the object's in C. */
export function assertStatic(
  k: Kernel,
  object: number,
  expression: string,
  fn: string,
  line: number,
): void {
  k.assert(k.objects.isStatic(object), `rt_object_is_systemobject(&${expression})`, fn, line);
}

/** RT_ASSERT of delete functions: the object was created. */
export function assertDynamic(
  k: Kernel,
  object: number,
  expression: string,
  fn: string,
  line: number,
): void {
  k.assert(
    !k.objects.isStatic(object),
    `rt_object_is_systemobject(&${expression}) == RT_FALSE`,
    fn,
    line,
  );
}
